//! The fate of each scripted number.

use std::time::Instant;

use crate::support::{Bench, PLAIN, quick};
use serde_json::json;

#[tokio::test]
async fn receipts_come_signed_in_order_and_with_the_callbacks_query() {
    let bench = Bench::new(quick()).await;
    let (_, created) = bench.create(PLAIN).await;
    assert_eq!(bench.statuses().await, ["sent", "delivered"]);
    for callback in bench.callbacks() {
        assert!(callback.is_signed);
        assert_eq!(callback.query, "o=1&c=a%20b");
        assert_eq!(callback.get("MessageSid"), created["sid"].as_str());
        assert_eq!(callback.get("SmsSid"), created["sid"].as_str());
        assert_eq!(callback.get("To"), Some(PLAIN));
        assert_eq!(callback.get("ErrorCode"), None);
    }
}

#[tokio::test]
async fn undelivered_ones_tell_their_code() {
    for (suffix, code) in [
        (9001, 30_003),
        (9002, 30_005),
        (9003, 30_006),
        (9004, 30_007),
        (9005, 30_008),
        (9017, 30_036),
        (9020, 21_610),
    ] {
        let bench = Bench::new(quick()).await;
        let (_, created) = bench.create(&format!("+1415355{suffix}")).await;
        assert_eq!(bench.statuses().await, ["sent", "undelivered"]);
        let last = bench.callbacks().pop().unwrap();
        assert_eq!(last.get("ErrorCode"), Some(&*code.to_string()));
        let uri = created["uri"].as_str().unwrap();
        let (_, fetched) = bench.get(format!("{}{uri}", bench.url)).await;
        assert_eq!(fetched["error_code"], code);
    }
}

#[tokio::test]
async fn refused_ones_are_not_accepted() {
    let bench = Bench::new(quick()).await;
    for (suffix, status, code) in
        [(9006, 400, 21_610), (9007, 400, 21_211), (9008, 400, 21_614), (9010, 500, 20_500)]
    {
        let (answered, problem) = bench.create(&format!("+1415355{suffix}")).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)));
    }
    let (status, page) = bench.create("+14153559021").await;
    assert_eq!((status, page.is_null()), (502, true));
    assert_eq!(bench.stats().await["accepted"], 0);
}

#[tokio::test]
async fn throttled_ones_are_accepted_at_last() {
    let bench = Bench::new(quick()).await;
    for (number, refused) in [("+14153559009", (429, 20_429)), ("+14153559019", (400, 21_611))] {
        for _ in 0..simulator::fates::REFUSALS {
            let (status, problem) = bench.create(number).await;
            assert_eq!((status, &problem["code"]), (refused.0, &json!(refused.1)));
        }
        assert_eq!(bench.create(number).await.0, 201);
    }
    assert_eq!(bench.stats().await["accepted"], 2);
}

#[tokio::test]
async fn accepted_ones_whose_answer_does_not_say_so() {
    let bench = Bench::new(quick()).await;
    assert_eq!(bench.create("+14153559011").await.0, 500);
    assert!(bench.try_create("+14153559012", "Hello").await.is_err());
    assert_eq!(bench.create("+14153559022").await, (200, json!(null)));
    let start = Instant::now();
    assert_eq!(bench.create("+14153559018").await.0, 201);
    assert!(start.elapsed() >= bench.config.slow_answer);
    assert_eq!(bench.statuses().await.len(), 8);
    let stats = bench.stats().await;
    assert_eq!(stats["accepted"], 4);
    assert_eq!(stats["statuses"]["delivered"], 4);
    // Cutting that connection did not affect others.
    assert_eq!(bench.create(PLAIN).await.0, 201);
}

#[tokio::test]
async fn no_receipt_but_the_truth_when_asked() {
    let bench = Bench::new(quick()).await;
    let (_, created) = bench.create("+14153559013").await;
    let url = format!("{}{}", bench.url, created["uri"].as_str().unwrap());
    let deadline = Instant::now() + std::time::Duration::from_mins(1);
    while bench.get(url.clone()).await.1["status"] != "delivered" {
        assert!(Instant::now() < deadline, "it is not delivered");
    }
    assert!(bench.callbacks().is_empty());
}

#[tokio::test]
async fn early_receipts_come_before_the_answer() {
    let bench = Bench::new(quick()).await;
    let (status, created) = bench.create("+14153559014").await;
    let answered = Instant::now();
    assert_eq!((status, &created["status"]), (201, &json!("queued")));
    let callbacks = bench.callbacks();
    assert_eq!(callbacks.len(), 2);
    assert!(callbacks.iter().all(|callback| callback.at < answered));
}

#[tokio::test]
async fn receipts_out_of_order_and_twice() {
    let bench = Bench::new(quick()).await;
    bench.create("+14153559015").await;
    assert_eq!(bench.statuses().await, ["delivered", "sent"]);
    let bench = Bench::new(quick()).await;
    bench.create("+14153559016").await;
    assert_eq!(bench.statuses().await, ["sent", "delivered", "sent", "delivered"]);
}

#[tokio::test]
async fn a_number_can_be_scripted_by_name() {
    let bench = Bench::new(quick()).await;
    bench.script(PLAIN, "undelivered-30034").await;
    bench.create(PLAIN).await;
    assert_eq!(bench.statuses().await, ["sent", "undelivered"]);
    bench.script("+14153559006", "delivered").await;
    assert_eq!(bench.create("+14153559006").await.0, 201);
    let (status, _) = bench.admin("fates", json!({ "to": PLAIN, "fate": "nonsense" })).await;
    assert_eq!(status, 400);
}
