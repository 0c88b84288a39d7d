//! The queue on which receipts are durable before their callbacks are answered.
//!
//! Each callback costs one request to it and little else, and there are a few for every message:
//! so this request is a [`signed_call`](super::signed_call) where all others are the SDK's.

use aws_config::SdkConfig;
use reqwest::Client;
use serde::Serialize;
use shared::job::VERSION;
use shared::receipt::Delivery;

use super::QueueError;
use super::signed_call::{CallError, Service, SignedCalls};
use crate::usage::Usage;

/// Where receipts are kept until they are applied.
#[derive(Clone, Debug)]
pub struct ReceiptsQueue {
    calls: SignedCalls,
    url: String,
    usage: Usage,
}

/// A request of SQS's `SendMessage` in its JSON protocol.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    queue_url: &'a str,
    message_body: String,
    message_group_id: String,
}

#[derive(Serialize)]
struct Body<'a> {
    v: u32,
    delivery: &'a Delivery,
}

impl ReceiptsQueue {
    pub fn new(
        config: &SdkConfig,
        http: Client,
        url: String,
        usage: Usage,
    ) -> Result<Self, CallError> {
        let service = Service { id: "SQS", signing_name: "sqs" };
        Ok(Self { calls: SignedCalls::new(config, http, service, &url)?, url, usage })
    }

    /// Keeps a receipt. The organisation is the message group, by which the queue is fair.
    pub async fn send(&self, delivery: &Delivery) -> Result<(), QueueError> {
        let sent = self.try_send(delivery).await;
        self.usage.call("sqs.SendMessage");
        sent.map_err(|error| QueueError::SendRaw { url: self.url.clone(), source: Box::new(error) })
    }

    async fn try_send(&self, delivery: &Delivery) -> Result<(), CallError> {
        let request = SendMessage {
            queue_url: &self.url,
            message_body: serde_json::to_string(&Body { v: VERSION, delivery })?,
            message_group_id: delivery.message.organization_id.to_string(),
        };
        // To send one twice is harmless: a receipt only raises.
        self.calls.call("AmazonSQS.SendMessage", serde_json::to_vec(&request)?).await
    }
}
