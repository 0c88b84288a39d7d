//! Batches of queue messages, each of which succeeds or fails separately.
//!
//! A message that can't be parsed goes to the dead-letter queue at once, since a retry wouldn't
//! help. A message that a newer version wrote stays on its queue for that version. A message whose
//! handler fails or panics is reported, so that the queue delivers it again, without its neighbors,
//! after a back-off that is shorter than the queue's visibility timeout.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures::future::{FutureExt, join_all};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use shared::job::{Envelope, Job, VERSION};
use shared::time::Timestamp;

use crate::queues::{DeadLetters, Received};
use crate::trace::Scope;

/// The part of an SQS event that is used.
#[derive(Debug, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    pub message_id: String,
    pub body: String,
    #[serde(default)]
    receipt_handle: String,
    #[serde(default, rename = "eventSourceARN")]
    source: String,
    #[serde(default)]
    pub attributes: SqsAttributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SqsAttributes {
    /// Milliseconds since 1970, as a string.
    pub sent_timestamp: Option<String>,
    /// How often the queue has delivered the message, as a string.
    approximate_receive_count: Option<String>,
}

/// The response to SQS: the messages to deliver again.
#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The messages of the batch that may be retried before their visibility timeout ends.
    #[serde(skip)]
    received: HashMap<String, Received>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    pub item_identifier: String,
}

#[derive(Deserialize)]
struct Version {
    /// Missing in what other services put on a queue.
    v: Option<u32>,
}

/// The messages of an event; `None` if it is not from a queue, because then it has no field `Records`.
pub fn messages(event: &RawValue) -> serde_json::Result<Option<SqsEvent>> {
    #[derive(Deserialize)]
    struct Batch {
        #[serde(rename = "Records")]
        records: Option<Vec<SqsRecord>>,
    }
    let batch: Batch = serde_json::from_str(event.get())?;
    Ok(batch.records.map(|records| SqsEvent { records }))
}

/// A parsed message, with the id for reporting its failure.
pub struct Parsed<T> {
    pub message_id: String,
    /// When it was put on the queue.
    pub sent_at: Option<Timestamp>,
    pub body: T,
}

/// Parses the messages of a batch. Those that can't be parsed become dead letters.
pub async fn parse<T: DeserializeOwned>(
    event: SqsEvent,
    dead_letters: &DeadLetters,
    response: &mut BatchResponse,
) -> Vec<Parsed<T>> {
    let mut parsed = Vec::with_capacity(event.records.len());
    for SqsRecord { message_id, body, receipt_handle, source, attributes } in event.records {
        let receive_count =
            attributes.approximate_receive_count.and_then(|count| count.parse().ok()).unwrap_or(1);
        let sent_at = attributes.sent_timestamp.and_then(|text| text.parse().ok());
        let sent_at = sent_at.and_then(Timestamp::from_millis);
        let version = serde_json::from_str::<Version>(&body);
        if version.as_ref().is_ok_and(|version| version.v.is_some_and(|v| v > VERSION)) {
            tracing::warn!(queue.message.id = %message_id, "left a message of a newer version");
            response.fail(message_id);
            continue;
        }
        let received = Received { source, receipt_handle, receive_count };
        response.received.insert(message_id.clone(), received);
        match version.and_then(|_| serde_json::from_str(&body)) {
            Ok(body) => parsed.push(Parsed { message_id, sent_at, body }),
            Err(error) => {
                // The error may quote the message, so only the dead letter has it.
                tracing::error!(queue.message.id = %message_id, "failed to read a message");
                if !dead_letters.keep(&body, &error.to_string()).await {
                    response.fail(message_id);
                }
            }
        }
    }
    parsed
}

/// Does the jobs of a batch concurrently, each in its [`Scope`].
pub async fn run<J, F>(
    event: SqsEvent,
    request_id: &str,
    dead_letters: &DeadLetters,
    handle: impl Fn(J) -> F,
) -> BatchResponse
where
    J: DeserializeOwned + Clone + Into<Job>,
    F: Future<Output = anyhow::Result<()>>,
{
    let mut response = BatchResponse::default();
    let parsed: Vec<Parsed<Envelope<J>>> = parse(event, dead_letters, &mut response).await;
    let done = parsed.into_iter().map(|Parsed { message_id, body, .. }| {
        let Envelope { job, trace, .. } = body;
        let scope = Scope::of_job(request_id, &job.clone().into(), trace);
        let work = AssertUnwindSafe(handle(job)).catch_unwind();
        let work = async {
            let result = work.await;
            log_failure(&message_id, &result);
            (message_id, matches!(result, Ok(Ok(()))))
        };
        scope.run(work)
    });
    for (message_id, is_done) in join_all(done).await {
        if !is_done {
            response.fail(message_id);
        }
    }
    response.retry_soon(dead_letters).await;
    response
}

fn log_failure(message_id: &str, result: &std::thread::Result<anyhow::Result<()>>) {
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(queue.message.id = message_id, error = ?error, "failed to do a job");
        }
        Err(_panic) => tracing::error!(queue.message.id = message_id, "panicked at a job"),
    }
}

impl BatchResponse {
    /// Makes the queue deliver the failed messages again after a back-off. If this fails, that
    /// happens when their visibility timeout ends. A message of a newer version waits that long,
    /// since only a deployment helps.
    pub async fn retry_soon(&mut self, queues: &DeadLetters) {
        let mut failed = Vec::new();
        for BatchItemFailure { item_identifier } in &self.batch_item_failures {
            failed.extend(self.received.remove(item_identifier));
        }
        queues.retry_soon(failed).await;
    }

    pub fn fail(&mut self, message_id: String) {
        self.batch_item_failures.push(BatchItemFailure { item_identifier: message_id });
    }
}

#[cfg(test)]
mod tests;
