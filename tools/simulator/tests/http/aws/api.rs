//! Requests and responses.

use serde_json::{Value, json};

use super::{JSON, SIGNATURE, TARGET, complains, message, read, shape, with};
use crate::support::{Bench, FROM, PLAIN, quick};

#[tokio::test]
async fn a_message_is_accepted_and_stands_in_the_books() {
    let bench = Bench::new(quick()).await;
    let answer = bench.try_text(message(PLAIN).to_string()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], JSON);
    assert_eq!(answer.headers()["x-amzn-requestid"].len(), 36);
    let (status, answer) = read(answer).await;
    let id = answer["MessageId"].as_str().unwrap();
    assert_eq!((status, id.len()), (200, 36));
    let (_, books) = bench.get(format!("{}/_simulator/messages", bench.url)).await;
    let kept = &books["messages"][0];
    assert_eq!(
        (&kept["sid"], &kept["to"], &kept["body"]),
        (&json!(id), &json!(PLAIN), &json!("Hello"))
    );
    assert_eq!(kept["context"]["campaign"], "spring");
    // Twilio's API doesn't list it.
    let (_, listed) = bench.get(format!("{}.json", bench.messages_url())).await;
    assert_eq!(listed["messages"], json!([]));
}

#[tokio::test]
async fn the_books_count_both_providers_messages_together() {
    let bench = Bench::new(quick()).await;
    bench.create(PLAIN).await;
    // The same number, in another format that the model allows.
    bench.text(&message(PLAIN.trim_start_matches('+'))).await;
    bench.text(&with(PLAIN, "MessageBody", json!("Other"))).await;
    let stats = bench.stats().await;
    assert_eq!((&stats["accepted"], &stats["textsPerNumberMax"]), (&json!(3), &json!(3)));
    let twice = json!([{ "to": PLAIN, "body": "Hello", "count": 2 }]);
    assert_eq!(stats["duplicates"], twice);
    assert_eq!(stats["requests"], 3);
}

#[tokio::test]
async fn a_dry_run_is_checked_but_neither_sent_nor_counted() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    let (_, answer) = bench.text(&with(PLAIN, "DryRun", json!(true))).await;
    assert_eq!(answer["MessageId"].as_str().map(str::len), Some(36));
    let mut wrong = with(PLAIN, "DryRun", json!(true));
    wrong["TimeToLive"] = json!(4);
    assert_eq!(bench.text(&wrong).await.0, 400);
    let stats = bench.stats().await;
    assert_eq!((&stats["accepted"], &stats["requests"]), (&json!(0), &json!(1)));
    assert_eq!(stats["callbacks"]["pending"], 0);
}

#[tokio::test]
async fn unsigned_requests_and_unknown_operations() {
    let bench = Bench::new(quick()).await;
    let body = message(PLAIN).to_string();
    let date = ("x-amz-date", "20261123T000000Z");
    let (content, target) = (("content-type", JSON), ("x-amz-target", TARGET));
    let signed = ("authorization", SIGNATURE);
    let astray = SIGNATURE.replace("sms-voice", "sns");
    for (headers, expected) in [
        ([content, target, date, ("accept", "*/*")], "MissingAuthenticationTokenException"),
        ([content, target, date, ("authorization", "Basic QTpC")], "IncompleteSignatureException"),
        ([content, target, date, ("authorization", &astray)], "InvalidSignatureException"),
        (
            [content, ("x-amz-target", "PinpointSMSVoiceV2.Sing"), date, signed],
            "UnknownOperationException",
        ),
        ([("content-type", "application/json"), target, date, signed], "UnknownOperationException"),
    ] {
        let (status, problem) = read(bench.call(&headers, body.clone()).await.unwrap()).await;
        assert_eq!((status, shape(&problem)), (400, expected));
    }
    assert_eq!(bench.stats().await["accepted"], 0);
}

#[tokio::test]
async fn what_breaks_the_models_constraints_is_refused() {
    let bench = Bench::new(quick()).await;
    let pairs = |count| Value::Object((0..count).map(|n| (format!("k{n}"), json!("v"))).collect());
    for (name, value, reason) in [
        ("DestinationPhoneNumber", json!(null), "MISSING_PARAMETER"),
        ("DestinationPhoneNumber", json!("+0415"), "FIELD_VALIDATION_FAILED"),
        ("DestinationPhoneNumber", json!("+415"), "INVALID_PARAMETER"),
        ("DestinationPhoneNumber", json!(14_153_550_123_u64), "FIELD_VALIDATION_FAILED"),
        ("OriginationIdentity", json!("My Shop"), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!(null), "MISSING_PARAMETER"),
        ("MessageBody", json!("  "), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!("a".repeat(1_601)), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!("a".repeat(1_531)), "MAXIMUM_SIZE_EXCEEDED"),
        ("MessageBody", json!("ж".repeat(631)), "MAXIMUM_SIZE_EXCEEDED"),
        ("MessageType", json!("SPAM"), "FIELD_VALIDATION_FAILED"),
        ("ConfigurationSetName", json!("a b"), "FIELD_VALIDATION_FAILED"),
        ("Context", pairs(6), "FIELD_VALIDATION_FAILED"),
        ("Context", json!({ "k": " v" }), "FIELD_VALIDATION_FAILED"),
        ("Context", json!({ "k": 1 }), "FIELD_VALIDATION_FAILED"),
        ("Context", json!({ "k": "v".repeat(801) }), "FIELD_VALIDATION_FAILED"),
        ("TimeToLive", json!(4), "FIELD_VALIDATION_FAILED"),
        ("TimeToLive", json!(259_201), "FIELD_VALIDATION_FAILED"),
        ("MaxPrice", json!("0,05"), "FIELD_VALIDATION_FAILED"),
        ("MaxPrice", json!("0.001"), "PRICE_OVER_THRESHOLD"),
        ("DryRun", json!("yes"), "FIELD_VALIDATION_FAILED"),
        ("DestinationCountryParameters", json!({ "US": "1" }), "FIELD_VALIDATION_FAILED"),
    ] {
        let (status, problem) = bench.text(&with(PLAIN, name, value.clone())).await;
        assert_eq!((status, shape(&problem)), (400, "ValidationException"), "{name} {value}");
        assert_eq!(problem["Reason"], reason, "{name} {value}");
        assert!(complains(&problem, name), "{problem}");
    }
    let (status, problem) = read(bench.try_text("nothing".to_owned()).await.unwrap()).await;
    assert_eq!((status, &problem["Reason"]), (400, &json!("CANNOT_PARSE")));
    assert_eq!(bench.stats().await["accepted"], 0);
}

#[tokio::test]
async fn what_just_keeps_to_the_constraints_is_accepted() {
    let bench = Bench::new(quick()).await;
    for (name, value) in [
        ("MessageBody", json!("a".repeat(1_530))),
        ("MessageBody", json!("ж".repeat(630))),
        ("TimeToLive", json!(5)),
        ("TimeToLive", json!(259_200)),
        ("MaxPrice", json!("0.05")),
        ("Context", json!({ "1": "v", "2": "v", "3": "v", "4": "v", "5": "v".repeat(800) })),
        ("DryRun", json!(false)),
        ("OriginationIdentity", json!(null)),
        ("OriginationIdentity", json!("arn:aws:sms-voice:us-east-1:123456789012:pool/pool-1")),
    ] {
        let (status, answer) = bench.text(&with(PLAIN, name, value)).await;
        assert_eq!(status, 200, "{name} {answer}");
    }
}

#[tokio::test]
async fn the_requests_are_kept_as_they_came() {
    let bench = Bench::new(quick()).await;
    let bodies = [format!(" {}\n", message(PLAIN)), "nothing".to_owned()];
    for body in &bodies {
        bench.try_text(body.clone()).await.unwrap();
    }
    let url = format!("{}/_simulator/aws/requests", bench.url);
    let lines = bench.http.get(url).send().await.unwrap().text().await.unwrap();
    let kept: Vec<String> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kept, bodies);
    assert!(kept[0].contains(FROM));
}
