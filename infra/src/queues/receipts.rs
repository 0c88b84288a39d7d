//! The queue that makes receipts durable before the responses to their callbacks.
//!
//! Each callback costs one request to this queue and little else, and there are a few per message.
//! So this request is a [`signed_call`](crate::signed_call), while all others use the SDK.

use aws_config::SdkConfig;
use reqwest::Client;
use serde::Serialize;
use shared::receipt::Delivery;
use shared::time::Timestamp;
use shared::trace::TraceId;

use super::QueueError;
use crate::signed_call::{CallError, Service, SignedCalls};
use crate::trace;
use crate::usage::Usage;

/// The queue of receipts that are waiting to be applied.
#[derive(Clone, Debug)]
pub struct ReceiptsQueue {
    calls: SignedCalls,
    url: String,
    usage: Usage,
}

/// A request to `SendMessage` in SQS's JSON protocol.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    queue_url: &'a str,
    message_body: String,
    message_group_id: String,
}

/// The content of a message on the queue.
#[derive(Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Content<'a, W> {
    Delivery(&'a Delivery),
    /// A webhook as it was received, which could not be handled at that time.
    Webhook {
        request: &'a W,
        received_at: Timestamp,
    },
}

impl<W> Content<'_, W> {
    /// The version of payloads that introduced it, as of jobs.
    fn since(&self) -> u32 {
        match self {
            Self::Delivery(delivery) => delivery.message.kind.since(),
            Self::Webhook { .. } => 2,
        }
    }
}

#[derive(Serialize)]
struct Body<'a, W> {
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<TraceId>,
    #[serde(flatten)]
    content: Content<'a, W>,
}

/// The message group of webhooks whose organization is unknown.
const UNKNOWN_ORGANIZATION: &str = "unknown";

impl ReceiptsQueue {
    #[must_use]
    pub fn new(config: &SdkConfig, http: Client, url: String, usage: Usage) -> Self {
        let content = "application/x-amz-json-1.0";
        let service = Service { id: "SQS", signing_name: "sqs", content };
        Self { calls: SignedCalls::new(config, http, service), url, usage }
    }

    /// Queues a receipt. The organization is the message group, which makes the queue fair.
    pub async fn send(&self, delivery: &Delivery) -> Result<(), QueueError> {
        let group = delivery.message.organization_id.to_string();
        self.keep(Content::<()>::Delivery(delivery), group).await
    }

    /// Queues a webhook that can't be handled now, with the time when it was received.
    pub async fn send_webhook(
        &self,
        request: &impl Serialize,
        received_at: Timestamp,
    ) -> Result<(), QueueError> {
        let content = Content::Webhook { request, received_at };
        self.keep(content, UNKNOWN_ORGANIZATION.to_owned()).await
    }

    async fn keep<W: Serialize>(
        &self,
        content: Content<'_, W>,
        message_group_id: String,
    ) -> Result<(), QueueError> {
        let body = Body { v: content.since(), trace: trace::current(), content };
        let sent = self.try_send(&body, message_group_id).await;
        self.usage.call("sqs.SendMessage");
        sent.map_err(|error| QueueError::SendRaw { url: self.url.clone(), source: Box::new(error) })
    }

    async fn try_send(
        &self,
        body: &impl Serialize,
        message_group_id: String,
    ) -> Result<(), CallError> {
        let message_body = serde_json::to_string(body)?;
        let request = SendMessage { queue_url: &self.url, message_body, message_group_id };
        // Sending it twice is harmless: a receipt only raises a status, and a repeated keyword
        // changes nothing.
        self.calls.call("AmazonSQS.SendMessage", serde_json::to_vec(&request)?).await?;
        Ok(())
    }
}
