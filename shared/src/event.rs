//! Events: what an organization's other systems learn of its campaigns and its register.
//!
//! A transition and the time are enough to decide its events, so they are written in the
//! transaction of what they are about. Receivers order events by the time at which they occurred,
//! because they may arrive in any order and more than once.

mod campaign;
mod contact;
mod message;
mod work;

pub use campaign::{CampaignChange, campaign_events};
pub use contact::{ContactChange, preference_event};
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
    #[serde(rename = "import.finished")]
    ImportFinished,
    #[serde(rename = "export.finished")]
    ExportFinished,
}

impl EventType {
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
    use super::*;

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
}
