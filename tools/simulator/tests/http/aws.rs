//! AWS End User Messaging SMS, called as its clients call it.

mod api;
mod events;
mod fates;
mod inbound;
mod model;

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Bench, FROM};

const JSON: &str = "application/x-amz-json-1.0";
const TARGET: &str = "PinpointSMSVoiceV2.SendTextMessage";
const EVENTS: &str = "arn:aws:sns:eu-west-1:123456789012:events";
const INBOUND: &str = "arn:aws:sns:eu-west-1:123456789012:inbound";
const SIGNATURE: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20261123/us-east-1/sms-voice/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=00";

/// A send request that asks for events.
fn message(to: &str) -> Value {
    json!({
        "DestinationPhoneNumber": to,
        "OriginationIdentity": FROM,
        "MessageBody": "Hello",
        "MessageType": "PROMOTIONAL",
        "ConfigurationSetName": "volley",
        "Context": { "campaign": "spring", "message": "1" },
    })
}

/// [`message`], with one member changed.
fn with(to: &str, name: &str, value: Value) -> Value {
    let mut message = message(to);
    message[name] = value;
    message
}

impl Bench {
    /// Publishes events and inbound messages to the bench's webhook.
    async fn topics(&self) {
        let topics = json!({ "endpoint": self.webhook, "events": EVENTS, "inbound": INBOUND });
        assert_eq!(self.put_topics(&topics).await, 204);
    }

    async fn put_topics(&self, topics: &Value) -> u16 {
        let request = self.http.put(format!("{}/_simulator/aws/topics", self.url)).json(topics);
        request.send().await.expect("an answer").status().as_u16()
    }

    async fn call(&self, headers: &[(&str, &str)], body: String) -> reqwest::Result<Response> {
        let request = self.http.post(format!("{}/", self.url)).body(body);
        headers.iter().fold(request, |all, (name, value)| all.header(*name, *value)).send().await
    }

    async fn try_text(&self, body: String) -> reqwest::Result<Response> {
        let headers = [
            ("content-type", JSON),
            ("x-amz-target", TARGET),
            ("x-amz-date", "20261123T000000Z"),
            ("authorization", SIGNATURE),
        ];
        self.call(&headers, body).await
    }

    async fn text(&self, message: &Value) -> (u16, Value) {
        read(self.try_text(message.to_string()).await.expect("an answer")).await
    }

    /// What was published to a topic, in order of arrival, once nothing more is expected.
    async fn published(&self, topic: &str) -> Vec<Value> {
        let posts = self.settled().await;
        posts
            .iter()
            .filter(|post| post.get("TopicArn") == Some(topic))
            .filter_map(|post| post.get("Message"))
            .map(|message| serde_json::from_str(message).expect("JSON"))
            .collect()
    }

    async fn event_types(&self) -> Vec<String> {
        let events = self.published(EVENTS).await;
        let kind = |event: &Value| event["eventType"].as_str().map(str::to_owned);
        events.iter().map(|event| kind(event).expect("a type")).collect()
    }
}

async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

/// The exception's shape, without its namespace.
fn shape(problem: &Value) -> &str {
    let name = problem["__type"].as_str().unwrap_or_default();
    name.rsplit('#').next().unwrap_or_default()
}

/// Whether a `ValidationException` complains about a member and explains why.
fn complains(problem: &Value, name: &str) -> bool {
    let fields = problem["Fields"].as_array().expect("a list");
    fields.iter().any(|field| field["Name"] == name && field["Message"].is_string())
}
