//! The SQS queues.

mod receipts;
mod retries;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use shared::job::{Envelope, Job, PerQueue, Queue};

use crate::config::Environment;
use crate::trace;
use crate::usage::Usage;

pub use receipts::ReceiptsQueue;
pub(crate) use retries::Received;

/// The maximum number of messages per request.
const MAX_BATCH: usize = 10;

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("failed to send to the {queue:?} queue")]
    Send {
        queue: Queue,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("failed to send to the queue {url}")]
    SendRaw {
        url: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the {queue:?} queue refused {count} messages of a batch: {code}")]
    Refused { queue: Queue, count: usize, code: String },
}

/// The queues of jobs.
#[derive(Clone, Debug)]
pub struct JobQueues {
    client: Client,
    urls: PerQueue<String>,
    usage: Usage,
}

/// Their URLs.
#[derive(Clone, Debug)]
pub struct JobQueueUrls(PerQueue<String>);

impl JobQueueUrls {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self(PerQueue {
            jobs: environment.text("JOBS_QUEUE_URL"),
            dispatch: environment.text("DISPATCH_QUEUE_URL"),
            polls: environment.text("POLLS_QUEUE_URL"),
            // Empty if no one gets events.
            notify: environment.optional("NOTIFY_QUEUE_URL").unwrap_or_default(),
        })
    }
}

impl JobQueues {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, urls: JobQueueUrls, usage: Usage) -> Self {
        Self { client: Client::new(config), urls: urls.0, usage }
    }

    fn url(&self, queue: Queue) -> &str {
        self.urls.get(queue)
    }

    /// Sends a job that becomes visible after a delay of at most 900 seconds. The organization is
    /// the message group, which makes the queue fair between tenants.
    pub async fn send(&self, job: &Job, delay_seconds: u32) -> Result<(), QueueError> {
        let queue = job.queue();
        let sent = self
            .client
            .send_message()
            .queue_url(self.url(queue))
            .message_body(body(job))
            .delay_seconds(delay(delay_seconds))
            .message_group_id(job.organization_id().to_string())
            .send()
            .await;
        self.usage.call("sqs.SendMessage");
        sent.map_err(|error| QueueError::Send { queue, source: Box::new(error) })?;
        Ok(())
    }

    /// Sends jobs of one queue, ten per request, each with its delay in seconds.
    pub async fn send_all(&self, jobs: &[(Job, u32)]) -> Result<(), QueueError> {
        for batch in jobs.chunks(MAX_BATCH) {
            let Some(queue) = batch.first().map(|(job, _)| job.queue()) else {
                continue;
            };
            let mut request = self.client.send_message_batch().queue_url(self.url(queue));
            for (place, (job, delay_seconds)) in batch.iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .message_body(body(job))
                    .delay_seconds(delay(*delay_seconds))
                    .message_group_id(job.organization_id().to_string())
                    .build()
                    .map_err(|error| QueueError::Send { queue, source: Box::new(error) })?;
                request = request.entries(entry);
            }
            let sent = request.send().await;
            self.usage.call("sqs.SendMessageBatch");
            let answer =
                sent.map_err(|error| QueueError::Send { queue, source: Box::new(error) })?;
            if let Some(first) = answer.failed().first() {
                return Err(QueueError::Refused {
                    queue,
                    count: answer.failed().len(),
                    code: first.code().to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// A queue can delay by at most 15 minutes.
fn delay(seconds: u32) -> i32 {
    i32::try_from(seconds.min(900)).unwrap_or(900)
}

/// A job's payload, as part of the current trace. The trace is in the body and not in a message
/// attribute, because the body is all that a schedule can send and that survives every redrive.
pub(crate) fn body(job: &Job) -> String {
    serde_json::json!(Envelope::new(job.clone()).traced(trace::current())).to_string()
}

/// The queue for messages that a retry would not help.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
    url: String,
    usage: Usage,
}

impl DeadLetters {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, url: String, usage: Usage) -> Self {
        Self { client: Client::new(config), url, usage }
    }

    /// Stores a message that can't be parsed, with the reason. Returns `false` if that fails, so
    /// that the queue must keep the message.
    pub async fn keep(&self, body: &str, reason: &str) -> bool {
        let attribute =
            MessageAttributeValue::builder().data_type("String").string_value(reason).build();
        let Ok(attribute) = attribute else {
            return false;
        };
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes("reason", attribute)
            .send()
            .await;
        self.usage.call("sqs.SendMessage");
        if let Err(error) = &sent {
            tracing::error!(error = %DisplayErrorContext(error), "failed to keep a dead letter");
        }
        sent.is_ok()
    }
}
