//! Quotas, loops and retries.

use serde_json::Value;

use super::{resources, section};

#[test]
fn the_defaults_fit_a_new_account() {
    let mut sum = 0;
    let sources = resources("AWS::Lambda::EventSourceMapping");
    assert_eq!(sources.len(), 6);
    for (name, properties) in sources {
        let parameter = properties["ScalingConfig"]["MaximumConcurrency"]["Ref"].as_str();
        let parameter = parameter.unwrap_or_else(|| panic!("{name} has no MaximumConcurrency"));
        let default = section("Parameters")[parameter]["Default"].as_u64().expect("a default");
        assert!(default >= 2, "SQS allows no less");
        // Without End User Messaging and without webhooks, these do not exist.
        if !["InboundSource", "NotifySource"].contains(&name.as_str()) {
            sum += default;
        }
    }
    assert!(sum <= 8, "of 10 concurrent executions, webhooks and the API need some");
    assert_eq!(section("Parameters")["WebhooksReservedConcurrency"]["Default"], 0);
    for (name, function) in resources("AWS::Lambda::Function") {
        let reserved = &function["ReservedConcurrentExecutions"];
        assert!(reserved.is_null() || reserved["Fn::If"][0] == "ReservesWebhooks", "{name}");
    }
}

#[test]
fn webhooks_are_never_throttled_by_the_api() {
    let stage = &section("Resources")["HttpStage"];
    let settings = stage["Properties"]["RouteSettings"].as_object().expect("route settings");
    assert!(stage["Properties"]["DefaultRouteSettings"].is_null());
    let routes: Vec<_> = resources("AWS::ApiGatewayV2::Route");
    for (route, setting) in settings {
        assert!(!route.contains("webhooks"), "{route}");
        // A missing limit means 0, which refuses everything.
        for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            assert!(!setting[limit].is_null(), "{route} {limit}");
        }
        let found = routes.iter().find(|(_, properties)| properties["RouteKey"] == route.as_str());
        let (name, _) = found.unwrap_or_else(|| panic!("there is no route {route}"));
        let waits_for = stage["DependsOn"].as_array().expect("the stage waits for its routes");
        assert!(waits_for.contains(&Value::from(name.as_str())), "{name}");
    }
    assert!(settings.contains_key("$default"));
}

/// These functions queue their own next jobs. Lambda stops such chains by default.
#[test]
fn meant_loops_are_allowed_and_others_are_not() {
    for (name, function) in resources("AWS::Lambda::Function") {
        let queues_for_itself = ["Send", "Dispatch", "PollStatus"].contains(&name.as_str());
        let expected = if queues_for_itself { Value::from("Allow") } else { Value::Null };
        assert_eq!(function["RecursiveLoop"], expected, "{name}");
    }
    let alarms = resources("AWS::CloudWatch::Alarm");
    assert!(
        alarms.iter().any(|(_, alarm)| alarm.to_string().contains("RecursiveInvocationsDropped"))
    );
}

#[test]
fn throttling_alone_does_not_fill_the_dead_letter_queue() {
    for (name, queue) in resources("AWS::SQS::Queue") {
        let Some(receives) = queue["RedrivePolicy"]["maxReceiveCount"].as_u64() else {
            assert_eq!(name, "DeadLetterQueue");
            continue;
        };
        let timeout = queue["VisibilityTimeout"].as_u64().expect("a timeout");
        assert!(receives * timeout >= 3 * 3_600, "{name} gives up within three hours");
    }
}

#[test]
fn a_late_or_failed_sweep_is_not_repeated() {
    let sweep = &section("Resources")["Sweep"]["Properties"];
    let retries = &sweep["Target"]["RetryPolicy"];
    assert_eq!(
        (&retries["MaximumRetryAttempts"], &retries["MaximumEventAgeInSeconds"]),
        (&0.into(), &60.into())
    );
    let (_, invoked) = resources("AWS::Lambda::EventInvokeConfig")[0];
    assert_eq!(
        (&invoked["MaximumRetryAttempts"], &invoked["MaximumEventAgeInSeconds"]),
        (&0.into(), &60.into())
    );
}
