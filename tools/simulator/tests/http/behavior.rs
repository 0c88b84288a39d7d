//! Rates, retries, holding callbacks back, inbound messages and the balance.

use std::time::Duration;

use crate::support::{Bench, FROM, PLAIN, quick};
use serde_json::json;
use simulator::Config;

async fn send_many(bench: &Bench, count: u32) {
    for n in 0..count {
        let (status, _) = bench.create(&format!("+1415355{n:04}")).await;
        assert_eq!(status, 201);
    }
}

#[tokio::test]
async fn rates_are_kept_and_a_seed_repeats_them() {
    let run = async || {
        let bench = Bench::new(Config {
            twice_rate: 0.2,
            out_of_order_rate: 0.2,
            early_rate: 0.1,
            undelivered_rate: 0.3,
            ..quick()
        })
        .await;
        send_many(&bench, 200).await;
        let callbacks = bench.settled().await.len();
        (callbacks, bench.stats().await["statuses"].clone())
    };
    let (callbacks, statuses) = run().await;
    assert!((440..520).contains(&callbacks), "{callbacks}");
    let undelivered = statuses["undelivered"].as_u64().unwrap();
    assert!((40..80).contains(&undelivered), "{undelivered}");
    assert_eq!(run().await, (callbacks, statuses));
}

#[tokio::test]
async fn callbacks_that_fail_are_tried_again() {
    let bench = Bench::new(quick()).await;
    bench.fail_callbacks(2);
    bench.create(PLAIN).await;
    assert_eq!(bench.statuses().await, ["sent", "delivered"]);
    let stats = bench.stats().await;
    assert_eq!(stats["callbacks"]["sent"], 2);
    assert_eq!(stats["callbacks"]["failed"], 0);
}

#[tokio::test]
async fn callbacks_can_be_held() {
    let bench = Bench::new(quick()).await;
    bench.admin("hold", json!({})).await;
    bench.create(PLAIN).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(bench.callbacks().is_empty());
    let stats = bench.stats().await;
    assert_eq!(stats["callbacks"]["pending"], 2);
    assert_eq!(stats["callbacks"]["held"], true);
    bench.admin("release", json!({})).await;
    assert_eq!(bench.statuses().await, ["sent", "delivered"]);
}

#[tokio::test]
async fn duplicate_texts_are_reported() {
    let bench = Bench::new(quick()).await;
    send_many(&bench, 3).await;
    let stats = bench.stats().await;
    assert_eq!(stats["textsPerNumberMax"], 1);
    assert_eq!(stats["duplicates"], json!([]));
    bench.create("+14153550001").await;
    bench.try_create("+14153550002", "Other").await.unwrap();
    let stats = bench.stats().await;
    assert_eq!(stats["textsPerNumberMax"], 2);
    assert_eq!(stats["duplicates"], json!([{ "to": "+14153550001", "body": "Hello", "count": 2 }]));
    let url = format!("{}/_simulator/messages?to=%2B14153550002", bench.url);
    let (_, found) = bench.get(url).await;
    assert_eq!(found["messages"][0]["body"], "Other");
    assert_eq!(found["messages"][1]["body"], "Hello");
}

#[tokio::test]
async fn inbound_messages_are_signed() {
    let bench = Bench::new(quick()).await;
    let text =
        |body: &str| json!({ "url": bench.webhook, "from": PLAIN, "to": FROM, "body": body });
    let (status, answer) = bench.admin("inbound", text(" Stop ")).await;
    assert_eq!((status, &answer["status"]), (200, &json!(204)));
    bench.admin("inbound", text("When do you open?")).await;
    let callbacks = bench.callbacks();
    assert!(callbacks.iter().all(|callback| callback.is_signed));
    assert_eq!(callbacks[0].get("OptOutType"), Some("STOP"));
    assert_eq!(callbacks[0].get("Body"), Some(" Stop "));
    assert_eq!(callbacks[1].get("OptOutType"), None);
}
