//! What is published about a message's progress.

use std::time::Instant;

use serde_json::{Value, json};

use super::{EVENTS, message, with};
use crate::support::{Bench, FROM, PLAIN, quick};
use simulator::Config;

#[tokio::test]
async fn events_tell_the_way_in_the_documented_fields() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    let body = "ж".repeat(71);
    let (_, answer) = bench.text(&with(PLAIN, "MessageBody", json!(body))).await;
    let events = bench.published(EVENTS).await;
    assert_eq!(bench.event_types().await, ["TEXT_QUEUED", "TEXT_SENT", "TEXT_DELIVERED"]);
    let finals: Vec<&Value> = events.iter().map(|event| &event["isFinal"]).collect();
    assert_eq!(finals, [false, false, true]);
    for event in &events {
        for (name, value) in [
            ("eventVersion", json!("1.0")),
            ("originationPhoneNumber", json!(FROM)),
            ("destinationPhoneNumber", json!(PLAIN)),
            ("isoCountryCode", json!("US")),
            ("messageId", answer["MessageId"].clone()),
            ("messageEncoding", json!("Unicode")),
            ("messageType", json!("PROMOTIONAL")),
            ("context", json!({ "campaign": "spring", "message": "1" })),
            ("totalMessageParts", json!(2)),
            ("totalMessagePrice", json!(0.011_62)),
            ("totalCarrierFee", json!(0.006)),
        ] {
            assert_eq!(event[name], value, "{name}");
        }
        let status = event["messageStatus"].as_str().unwrap();
        assert_eq!(event["eventType"], format!("TEXT_{status}"));
        assert!(event["messageStatusDescription"].is_string());
        let [at, requested] =
            ["eventTimestamp", "messageRequestTimestamp"].map(|name| event[name].as_i64().unwrap());
        // Milliseconds, of this century.
        assert!(requested > 1_700_000_000_000 && at >= requested, "{event}");
    }
}

#[tokio::test]
async fn publications_are_forms_of_the_query_api() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&message(PLAIN)).await;
    let posts = bench.settled().await;
    assert_eq!(posts.len(), 3);
    for post in posts {
        assert_eq!(post.get("Action"), Some("Publish"));
        assert_eq!(post.get("Version"), Some("2010-03-31"));
        assert_eq!(post.get("TopicArn"), Some(EVENTS));
        let authorization = post.authorization.unwrap();
        let scope = "Credential=123456789012/20260101/eu-west-1/sns/aws4_request";
        assert!(authorization.contains(scope), "{authorization}");
        assert!(!post.is_signed);
    }
}

#[tokio::test]
async fn other_countries_call_it_successful() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&message("+447400123456")).await;
    assert_eq!(bench.event_types().await, ["TEXT_PENDING", "TEXT_SENT", "TEXT_SUCCESSFUL"]);
    let last = bench.published(EVENTS).await.pop().unwrap();
    assert_eq!((&last["isoCountryCode"], &last["isFinal"]), (&json!("GB"), &json!(true)));
}

#[tokio::test]
async fn a_request_without_context_has_events_without() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&with(PLAIN, "Context", json!({}))).await;
    let events = bench.published(EVENTS).await;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.get("context").is_none()));
}

#[tokio::test]
async fn a_pool_sends_from_a_number_of_its_own() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&with(PLAIN, "OriginationIdentity", json!("pool-1"))).await;
    let from = bench.published(EVENTS).await[0]["originationPhoneNumber"].clone();
    assert!(from.as_str().unwrap().starts_with('+'), "{from}");
}

#[tokio::test]
async fn events_out_of_order_twice_early_and_never() {
    let ways = ["TEXT_QUEUED", "TEXT_SENT", "TEXT_DELIVERED"];
    let told = async |number: &str| {
        let bench = Bench::new(quick()).await;
        bench.topics().await;
        bench.text(&message(number)).await;
        bench.event_types().await
    };
    assert_eq!(told("+14153559015").await, ["TEXT_DELIVERED", "TEXT_SENT", "TEXT_QUEUED"]);
    assert_eq!(told("+14153559016").await, [ways, ways].concat());
    assert_eq!(told("+14153559013").await, [""; 0]);
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&message("+14153559014")).await;
    let answered = Instant::now();
    let posts = bench.callbacks();
    assert_eq!(posts.len(), 3);
    assert!(posts.iter().all(|post| post.at < answered));
}

#[tokio::test]
async fn rates_hold_for_events_too() {
    let bench = Bench::new(Config { twice_rate: 1.0, out_of_order_rate: 1.0, ..quick() }).await;
    bench.topics().await;
    bench.text(&message(PLAIN)).await;
    let back = ["TEXT_DELIVERED", "TEXT_SENT", "TEXT_QUEUED"];
    assert_eq!(bench.event_types().await, [back, back].concat());
}

#[tokio::test]
async fn events_are_held_and_tried_again_as_callbacks_are() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.admin("hold", json!({})).await;
    bench.text(&message(PLAIN)).await;
    tokio::time::sleep(bench.config.delay * 5).await;
    assert_eq!(bench.callbacks().len(), 0);
    assert_eq!(bench.stats().await["callbacks"]["pending"], 3);
    bench.fail_callbacks(1);
    bench.admin("release", json!({})).await;
    assert_eq!(bench.event_types().await.len(), 3);
    assert_eq!(bench.stats().await["callbacks"]["sent"], 3);
}

#[tokio::test]
async fn no_one_is_notified_without_a_configuration_set_or_a_topic() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    bench.text(&with(PLAIN, "ConfigurationSetName", json!(null))).await;
    assert_eq!(bench.stats().await["callbacks"]["pending"], 0);
    // A missing topic shows up as a failed callback.
    assert_eq!(bench.put_topics(&json!({ "endpoint": bench.webhook })).await, 204);
    bench.text(&message(PLAIN)).await;
    assert_eq!(bench.event_types().await, [""; 0]);
    let told = bench.stats().await["callbacks"].clone();
    assert_eq!(told["failed"], 3);
    assert!(told["lastFailure"].as_str().is_some_and(|why| why.contains("topic")), "{told}");
}
