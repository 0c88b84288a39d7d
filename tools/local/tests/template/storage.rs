//! What is stored, how it is protected, and where the stack can run.

use std::fs;

use serde_json::Value;

use super::{resources, section};

/// One parameter puts all of it under a key of the account's.
#[test]
fn one_key_encrypts_everything_that_holds_phones() {
    let key = |value: &Value| value["Fn::If"][0] == "HasKey";
    let (_, table) = resources("AWS::DynamoDB::Table")[0];
    assert!(key(&table["SSESpecification"]));
    let (_, bucket) = resources("AWS::S3::Bucket")[0];
    assert!(key(&bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]));
    for (name, queue) in resources("AWS::SQS::Queue") {
        assert!(key(&queue["KmsMasterKeyId"]) && key(&queue["SqsManagedSseEnabled"]), "{name}");
    }
    for (name, topic) in resources("AWS::SNS::Topic") {
        assert!(name == "Alarms" || key(&topic["KmsMasterKeyId"]), "{name}");
    }
}

#[test]
fn what_cannot_be_made_again_outlives_the_stack() {
    for name in ["Table", "Bucket", "ReceiptsQueue", "InboundQueue", "DeadLetterQueue"] {
        let resource = &section("Resources")[name];
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(resource[policy], "Retain", "{name}.{policy}");
        }
    }
    assert_eq!(section("Parameters")["DeletionProtection"]["Default"], "on");
    let (_, table) = resources("AWS::DynamoDB::Table")[0];
    assert_eq!(table["DeletionProtectionEnabled"]["Fn::If"][0], "IsProtected");
}

/// Otherwise what SNS cannot deliver is gone, and it may be a STOP.
#[test]
fn undelivered_events_become_dead_letters() {
    for (name, subscription) in resources("AWS::SNS::Subscription") {
        if subscription["Protocol"] == "sqs" {
            let target = &subscription["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"];
            assert_eq!(target[0], "DeadLetterQueue", "{name}");
        }
    }
}

#[test]
fn the_template_is_linted_for_the_documented_regions() {
    let read = |path: &str| fs::read_to_string(local::root().join(path)).expect(path);
    let documented = read("docs/deploy.md");
    let (_, documented) = documented.split_once("exists in these regions").expect("regions");
    let (documented, _) = documented.split_once("\n\nOthers").expect("the end of the list");
    let mut documented: Vec<&str> = documented
        .split(|letter: char| letter.is_whitespace() || ",.:".contains(letter))
        .filter(|word| word.ends_with(|end: char| end.is_ascii_digit()) && word.contains('-'))
        .collect();
    let settings = read(".cfnlintrc.yaml");
    let (_, linted) = settings.split_once("regions:\n").expect("regions");
    let mut linted: Vec<&str> =
        linted.lines().map_while(|line| line.strip_prefix("  - ")).collect();
    documented.sort_unstable();
    linted.sort_unstable();
    assert_eq!(documented, linted);
}
