//! A request's place in a function's work: its await point, as far as it can be identified from
//! outside.
//!
//! A function awaits nothing that matters except its requests. What a request concerns identifies
//! the await point: an update of a chunk's state is a different step from an update of a message.

use std::collections::BTreeSet;

use crate::operation::{Operation, Service};

/// Kinds of the table's items, by the prefixes of their keys.
const KINDS: [&str; 40] = [
    "ANSWER",
    "CAMPAIGN",
    "CHANGE",
    "CHUNK",
    "CHUNKSTATE",
    "CONTACT",
    "DELETION",
    "DELIVERY",
    "DUE",
    "ERASED",
    "ERASURE",
    "FLAGGED",
    "HEALTH",
    "IDEMPOTENCY",
    "IMPORT",
    "INBOUND",
    "KEY",
    "LASTSEND",
    "MATCHKEY",
    "MESSAGE",
    "OPTOUT",
    "ORGANIZATION",
    "ORGANIZATIONS",
    "OWNER",
    "PARKED",
    "RECONCILIATION",
    "REFUSED",
    "REJECTED",
    "REPLIES",
    "REPLY",
    "REPORT",
    "REQUESTS",
    "RESEND",
    "RESENDS",
    "RETRY",
    "SENDER",
    "UNSUBSCRIBED",
    "UPLOADS",
    "WEBHOOK",
    "WEBHOOKS",
];

/// A name for the await point.
#[must_use]
pub fn of(operation: Operation, body: &[u8]) -> String {
    let body = std::str::from_utf8(body).unwrap_or_default();
    let about = match operation.service {
        Service::DynamoDb => items(body),
        Service::Sqs => job(body).to_owned(),
        _ => String::new(),
    };
    format!("{} {about}", operation.title()).trim_end().to_owned()
}

/// The kinds of items that a request to the table concerns.
fn items(body: &str) -> String {
    let values = body.split("\"S\":\"").skip(1);
    let mut kinds: BTreeSet<&str> = values
        .filter_map(|value| {
            let value = value.split('"').next()?;
            let kind = value.split('#').next()?;
            // With a shard after the id, it is a partition of chunks or messages.
            let is_partition = kind == "CAMPAIGN" && value.matches('#').count() > 1;
            (KINDS.contains(&kind) && !is_partition).then_some(kind)
        })
        .collect();
    // These accompany other items, which are more specific.
    for (weak, strong) in [
        ("ANSWER", "IDEMPOTENCY"),
        ("CAMPAIGN", "OPTOUT"),
        ("CAMPAIGN", "REPLY"),
        ("OWNER", "SENDER"),
    ] {
        if kinds.contains(strong) {
            kinds.remove(weak);
        }
    }
    let mut words: Vec<&str> = kinds.into_iter().collect();
    if body.contains("UPDATE \\\"") {
        words.push(if body.contains("receiptRank\\\" = ?") { "(receipts)" } else { "(outcomes)" });
    }
    words.join("+")
}

/// The kind of a message on a queue.
fn job(body: &str) -> &str {
    let kind = body.split("\\\"type\\\":\\\"").nth(1).and_then(|rest| rest.split('\\').next());
    kind.unwrap_or("receipt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart() {
        let update = Operation { service: Service::DynamoDb, name: "UpdateItem" };
        let body = br#"{"Key":{"pk":{"S":"CAMPAIGN#1#2"},"sk":{"S":"CHUNKSTATE#0"}}}"#;
        assert_eq!(of(update, body), "DynamoDb.UpdateItem CHUNKSTATE");
        let body = br#"{"Key":{"pk":{"S":"ORG#1"},"sk":{"S":"CAMPAIGN#1"}}}"#;
        assert_eq!(of(update, body), "DynamoDb.UpdateItem CAMPAIGN");
        let send = Operation { service: Service::Sqs, name: "SendMessage" };
        let body = br#"{"MessageBody":"{\"job\":{\"type\":\"drain\"}}"}"#;
        assert_eq!(of(send, body), "Sqs.SendMessage drain");
    }
}
