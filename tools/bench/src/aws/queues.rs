//! The queues, as far as the functions and the event sources use them.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::locked;
use crate::time;

/// A message on a queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) group: Option<String>,
    pub(crate) sent_millis: i64,
    due: Instant,
}

#[derive(Default)]
pub(crate) struct Queues(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    queues: HashMap<String, Queue>,
    sent: u64,
}

#[derive(Default)]
struct Queue {
    ready: VecDeque<Message>,
    /// Messages that are not due yet.
    delayed: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Send {
    queue_url: Option<String>,
    id: Option<String>,
    message_body: String,
    #[serde(default)]
    delay_seconds: u64,
    message_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendBatch {
    queue_url: String,
    entries: Vec<Send>,
}

impl Queues {
    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let answered = match operation {
            "SendMessage" => serde_json::from_slice(body).map(|send: Send| {
                let queue = name(send.queue_url.as_deref().unwrap_or_default());
                json!({ "MessageId": self.take(&queue, send) })
            }),
            "SendMessageBatch" => serde_json::from_slice(body).map(|batch: SendBatch| {
                let queue = name(&batch.queue_url);
                let sent = batch.entries.into_iter().map(|entry| {
                    let id = entry.id.clone();
                    let message = self.take(&queue, entry);
                    // The SDK doesn't check the hash.
                    json!({ "Id": id, "MessageId": message, "MD5OfMessageBody": "" })
                });
                json!({ "Successful": sent.collect::<Vec<Value>>(), "Failed": [] })
            }),
            _ => return (400, json!({ "__type": "InvalidAction" }).to_string().into_bytes()),
        };
        match answered {
            Ok(answer) => (200, answer.to_string().into_bytes()),
            Err(error) => {
                let problem =
                    json!({ "__type": "InvalidParameterValue", "message": error.to_string() });
                (400, problem.to_string().into_bytes())
            }
        }
    }

    fn take(&self, queue: &str, send: Send) -> String {
        let Send { message_body, delay_seconds, message_group_id, .. } = send;
        self.put(queue, message_body, message_group_id, Duration::from_secs(delay_seconds))
    }

    /// Puts a message on a queue and returns its id.
    pub(crate) fn put(
        &self,
        queue: &str,
        body: String,
        group: Option<String>,
        delay: Duration,
    ) -> String {
        let mut inner = locked(&self.0);
        inner.sent += 1;
        let id = inner.sent;
        let sent_millis = time::now_millis();
        let message = Message { id, body, group, sent_millis, due: Instant::now() + delay };
        let queue = inner.queues.entry(queue.to_owned()).or_default();
        if delay.is_zero() {
            queue.ready.push_back(message);
        } else {
            queue.delayed.push(message);
        }
        id.to_string()
    }

    /// Takes up to `most` messages, including delayed ones if `early`.
    pub(crate) fn receive(&self, queue: &str, most: usize, early: bool) -> Vec<Message> {
        let mut inner = locked(&self.0);
        let Some(queue) = inner.queues.get_mut(queue) else {
            return Vec::new();
        };
        let now = Instant::now();
        let (due, delayed): (Vec<_>, Vec<_>) =
            std::mem::take(&mut queue.delayed).into_iter().partition(|m| early || m.due <= now);
        queue.delayed = delayed;
        queue.ready.extend(due);
        let most = most.min(queue.ready.len());
        queue.ready.drain(..most).collect()
    }

    /// Puts back a message that was not handled.
    pub(crate) fn put_back(&self, queue: &str, message: Message) {
        locked(&self.0).queues.entry(queue.to_owned()).or_default().ready.push_back(message);
    }

    /// The number of messages on a queue, and when the next of them is due.
    pub(crate) fn held(&self, queue: &str) -> (usize, Option<Instant>) {
        let inner = locked(&self.0);
        let Some(queue) = inner.queues.get(queue) else {
            return (0, None);
        };
        let next = queue.delayed.iter().map(|message| message.due).min();
        (queue.ready.len() + queue.delayed.len(), next)
    }
}

/// A queue's name: the last part of its URL or ARN.
pub(super) fn name(address: &str) -> String {
    address.rsplit(['/', ':']).next().unwrap_or_default().to_owned()
}
