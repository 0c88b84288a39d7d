//! The fate of each scripted number.

use std::time::Instant;

use serde_json::{Value, json};

use super::{EVENTS, complains, message, shape};
use crate::support::{Bench, PLAIN, quick};

#[tokio::test]
async fn undelivered_ones_end_in_the_event_that_means_the_code() {
    for (fate, status) in [
        ("undelivered-30003", "UNREACHABLE"),
        ("undelivered-30004", "BLOCKED"),
        ("undelivered-30005", "INVALID"),
        ("undelivered-30006", "CARRIER_UNREACHABLE"),
        ("undelivered-30007", "CARRIER_BLOCKED"),
        ("undelivered-30008", "UNKNOWN"),
        ("undelivered-30019", "INVALID_MESSAGE"),
        ("undelivered-30038", "SPAM"),
        ("undelivered-30450", "PROTECT_BLOCKED"),
        ("expired", "TTL_EXPIRED"),
        ("opted-out", "BLOCKED"),
    ] {
        let bench = Bench::new(quick()).await;
        bench.topics().await;
        bench.script(PLAIN, fate).await;
        assert_eq!(bench.text(&message(PLAIN)).await.0, 200, "{fate}");
        let events = bench.published(EVENTS).await;
        assert_eq!(events.len(), 3, "{fate}");
        let last = &events[2];
        assert_eq!(last["eventType"], format!("TEXT_{status}"), "{fate}");
        assert_eq!((&last["messageStatus"], &last["isFinal"]), (&json!(status), &json!(true)));
        assert_eq!(bench.stats().await["statuses"], json!({ "undelivered": 1 }));
    }
}

#[tokio::test]
async fn refused_ones_are_not_accepted() {
    let bench = Bench::new(quick()).await;
    for (fate, expected, reason) in [
        ("refused-21610", "ConflictException", json!("DESTINATION_PHONE_NUMBER_OPTED_OUT")),
        ("refused-21211", "ValidationException", json!("INVALID_PARAMETER")),
        ("refused-21614", "ValidationException", json!("INVALID_PARAMETER")),
        (
            "spend-limit",
            "ServiceQuotaExceededException",
            json!("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"),
        ),
        ("account-disabled", "AccessDeniedException", json!("ACCOUNT_DISABLED")),
        ("refused-20429", "ThrottlingException", Value::Null),
    ] {
        bench.script(PLAIN, fate).await;
        let (status, problem) = bench.text(&message(PLAIN)).await;
        assert_eq!((status, shape(&problem)), (400, expected), "{fate}");
        assert_eq!(problem["Reason"], reason, "{fate}");
        if expected == "ValidationException" {
            assert!(complains(&problem, "DestinationPhoneNumber"), "{problem}");
        }
    }
    bench.script(PLAIN, "error").await;
    let (status, problem) = bench.text(&message(PLAIN)).await;
    assert_eq!((status, shape(&problem)), (500, "InternalServerException"));
    bench.script(PLAIN, "bad-gateway").await;
    assert_eq!(bench.text(&message(PLAIN)).await, (502, Value::Null));
    let books = bench.stats().await;
    assert_eq!((&books["accepted"], &books["refused"]), (&json!(0), &json!(6)));
}

#[tokio::test]
async fn throttled_ones_are_accepted_at_last() {
    let bench = Bench::new(quick()).await;
    for number in ["+14153559009", "+14153559019"] {
        for _ in 0..simulator::fates::REFUSALS {
            let (status, problem) = bench.text(&message(number)).await;
            assert_eq!((status, shape(&problem)), (400, "ThrottlingException"));
        }
        assert_eq!(bench.text(&message(number)).await.0, 200);
    }
}

#[tokio::test]
async fn accepted_ones_whose_answer_does_not_say_so() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    let (status, problem) = bench.text(&message("+14153559011")).await;
    assert_eq!((status, shape(&problem)), (500, "InternalServerException"));
    assert!(bench.try_text(message("+14153559012").to_string()).await.is_err());
    assert_eq!(bench.text(&message("+14153559022")).await, (200, Value::Null));
    let start = Instant::now();
    assert_eq!(bench.text(&message("+14153559018")).await.0, 200);
    assert!(start.elapsed() >= bench.config.slow_answer);
    assert_eq!(bench.published(EVENTS).await.len(), 12);
    let books = bench.stats().await;
    assert_eq!((&books["accepted"], &books["statuses"]["delivered"]), (&json!(4), &json!(4)));
}
