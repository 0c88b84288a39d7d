//! Logs and the alarm on dead letters.

use serde_json::{Map, Value};

use super::{resources, section};

#[test]
fn every_log_expires() {
    let groups = resources("AWS::Logs::LogGroup");
    for (name, properties) in &groups {
        assert!(!properties["RetentionInDays"].is_null(), "{name} never expires");
    }
    let is_declared = |group: &Value| {
        let name = group.as_str().unwrap_or_default();
        groups.iter().any(|(declared, _)| *declared == name)
    };
    for (name, properties) in resources("AWS::Lambda::Function") {
        assert!(is_declared(&properties["LoggingConfig"]["LogGroup"]["Ref"]), "{name}");
    }
    for (name, stage) in resources("AWS::ApiGatewayV2::Stage") {
        let destination = &stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0];
        assert!(is_declared(destination), "{name}");
    }
}

/// Paths contain phones, and addresses are personal data, too.
#[test]
fn the_access_log_has_no_personal_data() {
    let stage = &section("Resources")["HttpStage"]["Properties"];
    let format = stage["AccessLogSettings"]["Format"].as_str().expect("a format");
    let line: Map<String, Value> = serde_json::from_str(format).expect("each line is JSON");
    for field in ["requestId", "routeKey", "status", "latency"] {
        assert!(line.contains_key(field), "{field}");
    }
    for variable in ["path", "identity", "authorizer", "domain"] {
        assert!(!format.contains(&format!("$context.{variable}")), "{variable}");
    }
}

/// The level alarm fires once and stays on. The growth alarm fires for each further message.
#[test]
fn each_dead_letter_rings() {
    let alarms = section("Resources");
    assert_eq!(alarms["DeadLetterAlarm"]["Properties"]["Threshold"], 0);
    let growth = &alarms["MoreDeadLettersAlarm"]["Properties"];
    let expression = growth["Metrics"][0]["Expression"].as_str().expect("an expression");
    assert_eq!(expression, "DIFF(visible + hidden)");
    assert_eq!(growth["ComparisonOperator"], "GreaterThanThreshold");
}
