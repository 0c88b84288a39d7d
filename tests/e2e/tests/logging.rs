//! What the functions log at the deployed level.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::Context;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use e2e::{PATIENCE, variables};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;

const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

/// A Runtime API that delivers the same event repeatedly and accepts any response.
async fn runtime_api(event: String) -> anyhow::Result<String> {
    let next = move || {
        let event = event.clone();
        async move {
            let headers = [
                ("lambda-runtime-aws-request-id", REQUEST_ID),
                ("lambda-runtime-deadline-ms", "4102444800000"),
                (
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:us-east-1:000000000000:function:test",
                ),
            ];
            (StatusCode::OK, headers, event).into_response()
        }
    };
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .fallback(post(async || StatusCode::ACCEPTED));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// The environment of a deployed function.
async fn environment(function: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let variables = variables();
    let name = &variables[&format!("{function}_FUNCTION")];
    let endpoint = &variables["AWS_ENDPOINT_URL"];
    let url = format!("{endpoint}/2015-03-31/functions/{name}/configuration");
    let configuration: Value = reqwest::get(url).await?.error_for_status()?.json().await?;
    Ok(serde_json::from_value(configuration["Environment"]["Variables"].clone())?)
}

/// An example event. A request to the API becomes one that reads the table.
fn event(name: &str) -> anyhow::Result<String> {
    let path = local::root().join(format!("tests/events/{name}.json"));
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    if name == "api" {
        let path = "/v1/organizations";
        event["rawPath"] = path.into();
        event["requestContext"]["http"]["path"] = path.into();
        event["headers"]["authorization"] = format!("Bearer {}", variables()["ADMIN_KEY"]).into();
    }
    Ok(event.to_string())
}

/// Runs a function without a table, and returns the first error that it logs.
async fn first_error(function: &str, program: &str, name: &str) -> anyhow::Result<Value> {
    let api = runtime_api(event(name)?).await?;
    let mut child = Command::new(local::root().join(format!("target/lambda/{program}/bootstrap")))
        .envs(environment(function).await?)
        .env("AWS_LAMBDA_RUNTIME_API", api)
        .env("AWS_LAMBDA_FUNCTION_NAME", program)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("RUST_LOG", "warn")
        .env("TABLE_NAME", "missing")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("failed to start {program}"))?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    while let Some(line) = lines.next_line().await? {
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if line["level"] == "ERROR" {
            return Ok(line);
        }
    }
    anyhow::bail!("{program} ended without an error")
}

#[tokio::test]
async fn errors_name_their_request_at_the_default_level() -> anyhow::Result<()> {
    let functions = [
        ("API", "api", "api"),
        ("SEND", "send", "send"),
        ("DISPATCH", "dispatch", "dispatch"),
        ("POLL_STATUS", "poll-status", "poll-status"),
        ("RECEIPTS", "webhooks", "receipts"),
        ("WEBHOOKS", "webhooks", "webhooks"),
        ("NOTIFY", "notify", "notify"),
    ];
    for (function, program, name) in functions {
        let error = first_error(function, program, name);
        let error = tokio::time::timeout(PATIENCE, error)
            .await
            .with_context(|| format!("{function} logged no error"))??;
        assert_eq!(error["span"]["requestId"], REQUEST_ID, "{function}: {error}");
    }
    Ok(())
}
