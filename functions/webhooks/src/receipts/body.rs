//! What a message of the queues says.

use infra::clock;
use infra::gateway::{Inbound, ProviderEvent, read_queued};
use infra::trace::Scope;
use serde::Deserialize;
use serde_json::Value;
use shared::receipt::Delivery;
use shared::time::Timestamp;
use shared::trace::TraceId;

use crate::http::Request;

/// A message of a queue, and the trace that it belongs to.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Body {
    pub(super) content: Content,
    trace: Option<TraceId>,
}

/// Callbacks that were taken, webhooks that could not be handled when they came, and events that
/// a provider published.
pub(super) enum Content {
    Receipt(Delivery),
    Webhook(Box<Webhook>),
    Inbound(Inbound),
    Ignored,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook {
    pub(super) request: Request,
    pub(super) received_at: Timestamp,
}

impl TryFrom<Value> for Body {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if value.get("v").is_some() {
            let trace = value.get("trace").and_then(|trace| trace.as_str()?.parse().ok());
            if let Some(delivery) = value.get("delivery") {
                let delivery =
                    Delivery::deserialize(delivery).map_err(|error| error.to_string())?;
                return Ok(Self { content: Content::Receipt(delivery), trace });
            }
            if let Some(webhook) = value.get("webhook") {
                let webhook = Webhook::deserialize(webhook).map_err(|error| error.to_string())?;
                return Ok(Self { content: Content::Webhook(Box::new(webhook)), trace });
            }
        }
        let queued = read_queued(&value, clock::now()).ok_or("neither a receipt nor an event")?;
        let content = match queued.event {
            ProviderEvent::Receipt(delivery) => Content::Receipt(delivery),
            ProviderEvent::Inbound(inbound) => Content::Inbound(inbound),
            ProviderEvent::Ignored => Content::Ignored,
        };
        Ok(Self { content, trace: queued.trace })
    }
}

impl Body {
    /// What the message is about, for the log.
    pub(super) fn scope<'a>(&self, request_id: &'a str) -> Scope<'a> {
        let scope = |job| Scope::new(request_id, job, self.trace);
        match &self.content {
            Content::Receipt(delivery) => scope("receipt").about(&delivery.message),
            Content::Webhook(_) => scope("webhook"),
            Content::Inbound(_) => scope("inbound"),
            Content::Ignored => scope("ignored"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::job::VERSION;

    use super::*;

    /// Receipts are on their queue while a new version is deployed, so their written form is a
    /// contract.
    #[test]
    fn what_every_version_wrote_is_understood() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        // The second version had no traces at first.
        for (version, written_trace) in [(1, None), (2, None), (VERSION, Some(trace))] {
            let written = json!({
                "v": version,
                "trace": written_trace,
                "delivery": {
                    "message": {
                        "organization_id": "00000000-0000-0000-0000-000000000001",
                        "campaign_id": "00000000-0000-0000-0000-000000000002",
                        "message_id": "00000000-0000-0000-0000-000000000003",
                        "kind": "campaign",
                    },
                    "to": "+14155550123",
                    "receipt": {
                        "provider_id": "SM1",
                        "status": "failed",
                        "reason": "filtered",
                        "code": "30007",
                        "at": "2026-11-23T09:00:00.000Z",
                    },
                },
            });
            let body = Body::try_from(written.clone()).expect("understood");
            let Content::Receipt(delivery) = &body.content else {
                panic!("version {version} is no receipt");
            };
            assert_eq!(json!(delivery), written["delivery"]);
            assert_eq!(body.trace.map(|trace| trace.to_string()).as_deref(), written_trace);
        }
    }
}
