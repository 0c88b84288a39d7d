//! Messages that queues deliver twice and out of order.
//!
//! A standard queue promises neither once nor in order. So each message is put on its queue with
//! a delay of its own, and a copy of it with another.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::operation::Operation;

/// What is put on the queue instead: the message or messages, and their copies.
pub struct Copied {
    pub originals: Value,
    pub copies: Value,
}

/// Delays a request's messages and copies them; `None` if it is no such request.
#[must_use]
pub fn copy(operation: Operation, body: &[u8], chance: &mut Chance) -> Option<Copied> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let (mut originals, mut copies) = (request.clone(), request);
    match operation.name {
        "SendMessage" => {
            // One that says why it is there is a dead letter.
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
