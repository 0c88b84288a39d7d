//! What the functions logged about a message. A script replies in place of the AWS CLI.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use serde_json::json;
use support::stub::Stub;
use support::{ID, volley};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_among_the_steps() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let group = |name: &str| {
        json!({
            "ResourceType": "AWS::Logs::LogGroup", "LogicalResourceId": name,
            "PhysicalResourceId": format!("volley-{name}"),
        })
    };
    let resources = json!({"StackResourceSummaries": [
        group("DispatchLogs"),
        group("AccessLogs"),
        {"ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Jobs"},
    ]});
    let line = json!({
        "level": "WARN", "message": "the provider was slow", "message.id": ID,
        "span": {"job": "chunk", "trace.id": TRACE},
    });
    let events = json!({"events": [
        {"timestamp": 1_795_424_401_000_i64, "message": line.to_string()},
        {"timestamp": 1_795_424_402_000_i64, "message": "REPORT RequestId: 1"},
    ]});
    let responses = [("list-stack-resources", resources), ("filter-log-events", events)];
    support::aws::install(folder.path(), &responses);
    let mut command = volley(&stub.url);
    command.env("PATH", folder.path()).args(["trace", ID, "--campaign", ID, "--stack", "volley"]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("log warn of Dispatch, chunk: the provider was slow"), "{text}");
    assert!(text.contains("a worker claimed the message"), "{text}");
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    assert!(!asked.contains("volley-AccessLogs"), "{asked}");
    // First the message, then the request that led to it, without other messages.
    let patterns = [format!("\"{ID}\""), format!("\"{TRACE}\" -\"message.id\"")];
    for pattern in patterns {
        assert!(asked.contains(&format!("--filter-pattern {pattern}")), "{pattern}: {asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_refuses_is_said() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    support::aws::install(folder.path(), &[]);
    let mut command = volley(&stub.url);
    command.env("PATH", folder.path()).args(["trace", ID, "--campaign", ID, "--stack", "volley"]);
    let output = command.output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{errors}");
    assert!(errors.contains("AccessDenied") && errors.contains("--region"), "{errors}");
}
