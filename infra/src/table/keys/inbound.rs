//! The keys of what people write, and of the replies to it.

use chrono::NaiveDate;
use shared::ids::{CampaignId, InboundId, MessageId, OrganizationId};
use shared::inbound::InboundMessage;
use shared::message::Kind;
use shared::phone::Line;
use shared::receipt::MessageRef;
use uuid::Uuid;

use super::super::dynamo::Key;
use super::{MESSAGE, campaign_partition, test_message};

pub(crate) const TEXT: &str = "TEXT#";
pub(crate) const OPEN: &str = "OPEN#";
/// The open flags of all organizations.
pub(crate) const FLAGGED: &str = "FLAGGED";

/// An organization's texts of a month. A partition accepts 1,000 writes per second, far more than
/// people answer even a campaign of millions, and it is read from its end. Months keep a partition
/// small, and bound how far a list reads into time.
pub(crate) fn inbound_of_month(organization: OrganizationId, month: NaiveDate) -> String {
    format!("INBOUND#{organization}#{}", month.format("%Y-%m"))
}

pub(crate) fn inbound_sort_key(id: InboundId) -> String {
    format!("{TEXT}{id}")
}

pub(crate) fn inbound_by_id(organization: OrganizationId, id: InboundId) -> Key {
    let day = id.received_at().datetime().date_naive();
    Key::new(inbound_of_month(organization, day), inbound_sort_key(id))
}

pub(crate) fn inbound(message: &InboundMessage) -> Key {
    inbound_by_id(message.organization_id, message.id)
}

/// The name in the sort key of a text or of its entry.
pub(crate) fn read_text(sk: &str) -> Option<Uuid> {
    sk.strip_prefix(TEXT)?.parse().ok()
}

pub(crate) fn read_inbound(sk: &str) -> Option<InboundId> {
    read_text(sk).map(InboundId)
}

/// The entries of all texts from one line.
pub(crate) fn inbound_from(organization: OrganizationId, line: &Line) -> String {
    format!("INBOUND#{organization}#{}", line.as_phone())
}

pub(crate) fn inbound_entry(organization: OrganizationId, line: &Line, name: Uuid) -> Key {
    Key::new(inbound_from(organization, line), format!("{TEXT}{name}"))
}

pub(crate) fn flags_of(organization: OrganizationId) -> String {
    format!("{FLAGGED}#{organization}")
}

/// The entries of a flagged text. There are none if it is not flagged.
pub(crate) fn flags(message: &InboundMessage) -> Vec<Key> {
    let InboundMessage { id, organization_id, due_on, .. } = message;
    let Some(day) = due_on else {
        return Vec::new();
    };
    vec![
        Key::new(flags_of(*organization_id), format!("{OPEN}{day}#{id}")),
        Key::new(FLAGGED.to_owned(), format!("{OPEN}{day}#{organization_id}#{id}")),
    ]
}

/// The id in the sort key of an entry of a flagged text.
pub(crate) fn read_flag(sk: &str) -> Option<InboundId> {
    sk.rsplit_once('#')?.1.parse().ok()
}

/// A sort key after all entries that are due on `day`: `$` follows `#`.
pub(crate) fn last_flag_due(day: NaiveDate) -> String {
    format!("{OPEN}{day}$")
}

/// The replies to an inbound message.
pub(crate) fn replies(inbound: InboundId) -> String {
    format!("REPLIES#{inbound}")
}

pub(crate) fn reply(inbound: InboundId, id: MessageId) -> Key {
    Key::new(replies(inbound), format!("{MESSAGE}{id}"))
}

/// A test or a reply; `None` for a message of a campaign.
pub(crate) fn single_message(message: &MessageRef) -> Option<Key> {
    match message.kind {
        Kind::Campaign => None,
        Kind::Test => Some(test_message(message.campaign_id, message.message_id)),
        Kind::Reply => message.inbound().map(|inbound| reply(inbound, message.message_id)),
    }
}

pub(crate) const REPLIED: &str = "REPLY#";

/// A person who replied to a campaign with anything but an opt-out, named like an opt-out.
pub(crate) fn replied(campaign: CampaignId, id: MessageId) -> Key {
    Key::new(campaign_partition(campaign), format!("{REPLIED}{id}"))
}

#[cfg(test)]
mod tests {
    use shared::phone::Phone;
    use shared::time::Timestamp;

    use super::*;

    fn message() -> InboundMessage {
        let received_at = Timestamp::from_millis(1_796_000_000_123).expect("a time");
        InboundMessage {
            id: InboundId::of(received_at, Uuid::max()),
            organization_id: OrganizationId(Uuid::nil()),
            from: Phone::from_e164("+14155550123").expect("valid"),
            to: Vec::new(),
            text: String::new(),
            received_at,
            campaign_id: None,
            keyword: None,
            due_on: "2026-12-14".parse().ok(),
            decision: None,
        }
    }

    #[test]
    fn a_text_is_found_by_its_id() {
        let message = message();
        let key = inbound(&message);
        assert_eq!(key.pk, format!("INBOUND#{}#2026-11", Uuid::nil()));
        assert_eq!(read_inbound(&key.sk), Some(message.id));
        assert_eq!(inbound_by_id(message.organization_id, message.id).pk, key.pk);
    }

    #[test]
    fn flags_sort_by_the_day_that_they_are_due() {
        let message = message();
        let [of_organization, of_all] = &*flags(&message) else { panic!("two entries") };
        for key in [of_organization, of_all] {
            assert_eq!(read_flag(&key.sk), Some(message.id));
        }
        let last = |day: &str| last_flag_due(day.parse().expect("a date"));
        assert!(of_all.sk > last("2026-12-13"));
        assert!(of_all.sk < last("2026-12-14"));
        assert!(flags(&InboundMessage { due_on: None, ..message.clone() }).is_empty());
    }
}
