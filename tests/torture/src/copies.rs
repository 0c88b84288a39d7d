//! Makes queues deliver messages twice and out of order.
//!
//! A standard queue guarantees neither exactly-once delivery nor order. So each message is put on
//! its queue with a random delay, and a copy of it with another one.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::operation::Operation;

/// What is sent to the queue instead: the messages, delayed, and their copies.
pub struct Copied {
    pub originals: Value,
    pub copies: Value,
}

/// Delays and copies a request's messages. Returns `None` for any other request.
#[must_use]
pub fn copy(operation: Operation, body: &[u8], chance: &mut Chance) -> Option<Copied> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let (mut originals, mut copies) = (request.clone(), request);
    match operation.name {
        "SendMessage" => {
            // A message with a reason is a dead letter.
            if originals["MessageAttributes"]["reason"].is_object() {
                return None;
            }
            delay(&mut originals, chance.below(3));
            delay(&mut copies, chance.below(6));
        }
        "SendMessageBatch" => {
            for original in originals["Entries"].as_array_mut()? {
                delay(original, chance.below(3));
            }
            for copy in copies["Entries"].as_array_mut()? {
                delay(copy, chance.below(6));
            }
        }
        _ => return None,
    }
    Some(Copied { originals, copies })
}

fn delay(message: &mut Value, more: u64) {
    let seconds = message["DelaySeconds"].as_u64().unwrap_or_default();
    message["DelaySeconds"] = json!((seconds + more).min(900));
}
