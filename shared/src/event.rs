//! Events: what an organization's other systems learn of its campaigns and its register.
//!
//! A transition and the time are enough to decide its events, so they are written in the
//! transaction of what they are about. Receivers order events by the time at which they occurred,
//! because they may arrive in any order and more than once.

pub mod bus;
mod campaign;
mod contact;
mod inbound;
mod message;
mod work;

pub use campaign::{CampaignChange, campaign_events};
pub use contact::{ContactChange, preference_event};
pub use inbound::{InboundText, inbound_events};
pub use message::{MAX_CHANGES, MessageChange, MessageChanges, message_events};
pub use work::{ExportEnd, ImportEnd, export_event, import_event};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::ids::{EventId, OrganizationId};
use crate::job::{Due, NotifyJob};
use crate::time::Timestamp;

/// How long after it occurred an event must have been sent. Then the sweep queues it again.
const SENT_WITHIN_SECONDS: i64 = 60;

/// What an event is about. Variants are in the order of a campaign's life: of events at the same
/// time, the later variant is the newer one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, VariantArray,
)]
pub enum EventType {
    #[serde(rename = "campaign.scheduled")]
    CampaignScheduled,
    #[serde(rename = "campaign.cancelled")]
    CampaignCancelled,
    #[serde(rename = "campaign.sent")]
    CampaignSent,
    #[serde(rename = "campaign.paused")]
    CampaignPaused,
    #[serde(rename = "campaign.resumed")]
    CampaignResumed,
    #[serde(rename = "campaign.stopped")]
    CampaignStopped,
    #[serde(rename = "campaign.finished")]
    CampaignFinished,
    #[serde(rename = "campaign.failed")]
    CampaignFailed,
    #[serde(rename = "messages.updated")]
    MessagesUpdated,
    #[serde(rename = "contact.unsubscribed")]
    ContactUnsubscribed,
    #[serde(rename = "contact.resubscribed")]
    ContactResubscribed,
    #[serde(rename = "inbound.received")]
    InboundReceived,
    #[serde(rename = "inbound.flagged")]
    InboundFlagged,
    #[serde(rename = "import.finished")]
    ImportFinished,
    #[serde(rename = "export.finished")]
    ExportFinished,
}

impl EventType {
    /// The version of payloads that introduced it, as of jobs.
    #[must_use]
    pub fn since(self) -> u32 {
        match self {
            Self::CampaignScheduled
            | Self::CampaignCancelled
            | Self::CampaignSent
            | Self::CampaignPaused
            | Self::CampaignResumed
            | Self::CampaignStopped
            | Self::CampaignFinished
            | Self::CampaignFailed
            | Self::ContactUnsubscribed
            | Self::ContactResubscribed
            | Self::ImportFinished
            | Self::ExportFinished => 3,
            Self::MessagesUpdated | Self::InboundReceived | Self::InboundFlagged => 4,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CampaignScheduled => "campaign.scheduled",
            Self::CampaignCancelled => "campaign.cancelled",
            Self::CampaignSent => "campaign.sent",
            Self::CampaignPaused => "campaign.paused",
            Self::CampaignResumed => "campaign.resumed",
            Self::CampaignStopped => "campaign.stopped",
            Self::CampaignFinished => "campaign.finished",
            Self::CampaignFailed => "campaign.failed",
            Self::MessagesUpdated => "messages.updated",
            Self::ContactUnsubscribed => "contact.unsubscribed",
            Self::ContactResubscribed => "contact.resubscribed",
            Self::InboundReceived => "inbound.received",
            Self::InboundFlagged => "inbound.flagged",
            Self::ImportFinished => "import.finished",
            Self::ExportFinished => "export.finished",
        }
    }
}

/// An event in the form in which receivers get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: EventId,
    #[serde(rename = "type")]
    pub kind: EventType,
    pub occurred_at: Timestamp,
    pub organization_id: OrganizationId,
    pub data: Data,
}

/// The details, which differ by the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    Campaign(CampaignChange),
    Contact(ContactChange),
    Messages(MessageChanges),
    Inbound(InboundText),
    Import(ImportEnd),
    Export(ExportEnd),
}

impl Event {
    /// The due item that keeps the event until it was sent.
    #[must_use]
    pub fn due(&self) -> Due {
        let job = NotifyJob::Event {
            organization_id: self.organization_id,
            event: Box::new(self.clone()),
        };
        Due { at: self.occurred_at.plus_seconds(SENT_WITHIN_SECONDS), job: job.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::job::{Envelope, Job};

    #[test]
    fn types_are_written_as_they_are_named() {
        for kind in EventType::VARIANTS {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.as_str());
        }
    }

    /// The page has a row for each type, in the order of the variants.
    #[test]
    fn the_page_of_events_has_every_type() {
        let page = include_str!("../../docs/events.md");
        let row = |kind: &EventType| page.find(&format!("\n| `{}` |", kind.as_str()));
        let places: Vec<usize> =
            EventType::VARIANTS.iter().map(|kind| row(kind).expect("a row")).collect();
        assert!(places.is_sorted(), "events at the same time are ordered by it");
    }

    /// The page's schema has exactly the fields that are written.
    #[test]
    fn the_schema_has_every_field() {
        let page = include_str!("../../docs/events.md");
        let schema = page.split("```json").find(|part| part.contains("volley-event"));
        let schema = schema.and_then(|part| part.split("```").next()).expect("a schema");
        let schema: Value = serde_json::from_str(schema).expect("JSON");
        let written = [include_str!("job/v3.jsonl"), include_str!("job/v4.jsonl")];
        let examples = written.into_iter().flat_map(str::lines).filter_map(|line| {
            let Envelope { job, .. }: Envelope = serde_json::from_str(line).expect("a job");
            match job {
                Job::Notify(NotifyJob::Event { event, .. }) => Some(*event),
                _ => None,
            }
        });
        let mut described = BTreeSet::new();
        for event in examples {
            let written = serde_json::to_value(&event).expect("JSON");
            assert_fields(&schema, &written);
            let name = match &event.data {
                Data::Campaign(_) => "campaign",
                Data::Contact(_) => "contact",
                Data::Messages(_) => "messages",
                Data::Inbound(_) => "inbound",
                Data::Import(_) => "import",
                Data::Export(_) => "export",
            };
            assert_fields(&schema["$defs"][name], &written["data"]);
            described.insert(name);
        }
        let all: BTreeSet<&str> =
            schema["$defs"].as_object().expect("definitions").keys().map(String::as_str).collect();
        assert_eq!(described, all);
    }

    /// An object's fields are those that its schema requires and describes.
    fn assert_fields(schema: &Value, written: &Value) {
        let keys = |value: &Value| -> BTreeSet<String> {
            value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
        };
        let required = schema["required"].as_array().expect("required fields");
        let required: BTreeSet<String> =
            required.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
        assert_eq!(keys(written), required, "{schema}");
        assert_eq!(keys(&schema["properties"]), required, "{schema}");
    }
}
