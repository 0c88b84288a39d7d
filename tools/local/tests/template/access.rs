//! Names, and the functions' permissions.

use serde_json::Value;

use super::{resources, section};

fn is_derived_from_the_stack(name: &Value) -> bool {
    name.to_string().contains("AWS::StackName")
}

#[test]
fn every_name_derives_from_the_stack() {
    // The other names are not in the account and region.
    let local_names = [
        "AttributeName",
        "IndexName",
        "MetricName",
        "PolicyName",
        "EventDestinationName",
        "StageName",
    ];
    for (logical, resource) in section("Resources") {
        for (property, value) in resource["Properties"].as_object().into_iter().flatten() {
            let is_name = property.ends_with("Name") && !local_names.contains(&property.as_str());
            let is_literal = value.is_string() || value.get("Fn::Sub").is_some();
            assert!(
                !is_name || !is_literal || is_derived_from_the_stack(value),
                "{logical}.{property} is {value}: two stacks would collide"
            );
        }
    }
    for (logical, schedule) in resources("AWS::Scheduler::Schedule") {
        assert!(is_derived_from_the_stack(&schedule["Name"]), "{logical}");
        assert_eq!(schedule["GroupName"]["Ref"], "ScheduleGroup", "{logical}");
    }
}

#[test]
fn functions_read_only_their_own_stacks_secrets() {
    for (role, properties) in resources("AWS::IAM::Role") {
        for policy in properties["Policies"].as_array().into_iter().flatten() {
            for statement in policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten()
            {
                let text = statement["Action"].to_string();
                if text.contains("ssm:") || text.contains("secretsmanager:") {
                    let resources = &statement["Resource"];
                    let all: Vec<&Value> =
                        resources.as_array().map_or(vec![resources], |all| all.iter().collect());
                    for resource in all {
                        let resource = resource["Fn::Sub"].as_str().unwrap_or_default();
                        assert!(
                            resource.ends_with("volley/${AWS::StackName}/*"),
                            "{role}: {resource}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn no_function_has_a_policy_on_every_queue() {
    for (name, role) in resources("AWS::IAM::Role") {
        for managed in role["ManagedPolicyArns"].as_array().into_iter().flatten() {
            assert!(
                managed.to_string().contains("AWSLambdaBasicExecutionRole"),
                "{name}: {managed}"
            );
        }
    }
}

#[test]
fn requests_without_tls_are_denied() {
    for kind in ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"] {
        for (name, policy) in resources(kind) {
            let text = policy["PolicyDocument"].to_string();
            assert!(text.contains(r#"{"Bool":{"aws:SecureTransport":"false"}}"#), "{name}: {text}");
        }
    }
}
