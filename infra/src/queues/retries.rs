//! Retries a message sooner than its queue would.

use std::collections::BTreeMap;

use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry as Entry;
use futures::future::join_all;
use shared::job::retry_seconds;

use super::{DeadLetters, MAX_BATCH};

/// A message as the queue delivered it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The ARN of its queue.
    pub(crate) source: String,
    pub(crate) receipt_handle: String,
    /// How often it was delivered, including this time.
    pub(crate) receive_count: u32,
}

impl DeadLetters {
    /// Makes queues deliver messages again after a back-off. A failure is only logged, because they
    /// do so anyway when the visibility timeout ends.
    pub(crate) async fn retry_soon(&self, messages: Vec<Received>) {
        let mut by_queue: BTreeMap<String, Vec<Received>> = BTreeMap::new();
        for message in messages {
            if let Some(url) = sibling(&self.url, &message.source) {
                by_queue.entry(url).or_default().push(message);
            }
        }
        let batches = by_queue.iter().flat_map(|(url, messages)| {
            messages.chunks(MAX_BATCH).map(|batch| self.retry_batch(url, batch))
        });
        join_all(batches).await;
    }

    async fn retry_batch(&self, url: &str, batch: &[Received]) {
        let entries = batch.iter().enumerate().filter_map(|(place, message)| {
            let seconds = i32::try_from(retry_seconds(message.receive_count)).ok()?;
            let entry = Entry::builder().id(place.to_string()).visibility_timeout(seconds);
            entry.receipt_handle(&message.receipt_handle).build().ok()
        });
        let request = self.client.change_message_visibility_batch().queue_url(url);
        let changed = request.set_entries(Some(entries.collect())).send().await;
        self.usage.call("sqs.ChangeMessageVisibilityBatch");
        match changed {
            Ok(answer) if answer.failed().is_empty() => {}
            Ok(answer) => {
                let count = answer.failed().len();
                tracing::warn!(count, "some messages are retried only after their timeout");
            }
            Err(error) => {
                let error = DisplayErrorContext(error);
                tracing::warn!(%error, "messages are retried only after their timeout");
            }
        }
    }
}

/// The URL of the queue with this ARN, derived from the URL of another queue in the same account
/// and region.
fn sibling(url: &str, arn: &str) -> Option<String> {
    let (base, _) = url.rsplit_once('/')?;
    let name = arn.strip_prefix("arn:")?.rsplit_once(':')?.1;
    Some(format!("{base}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_found_beside_another() {
        let url = "https://sqs.eu-west-1.amazonaws.com/123456789012/volley-DeadLetterQueue-x";
        let arn = "arn:aws:sqs:eu-west-1:123456789012:volley-JobsQueue-y";
        let expected = "https://sqs.eu-west-1.amazonaws.com/123456789012/volley-JobsQueue-y";
        assert_eq!(sibling(url, arn).as_deref(), Some(expected));
        assert_eq!(sibling(url, ""), None);
    }
}
