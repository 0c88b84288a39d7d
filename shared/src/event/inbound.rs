//! The events of texts from people.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Data, Event, EventType};
use crate::ids::{CampaignId, EventId, InboundId};
use crate::inbound::InboundMessage;
use crate::keyword::Keyword;
use crate::phone::Phone;

/// What an event says of a text from a person. The text is left out: copies of it could not be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundText {
    pub inbound_id: InboundId,
    pub from: Phone,
    /// The phone, short code or sender ID that the person wrote to, if the provider named one.
    pub to: Option<String>,
    pub campaign_id: Option<CampaignId>,
    pub keyword: Option<Keyword>,
    /// The last day on which a flagged text must be dealt with.
    pub due_on: Option<NaiveDate>,
}

/// The events of a text that is kept for the first time. A flagged one has two, so that a receiver can
/// ask for flags alone.
pub fn inbound_events(message: &InboundMessage, mut id: impl FnMut() -> EventId) -> Vec<Event> {
    let flagged = message.is_open().then_some(EventType::InboundFlagged);
    let event = |kind| Event {
        id: id(),
        kind,
        occurred_at: message.received_at,
        organization_id: message.organization_id,
        data: Data::Inbound(InboundText {
            inbound_id: message.id,
            from: message.from.clone(),
            to: message.to.first().cloned(),
            campaign_id: message.campaign_id,
            keyword: message.keyword,
            due_on: message.due_on,
        }),
    };
    [Some(EventType::InboundReceived), flagged].into_iter().flatten().map(event).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::OrganizationId;
    use crate::time::Timestamp;

    fn events(due_on: Option<NaiveDate>) -> Vec<Event> {
        let message = InboundMessage {
            id: InboundId(Uuid::from_u128(2)),
            organization_id: OrganizationId(Uuid::from_u128(1)),
            from: Phone::from_e164("+14155550123").expect("valid"),
            to: vec!["+14155550100".to_owned(), "MG1".to_owned()],
            text: "wrong number".to_owned(),
            received_at: Timestamp::EPOCH,
            campaign_id: None,
            keyword: None,
            due_on,
            decision: None,
        };
        inbound_events(&message, || EventId(Uuid::nil()))
    }

    #[test]
    fn a_flagged_text_has_two_events() {
        let kinds = |due_on| events(due_on).into_iter().map(|event| event.kind).collect::<Vec<_>>();
        assert_eq!(kinds(None), [EventType::InboundReceived]);
        let flagged = kinds(Some(NaiveDate::default()));
        assert_eq!(flagged, [EventType::InboundReceived, EventType::InboundFlagged]);
    }

    /// Details are read without a tag, so no other kind of them may fit.
    #[test]
    fn an_event_is_read_as_it_was_written_and_has_no_text() {
        for event in events(Some(NaiveDate::default())) {
            let json = serde_json::to_string(&event).expect("JSON");
            assert!(!json.contains("wrong number"), "{json}");
            assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), event);
        }
    }
}
