//! The events of the register of unsubscribes.

use serde::{Deserialize, Serialize};

use super::{Data, Event, EventType};
use crate::ids::{CampaignId, EventId};
use crate::phone::Phone;
use crate::unsubscribe::{Preference, Source};

/// What an event says of a phone's preference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactChange {
    pub phone: Phone,
    pub source: Source,
    /// The campaign that the person replied to, if it was known when they were unsubscribed.
    pub campaign_id: Option<CampaignId>,
}

/// The event of a preference that the register has accepted as new. The opt-outs of a file have none,
/// because a file may have millions: the end of its import is an event.
#[must_use]
pub fn preference_event(preference: &Preference, id: EventId) -> Option<Event> {
    let Preference { organization_id, phone, subscribed, changed_at, source, campaign_id, .. } =
        preference;
    if *source == Source::Import {
        return None;
    }
    Some(Event {
        id,
        kind: match subscribed {
            true => EventType::ContactResubscribed,
            false => EventType::ContactUnsubscribed,
        },
        occurred_at: *changed_at,
        organization_id: *organization_id,
        data: Data::Contact(ContactChange {
            phone: phone.clone(),
            source: *source,
            campaign_id: *campaign_id,
        }),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::OrganizationId;
    use crate::time::Timestamp;

    #[test]
    fn a_persons_preference_is_an_event_and_a_files_is_not() {
        let preference = |source, subscribed| Preference {
            organization_id: OrganizationId(Uuid::nil()),
            phone: Phone::from_e164("+14155550123").expect("valid"),
            subscribed,
            changed_at: Timestamp::EPOCH,
            source,
            campaign_id: None,
            evidence: Some("STOP please".to_owned()),
            changed_by: None,
        };
        let event = |source, subscribed| {
            preference_event(&preference(source, subscribed), EventId(Uuid::nil()))
        };
        let kind = |source, subscribed| event(source, subscribed).map(|event| event.kind);
        assert_eq!(kind(Source::Keyword, false), Some(EventType::ContactUnsubscribed));
        assert_eq!(kind(Source::Api, true), Some(EventType::ContactResubscribed));
        assert_eq!(kind(Source::Import, false), None);
        let json = serde_json::to_string(&event(Source::Keyword, false)).expect("JSON");
        assert!(!json.contains("please"), "no text of the person: {json}");
    }
}
