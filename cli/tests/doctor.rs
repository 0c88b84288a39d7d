//! The doctor's questions to AWS. A script replies in place of the AWS CLI.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;
use support::stub::Stub;
use support::volley;

/// Puts a program `aws` into a folder. It prints the file that is named like the operation.
fn install(folder: &Path, url: &str) {
    let program = folder.join("aws");
    let script = format!(
        "#!/bin/sh\nfile={}/$2.json\nif [ -f $file ]; then exec /bin/cat $file; fi\necho >&2\n\
         echo \"An error occurred (AccessDenied) when calling $2\" >&2\nexit 254\n",
        folder.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let stack = json!({"Stacks": [{
        "StackName": "volley-prod",
        "StackStatus": "UPDATE_COMPLETE",
        "Parameters": [{"ParameterKey": "DispatchConcurrency", "ParameterValue": "20"}],
        "Outputs": [{"OutputKey": "ApiUrl", "OutputValue": url}],
    }]});
    let account = json!({"AccountLimit": {"ConcurrentExecutions": 10}});
    let queue = json!({"Attributes": {"ApproximateNumberOfMessages": "3"}});
    let subscriptions = json!({"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]});
    for (name, content) in [
        ("describe-stacks", stack),
        ("get-account-settings", account),
        ("get-queue-attributes", queue),
        ("list-subscriptions-by-topic", subscriptions),
    ] {
        std::fs::write(folder.join(format!("{name}.json")), content.to_string()).unwrap();
    }
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
