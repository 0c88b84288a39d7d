//! Events of AWS End User Messaging: message statuses and inbound texts.
//!
//! They arrive from an SNS topic, raw or wrapped in a notification, or from EventBridge. Source:
//! "Example event data", "Event types for SMS, MMS, and voice" and "Two-way SMS messaging example
//! payload" of the service's user guide.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Kind;
use shared::phone::Phone;
use shared::receipt::{Delivery, MessageRef, Receipt};
use shared::time::Timestamp;
use shared::trace::TraceId;

use super::labels::{event_label, state};
use crate::gateway::event::{addresses, phone_of};
use crate::gateway::{Inbound, Label, ProviderEvent, Queued};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageEvent {
    event_type: String,
    event_timestamp: Option<i64>,
    is_final: Option<bool>,
    destination_phone_number: Option<String>,
    message_id: Option<String>,
    context: Option<HashMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InboundEvent {
    origination_number: String,
    /// Optional, because an opt-out must be kept for a person even if it names no destination.
    destination_number: Option<String>,
    inbound_message_id: Option<String>,
    message_body: Option<String>,
    /// The number's keyword that the message starts with, if any.
    message_keyword: Option<String>,
}

/// The context of a call, which its events repeat to identify their message and its trace. It has at
/// most five entries.
pub(super) fn context(message: &MessageRef, trace: Option<TraceId>) -> HashMap<String, String> {
    let MessageRef { organization_id, campaign_id, message_id, kind } = message;
    let entries = [
        ("organization", organization_id.to_string()),
        ("campaign", campaign_id.to_string()),
        ("message", message_id.to_string()),
        ("kind", kind.as_str().to_owned()),
    ];
    let trace = trace.map(|trace| ("trace", trace.to_string()));
    entries.into_iter().chain(trace).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn message(context: &HashMap<String, Value>) -> Option<MessageRef> {
    let get = |name| context.get(name)?.as_str();
    Some(MessageRef {
        organization_id: get("organization")?.parse::<OrganizationId>().ok()?,
        campaign_id: get("campaign")?.parse::<CampaignId>().ok()?,
        message_id: get("message")?.parse::<MessageId>().ok()?,
        kind: match get("kind")? {
            "campaign" => Kind::Campaign,
            "test" => Kind::Test,
            "reply" => Kind::Reply,
            _ => return None,
        },
    })
}

/// Reads an event from a queue. Returns `None` if it is not one of this service's.
#[must_use]
pub(super) fn read(body: &Value, now: Timestamp) -> Option<Queued> {
    // A notification contains the event as a string, EventBridge contains it as its detail.
    if let Some(text) = body.get("Message").and_then(Value::as_str) {
        let inner: Value = serde_json::from_str(text).ok()?;
        return read(&inner, now);
    }
    if body.get("source").and_then(Value::as_str) == Some("aws.sms-voice") {
        return read(body.get("detail")?, now);
    }
    if body.get("eventType").is_some() {
        let event = MessageEvent::deserialize(body).ok()?;
        let trace = event.trace();
        let event = event.receipt(now).map_or(ProviderEvent::Ignored, ProviderEvent::Receipt);
        return Some(Queued { event, trace });
    }
    let event = InboundEvent::deserialize(body).ok()?.event();
    Some(Queued { event, trace: None })
}

impl InboundEvent {
    fn event(self) -> ProviderEvent {
        match Phone::from_e164(self.origination_number.trim()) {
            Ok(from) => ProviderEvent::Inbound(Inbound {
                provider_id: self.inbound_message_id,
                from,
                to: addresses(self.destination_number.as_deref()),
                body: self.message_body.unwrap_or_default(),
                keyword: self.message_keyword,
            }),
            Err(_) => ProviderEvent::Ignored,
        }
    }
}

impl MessageEvent {
    fn trace(&self) -> Option<TraceId> {
        self.context.as_ref()?.get("trace")?.as_str()?.parse().ok()
    }

    fn receipt(self, now: Timestamp) -> Option<Delivery> {
        let (status, reason) = match event_label(
            &self.event_type,
            self.is_final.unwrap_or_default(),
        ) {
            Label::Means(fate) => fate,
            Label::Ignored => return None,
            Label::Unheard => {
                tracing::warn!(event = %self.event_type, "ignored an event of a type that is new");
                return None;
            }
        };
        let receipt = Receipt {
            provider_id: self.message_id?,
            status,
            reason,
            code: reason.map(|_| state(&self.event_type).to_owned()),
            at: self.event_timestamp.and_then(Timestamp::from_millis).map_or(now, |at| at.min(now)),
        };
        let to = self.destination_phone_number.as_deref().and_then(phone_of);
        Some(Delivery { message: message(&self.context?)?, to, receipt })
    }
}

#[cfg(test)]
mod tests;
