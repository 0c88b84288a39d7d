//! Event sources: pass messages of a queue, and HTTP requests, to functions as Lambda does.

use std::time::{Duration, Instant};

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::aws::{Message, Queues};
use crate::function::Function;
use crate::gateway::{Taken, sid_text};
use crate::stack::{ACCOUNT, PUBLIC_URL, TOKEN};

/// The bench fails if a message fails this many times.
const MAX_FAILURES: usize = 20;
/// The length of SQS's receipt handles.
const RECEIPT_HANDLE: usize = 340;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BatchResponse {
    batch_item_failures: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// Passes a queue's messages to a function until none is left, waiting for delayed ones. Returns
/// the number of messages.
pub(crate) async fn run(
    queues: &Queues,
    queue: &str,
    batch: usize,
    function: &mut Function,
) -> anyhow::Result<u64> {
    let (mut handed, mut failures) = (0, 0);
    loop {
        let messages = queues.receive(queue, batch, false);
        if messages.is_empty() {
            match queues.held(queue) {
                (0, _) => return Ok(handed),
                (_, Some(due)) => tokio::time::sleep_until(due.into()).await,
                (_, None) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
            continue;
        }
        handed += messages.len() as u64;
        let failed = hand(queue, &messages, function).await?;
        failures += failed.len();
        anyhow::ensure!(failures <= MAX_FAILURES, "{} fails again and again", function.name);
        for message in messages {
            if failed.contains(&message.id.to_string()) {
                queues.put_back(queue, message);
            }
        }
    }
}

/// Passes messages to a function as one event, and returns the ids of those that failed.
pub(crate) async fn hand(
    queue: &str,
    messages: &[Message],
    function: &mut Function,
) -> anyhow::Result<Vec<String>> {
    let answer = function.invoke(event(queue, messages)).await?;
    let answer: BatchResponse = serde_json::from_slice(&answer).context("no batch response")?;
    Ok(answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
}

fn event(queue: &str, messages: &[Message]) -> Vec<u8> {
    let handle = "A".repeat(RECEIPT_HANDLE);
    let records = messages.iter().map(|message| {
        json!({
            "messageId": message.id.to_string(),
            "receiptHandle": handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": message.sent_millis.to_string(),
                "SenderId": "AROABENCHBENCHBENCH00:bench",
                "ApproximateFirstReceiveTimestamp": message.sent_millis.to_string(),
                "MessageGroupId": message.group,
            },
            "messageAttributes": {},
            "md5OfBody": "d41d8cd98f00b204e9800998ecf8427e",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:us-east-1:000000000000:{queue}"),
            "awsRegion": "us-east-1",
        })
    });
    json!({ "Records": records.collect::<Vec<Value>>() }).to_string().into_bytes()
}

/// The callback that reports a message as delivered, with Twilio's signature, in the format of the
/// HTTP API or a function URL.
pub(crate) fn callback(taken: &Taken) -> Vec<u8> {
    let (sid, to) = (sid_text(taken.sid), format!("+{}", taken.to));
    // Sorted by name, as the signature requires.
    let form = [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("From", "+14155550100"),
        ("MessageSid", &sid),
        ("MessageStatus", "delivered"),
        ("RawDlrDoneDate", "2611250900"),
        ("SmsSid", &sid),
        ("SmsStatus", "delivered"),
        ("To", &to),
    ];
    let path = "/webhooks/twilio/status";
    let mut signed = format!("{PUBLIC_URL}{path}?{}", taken.query);
    for (name, value) in form {
        signed.push_str(name);
        signed.push_str(value);
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let host = PUBLIC_URL.trim_start_matches("https://");
    let event = json!({
        "version": "2.0",
        "routeKey": "ANY /webhooks/{proxy+}",
        "rawPath": path,
        "rawQueryString": taken.query,
        "headers": {
            "accept": "*/*",
            "content-length": body.len().to_string(),
            "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
            "host": host,
            "i-twilio-idempotency-token": "6d1a5b6f-4b0e-4d3f-8a34-0a8d1f6f2f0b",
            "user-agent": "TwilioProxy/1.1",
            "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-home-region": "us1",
            "x-twilio-signature": signature(&signed),
        },
        "queryStringParameters": form_urlencoded::parse(taken.query.as_bytes())
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect::<serde_json::Map<String, Value>>(),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": host,
            "domainPrefix": "abcdefghij",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "TwilioProxy/1.1",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "ANY /webhooks/{proxy+}",
            "stage": "$default",
            "time": "25/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1_795_597_200_000_u64,
        },
        "body": BASE64_STANDARD.encode(body),
        "isBase64Encoded": true,
    });
    event.to_string().into_bytes()
}

fn signature(text: &str) -> String {
    let Ok(mut mac) = <Hmac<Sha1> as KeyInit>::new_from_slice(TOKEN.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Sends a callback, which must be accepted.
pub(crate) async fn call_back(taken: &Taken, function: &mut Function) -> anyhow::Result<()> {
    let answer = function.invoke(callback(taken)).await?;
    let answer: Value = serde_json::from_slice(&answer)?;
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    anyhow::ensure!((200..300).contains(&status), "a callback was answered {answer}");
    Ok(())
}

/// How long something took.
pub(crate) async fn timed<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(T, f64)> {
    let began = Instant::now();
    let done = work.await?;
    Ok((done, began.elapsed().as_secs_f64()))
}
