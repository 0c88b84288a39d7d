//! Names, and what each role may do.

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

/// What a role may allow, whichever parameters are set.
pub(crate) fn statements(role: &str) -> Vec<&'static Value> {
    let policies = &section("Resources")[role]["Properties"]["Policies"];
    let policies = policies.as_array().into_iter().flatten();
    policies
        .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
        .flat_map(flat)
        .collect()
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or(vec![value], |all| all.iter().collect())
}

/// What a value may be, whichever conditions hold.
fn flat(value: &Value) -> Vec<&Value> {
    let Some(choice) = value["Fn::If"].as_array() else { return vec![value] };
    choice[1..].iter().filter(|value| value["Ref"] != "AWS::NoValue").flat_map(flat).collect()
}

fn roles() -> Vec<(&'static String, &'static Value)> {
    resources("AWS::IAM::Role")
}

#[test]
fn functions_read_only_their_own_stacks_secrets() {
    for (role, _) in roles() {
        for statement in statements(role) {
            let actions = statement["Action"].to_string();
            if !actions.contains("ssm:") && !actions.contains("secretsmanager:") {
                continue;
            }
            for resource in list(&statement["Resource"]) {
                let resource = resource["Fn::Sub"].as_str().unwrap_or_default();
                let own = "volley/${AWS::StackName}/";
                let is_own = [format!("{own}*"), format!("{own}webhooks/*")]
                    .iter()
                    .any(|end| resource.ends_with(end.as_str()));
                assert!(is_own, "{role}: {resource}");
            }
        }
    }
}

/// A managed policy of AWS grants its actions on everything.
#[test]
fn every_function_has_its_own_role_and_no_managed_policy() {
    let mut seen = Vec::new();
    for (name, function) in resources("AWS::Lambda::Function") {
        let role = &function["Role"]["Fn::GetAtt"][0];
        assert_eq!(role.as_str(), Some(format!("{name}Role").as_str()));
        assert!(!seen.contains(&role), "{role} is another function's");
        seen.push(role);
    }
    for (role, properties) in roles() {
        assert!(properties["ManagedPolicyArns"].is_null(), "{role}");
    }
}

#[test]
fn nothing_is_allowed_on_everything() {
    for (role, _) in roles() {
        for statement in statements(role) {
            for action in list(&statement["Action"]) {
                assert!(
                    !action.as_str().is_none_or(|action| action.ends_with(":*")),
                    "{role}: {action}"
                );
            }
            // X-Ray's actions have no resources.
            let is_tracing = list(&statement["Action"])
                .iter()
                .all(|action| action.as_str().is_some_and(|action| action.starts_with("xray:")));
            for resource in list(&statement["Resource"]) {
                assert!(is_tracing || resource != "*", "{role}: {statement}");
            }
        }
    }
}

#[test]
fn roles_are_only_for_what_they_are_meant_for() {
    for (role, properties) in roles() {
        let trusted = &properties["AssumeRolePolicyDocument"]["Statement"][0];
        if trusted["Principal"]["Service"] == "scheduler.amazonaws.com" {
            let condition = &trusted["Condition"]["StringEquals"];
            for key in ["aws:SourceAccount", "aws:SourceArn"] {
                assert!(!condition[key].is_null(), "{role} has no {key}");
            }
        } else {
            assert_eq!(trusted["Principal"]["Service"], "lambda.amazonaws.com", "{role}");
        }
        for statement in statements(role) {
            if statement["Action"].to_string().contains("iam:PassRole") {
                let service = &statement["Condition"]["StringEquals"]["iam:PassedToService"];
                assert_eq!(service, "scheduler.amazonaws.com", "{role}");
            }
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

/// Names of uploads can't be guessed, so no one may list them.
#[test]
fn only_the_journal_of_erasures_is_listed() {
    let mut listing = Vec::new();
    for (role, _) in roles() {
        for statement in statements(role) {
            if statement["Action"].to_string().contains("s3:ListBucket") {
                assert_eq!(statement["Condition"]["StringLike"]["s3:prefix"], "erasures/*");
                listing.push(role);
            }
        }
    }
    assert_eq!(listing, ["ApiRole"]);
}
