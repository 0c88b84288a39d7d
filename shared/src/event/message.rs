//! What changes about messages. Each change has an ID that a repeat has, too: a batch of them may be
//! grouped differently when it is sent again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Data, Event, EventType};
use crate::ids::{CampaignId, EventId, MessageId, OrganizationId};
use crate::message::{FailureReason, Kind, Message, Outcome, Status};
use crate::receipt::{Delivery, MessageRef};
use crate::time::Timestamp;

/// The maximum number of changes in an event.
pub const MAX_CHANGES: usize = 100;
/// The maximum size of an event's changes in JSON, in bytes.
const MAX_BYTES: usize = 200_000;

/// A message got a status. It has neither the text nor the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageChange {
    pub id: Uuid,
    pub message_id: MessageId,
    pub campaign_id: CampaignId,
    pub kind: Kind,
    pub status: Status,
    pub error_reason: Option<FailureReason>,
    pub error_code: Option<String>,
    pub occurred_at: Timestamp,
}

/// The changes of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageChanges {
    pub messages: Vec<MessageChange>,
}

impl MessageChange {
    fn new(
        message: &MessageRef,
        writer: &str,
        status: Status,
        failure: Option<(FailureReason, Option<String>)>,
        occurred_at: Timestamp,
    ) -> Self {
        let name = format!("{writer}#{}#{occurred_at}", status.rank());
        let (error_reason, error_code) =
            failure.map_or((None, None), |(reason, code)| (Some(reason), code));
        Self {
            id: Uuid::new_v5(&message.message_id.0, name.as_bytes()),
            message_id: message.message_id,
            campaign_id: message.campaign_id,
            kind: message.kind,
            status,
            error_reason,
            error_code,
            occurred_at,
        }
    }

    /// The worker that sent the message has recorded its outcome.
    #[must_use]
    pub fn of_outcome(message: &MessageRef, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted { at, .. } => Self::new(message, "outcome", Status::Sent, None, *at),
            Outcome::Failed { reason, code, at } => {
                let failure = Some((*reason, code.clone()));
                Self::new(message, "outcome", Status::Failed, failure, *at)
            }
        }
    }

    #[must_use]
    pub fn of_unknown(message: &MessageRef, at: Timestamp) -> Self {
        Self::new(message, "unknown", Status::Unknown, None, at)
    }

    /// The provider has reported about the message.
    #[must_use]
    pub fn of_receipt(Delivery { message, receipt, .. }: &Delivery) -> Self {
        let failure = (receipt.status == Status::Failed)
            .then(|| (receipt.reason.unwrap_or(FailureReason::Other), receipt.code.clone()));
        Self::new(message, "receipt", receipt.status, failure, receipt.at)
    }

    /// What a worker and a repair have recorded about a message before.
    pub fn of_found(message: &Message) -> impl Iterator<Item = Self> + use<> {
        let reference = message.reference();
        let outcome = message.outcome.as_ref().map(|it| Self::of_outcome(&reference, it));
        let unknown = message.unknown_at.map(|at| Self::of_unknown(&reference, at));
        [outcome, unknown].into_iter().flatten()
    }
}

/// Cuts an organization's changes into as few as possible events, without repeats.
pub fn message_events(
    organization_id: OrganizationId,
    mut changes: Vec<MessageChange>,
    now: Timestamp,
    mut id: impl FnMut() -> EventId,
) -> Vec<Event> {
    changes.sort_by_key(|change| (change.id, change.occurred_at));
    changes.dedup_by_key(|change| change.id);
    changes.sort_by_key(|change| (change.occurred_at, change.status.rank()));
    let mut events: Vec<Event> = Vec::new();
    let (mut messages, mut bytes) = (Vec::new(), 0);
    let mut event = |messages: Vec<MessageChange>| Event {
        id: id(),
        kind: EventType::MessagesUpdated,
        occurred_at: now,
        organization_id,
        data: Data::Messages(MessageChanges { messages }),
    };
    for change in changes {
        let size = serde_json::to_string(&change).map_or(0, |json| json.len() + 1);
        if messages.len() == MAX_CHANGES || (bytes + size > MAX_BYTES && !messages.is_empty()) {
            events.push(event(std::mem::take(&mut messages)));
            bytes = 0;
        }
        messages.push(change);
        bytes += size;
    }
    if !messages.is_empty() {
        events.push(event(messages));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn accepted(number: u128, seconds: i64) -> MessageChange {
        let message = MessageRef {
            organization_id: OrganizationId(Uuid::nil()),
            campaign_id: CampaignId(Uuid::nil()),
            message_id: MessageId(Uuid::from_u128(number)),
            kind: Kind::Campaign,
        };
        let outcome = Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(seconds) };
        MessageChange::of_outcome(&message, &outcome)
    }

    fn events(changes: Vec<MessageChange>) -> Vec<Vec<MessageChange>> {
        let id = || EventId(Uuid::nil());
        let events = message_events(OrganizationId(Uuid::nil()), changes, at(9), id);
        let changes = events.into_iter().map(|event| match event.data {
            Data::Messages(MessageChanges { messages }) => messages,
            Data::Campaign(_)
            | Data::Contact(_)
            | Data::Inbound(_)
            | Data::Import(_)
            | Data::Export(_) => Vec::new(),
        });
        changes.collect()
    }

    #[test]
    fn a_repeat_is_the_same_change_and_another_report_is_another() {
        assert_eq!(accepted(1, 5).id, accepted(1, 5).id);
        for other in [accepted(2, 5), accepted(1, 6)] {
            assert_ne!(other.id, accepted(1, 5).id);
        }
        assert_eq!(
            events(vec![accepted(1, 5), accepted(2, 4), accepted(1, 5)]),
            [[accepted(2, 4), accepted(1, 5)]]
        );
    }

    #[test]
    fn an_event_has_a_hundred_changes_at_most() {
        let sizes = |count: u128| {
            events((0..count).map(|number| accepted(number, 1)).collect())
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(0), [0_usize; 0]);
        assert_eq!(sizes(100), [100]);
        assert_eq!(sizes(205), [100, 100, 5]);
    }
}
