//! The events of a campaign's transitions.

use serde::{Deserialize, Serialize};

use super::{Data, Event, EventType};
use crate::campaign::{Campaign, Dispatch, Reason, Status};
use crate::ids::{CampaignId, EventId};
use crate::message::Counts;
use crate::time::Timestamp;

/// What an event says of a campaign. It has no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CampaignChange {
    pub campaign_id: CampaignId,
    pub name: String,
    pub status: Status,
    /// Why Volley made the change, if it did.
    pub reason: Option<Reason>,
    pub scheduled_at: Option<Timestamp>,
    /// The messages as the last poll counted them.
    pub counts: Option<Counts>,
}

/// The events of a write, in their order. `id` returns a new ID for each.
pub fn campaign_events(
    before: Option<&Campaign>,
    after: &Campaign,
    mut id: impl FnMut() -> EventId,
) -> Vec<Event> {
    let kinds = [state_event(before, after), dispatch_event(before, after), failure(before, after)];
    let event = |kind| Event {
        id: id(),
        kind,
        occurred_at: after.updated_at,
        organization_id: after.organization_id,
        data: Data::Campaign(CampaignChange {
            campaign_id: after.id,
            name: after.name.clone(),
            status: after.status(),
            reason: after.reason(),
            scheduled_at: after.scheduled_at(),
            counts: after.broadcast().and_then(|it| it.counted).map(|counted| counted.counts),
        }),
    };
    kinds.into_iter().flatten().map(event).collect()
}

fn state_event(before: Option<&Campaign>, after: &Campaign) -> Option<EventType> {
    let was = before.map(Campaign::status);
    if was == Some(after.status()) {
        return None;
    }
    match after.status() {
        Status::Scheduled => Some(EventType::CampaignScheduled),
        Status::Cancelled => Some(EventType::CampaignCancelled),
        Status::Sent => Some(EventType::CampaignSent),
        Status::Draft | Status::Failed => None,
    }
}

/// Pauses and ends of the dispatch, and what a campaign does after a pause.
fn dispatch_event(before: Option<&Campaign>, after: &Campaign) -> Option<EventType> {
    let dispatch = |campaign: &Campaign| campaign.broadcast().map(|broadcast| broadcast.dispatch);
    let was = before.and_then(dispatch);
    let is = dispatch(after).filter(|is| was != Some(*is))?;
    match is {
        Dispatch::Paused => Some(EventType::CampaignPaused),
        Dispatch::Running if was == Some(Dispatch::Paused) => Some(EventType::CampaignResumed),
        Dispatch::Held | Dispatch::Running => None,
        Dispatch::Stopped => Some(EventType::CampaignStopped),
        Dispatch::Done => Some(EventType::CampaignFinished),
    }
}

fn failure(before: Option<&Campaign>, after: &Campaign) -> Option<EventType> {
    let failed = |campaign: &Campaign| campaign.status() == Status::Failed;
    (failed(after) && !before.is_some_and(failed)).then_some(EventType::CampaignFailed)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::body::Body;
    use crate::grace::Grace;
    use crate::ids::OrganizationId;

    fn kinds(before: Option<&Campaign>, after: &Campaign) -> Vec<EventType> {
        let events = campaign_events(before, after, || EventId(Uuid::nil()));
        assert!(events.iter().all(|event| event.occurred_at == after.updated_at));
        events.into_iter().map(|event| event.kind).collect()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn draft() -> Campaign {
        let ids = (CampaignId(Uuid::nil()), OrganizationId(Uuid::nil()));
        Campaign::create(ids.0, ids.1, "May".into(), Some(Body::from("Hi".to_owned())), at(0))
    }

    #[test]
    fn a_draft_is_no_event_and_its_schedule_is_one() {
        let draft = draft();
        assert_eq!(kinds(None, &draft), []);
        let scheduled = draft.clone().schedule(Some(at(900)), at(1), Grace::default());
        let scheduled = scheduled.expect("scheduled");
        assert_eq!(kinds(Some(&draft), &scheduled), [EventType::CampaignScheduled]);
        assert_eq!(kinds(Some(&scheduled), &scheduled), []);
        let cancelled = scheduled.clone().cancel(at(2), None).expect("cancelled");
        assert_eq!(kinds(Some(&scheduled), &cancelled), [EventType::CampaignCancelled]);
    }
}
