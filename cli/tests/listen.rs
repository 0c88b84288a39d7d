//! Receiving events: what is signed is printed, and all else is refused and said.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support::bare;

const KEY: [u8; 32] = [7; 32];

/// The program on a free port.
struct Listener {
    child: Child,
    errors: BufReader<ChildStderr>,
    url: String,
}

fn listen(arguments: &[&str]) -> Listener {
    let mut command = bare();
    command.args(["webhooks", "listen", "--port", "0"]).args(arguments);
    command.env("VOLLEY_WEBHOOK_SECRET", format!("whsec_{}", BASE64_STANDARD.encode(KEY)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("Listening on ").unwrap_or_else(|| panic!("{line}"));
    let url = url.to_owned();
    Listener { child, errors, url }
}

/// Posts a body as Volley does, `late` seconds ago, and returns the status.
async fn post(url: &str, key: &[u8], body: &Value, late: i64) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (body, at) = (body.to_string(), Utc::now().timestamp() - late);
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("e1.{at}.{body}").as_bytes());
    let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    let request = reqwest::Client::new().post(url).body(body);
    let request = request.header("webhook-id", "e1").header("webhook-timestamp", at);
    request.header("webhook-signature", signature).send().await.unwrap().status().as_u16()
}

fn event(id: &str) -> Value {
    json!({
        "id": id, "type": "campaign.paused", "occurredAt": "2026-11-23T09:00:00.000Z",
        "organizationId": support::ID, "data": {"campaignId": support::ID},
    })
}

#[tokio::test]
async fn only_signed_events_are_printed() {
    let Listener { mut child, mut errors, url } = listen(&["--count", "2", "--output", "json"]);
    assert_eq!(post(&url, &KEY, &event("e1"), 0).await, 204);
    assert_eq!(post(&url, &[8; 32], &event("forged"), 0).await, 401);
    assert_eq!(post(&url, &KEY, &event("late"), 600).await, 401);
    assert_eq!(post(&url, &KEY, &json!("no object"), 0).await, 204);
    let lines: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(serde_json::from_str::<Value>(&lines[0]).unwrap(), event("e1"));
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    let errors = said;
    assert!(errors.contains("Refused a request: no signature is by this secret"), "{errors}");
    assert!(errors.contains("signed more than five minutes from now"), "{errors}");
    assert!(errors.contains("2 requests were refused") && !errors.contains("forged"), "{errors}");
    assert_eq!(child.wait().unwrap().code(), Some(4));
}

#[tokio::test]
async fn people_see_a_line_and_programs_columns() {
    for (format, expected) in [
        (
            "table",
            "2026-11-23 09:00:00Z  campaign.paused  campaignId=01930000-0000-7000-8000-000000000001\n",
        ),
        ("csv", "occurredAt,type,data,id,organizationId\n"),
    ] {
        let Listener { mut child, url, .. } = listen(&["--count", "1", "--output", format]);
        assert_eq!(post(&url, &KEY, &event("e1"), 0).await, 204);
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}
