//! The doctor's questions to AWS. A script replies in place of the AWS CLI.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::path::Path;

use serde_json::json;
use support::stub::Stub;
use support::volley;

/// What AWS says of a small stack.
fn install(folder: &Path, url: &str) {
    let stack = json!({"Stacks": [{
        "StackName": "volley-prod",
        "StackStatus": "UPDATE_COMPLETE",
        "Parameters": [{"ParameterKey": "DispatchConcurrency", "ParameterValue": "20"}],
        "Outputs": [
            {"OutputKey": "ApiUrl", "OutputValue": url},
            {"OutputKey": "JobsQueueUrl", "OutputValue": "jobs"},
            {"OutputKey": "ReceiptsQueueUrl", "OutputValue": "receipts"},
        ],
    }]});
    let account = json!({"AccountLimit": {"ConcurrentExecutions": 10}});
    let queue = json!({"Attributes": {"ApproximateNumberOfMessages": "3"}});
    let subscriptions = json!({"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]});
    let responses = [
        ("describe-stacks", stack),
        ("get-account-settings", account),
        ("get-queue-attributes", queue),
        ("list-subscriptions-by-topic", subscriptions),
    ];
    support::aws::install(folder, &responses);
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_is_asked_about_the_stack() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &stub.url);
    let mut command = volley(&stub.url);
    command.env("PATH", folder.path()).args(["doctor", "--stack", "volley-prod"]);
    let output = command.output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{report}");
    for line in [
        "ok    Stack         volley-prod is UPDATE_COMPLETE\n",
        "ok    Drift ",
        "warn  Concurrency   the account runs 10 functions at once, the stack up to 20\n",
        "fail  Dead letters  about 3\n",
        "ok    Queues        waiting: jobs 3, receipts 3\n",
        "ok    Inbound       the newest text arrived at 2026-11-23T09:00:00.000Z\n",
        "warn  Alarms        An error occurred (AccessDenied) when calling describe-alarms\n",
        "warn  Notified      no subscription to alarms is confirmed\n",
    ] {
        assert!(report.contains(line), "{line}{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_aws_cli_is_a_finding() {
    let stub = Stub::start().await;
    let mut command = volley(&stub.url);
    command.env("PATH", "/nonexistent").args(["doctor", "--stack", "volley-prod"]);
    let output = command.output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("fail  AWS           the AWS CLI cannot be run"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_no_draft() {
    let stub = Stub::start().await;
    let mut command = volley(&stub.url);
    let output = command.args(["doctor", "--dry-run-to", "+14155550123"]).output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    let expected = "ok    Dry run       the provider accepts a text from +14155550100\n";
    assert!(report.contains(expected), "{report}");
    let (called, bodies) = stub.take();
    assert_eq!(called.last().unwrap(), "delete_campaign", "{called:?}");
    assert!(called.iter().any(|name| name == "send_test"), "{called:?}");
    assert!(bodies.iter().any(|body| body["dryRun"] == true), "{bodies:?}");
}
