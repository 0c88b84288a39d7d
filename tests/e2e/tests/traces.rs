//! A request's trace is on the log lines of everything that it leads to.

use std::collections::BTreeSet;

use e2e::{PATIENCE, Tenant, logs, random, text};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

/// A trace as a client that has its own tracing would begin it.
fn trace() -> String {
    format!("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random() | 1)
}

/// Sends a draft as part of a trace.
async fn send(tenant: &Tenant, campaign: &str, trace: &str) -> anyhow::Result<()> {
    let path = tenant.path(&format!("campaigns/{campaign}/send"));
    let request = tenant.api.request(Method::POST, &path).json(&json!({}));
    let request = request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    request.send().await?.error_for_status()?;
    Ok(())
}

/// Waits until a trace has lines of all this work, and returns its lines.
async fn traced(tenant: &Tenant, trace: &str, work: &[&str]) -> anyhow::Result<Vec<Value>> {
    wait(&format!("lines of {work:?}"), PATIENCE, async || {
        let lines = logs::of_trace(&tenant.variables, trace)?;
        let logged: BTreeSet<&str> = lines.iter().map(|line| text(&line["span"]["job"])).collect();
        Ok(work.iter().all(|job| logged.contains(job)).then_some(lines))
    })
    .await
}

#[tokio::test]
async fn one_trace_shows_a_messages_whole_life() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(3).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let trace = trace();
    send(&tenant, &id, &trace).await?;
    tenant.settled(&id).await?;

    let route = "POST /v1/organizations/{organizationId}/campaigns/{campaignId}/send";
    let work = [route, "send", "chunk", "status_callback", "receipt", "poll"];
    for line in traced(&tenant, &trace, &work).await? {
        assert_eq!(line["span"]["campaign.id"], id, "{line}");
        assert!(line["span"]["requestId"].is_string(), "{line}");
    }
    for message in tenant.messages(&id).await? {
        let steps = ["chunk", "status_callback", "receipt"];
        wait(&format!("lines of {steps:?} about {message}"), PATIENCE, async || {
            let lines = logs::of_trace(&tenant.variables, &trace)?;
            let about = |line: &&Value| {
                line["message.id"] == message["id"] || line["span"]["message.id"] == message["id"]
            };
            let own: BTreeSet<&str> =
                lines.iter().filter(about).map(|line| text(&line["span"]["job"])).collect();
            Ok(steps.iter().all(|step| own.contains(step)).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// AWS reports by events, which carry the trace in their context.
#[tokio::test]
async fn a_trace_follows_a_message_through_aws() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"provider": {"kind": "aws"}})).await?;
    tenant.contacts(1).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let trace = trace();
    send(&tenant, &id, &trace).await?;
    tenant.settled(&id).await?;
    traced(&tenant, &trace, &["send", "chunk", "receipt", "poll"]).await?;
    Ok(())
}

#[tokio::test]
async fn an_import_and_a_test_are_traced_too() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (import, test) = (trace(), trace());
    let begin = |path: &str, trace: &str| {
        let request = tenant.api.request(Method::POST, &tenant.path(path));
        request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
    };
    let request = begin("contacts/imports", &import).header("content-type", "text/csv");
    let file = format!("phone\n{}\n", e2e::phone());
    request.body(file).send().await?.error_for_status()?;
    let lines = traced(&tenant, &import, &["import"]).await?;
    assert!(lines.iter().any(|line| line["span"]["import.id"].is_string()), "{lines:?}");

    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let request = begin(&format!("campaigns/{id}/send-test"), &test);
    request.json(&json!({"to": e2e::phone()})).send().await?.error_for_status()?;
    traced(&tenant, &test, &["test", "status_callback", "receipt"]).await?;
    Ok(())
}
