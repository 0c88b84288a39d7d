//! A campaign in its stored form.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::audience::Totals;
use shared::body::{Body, Format};
use shared::campaign::{
    Audience, Broadcast, Campaign, Counted, Dispatch, Limits, Reason, State, Status,
};
use shared::ids::{CampaignId, OrganizationId, SegmentId};
use shared::job::Due;
use shared::library::TemplateVersion;
use shared::message::Counts;
use shared::sender::Sender;
use shared::target::Target;
use shared::template::MergeField;
use shared::time::Timestamp;

use super::super::dynamo::{Item, parse};
use super::super::{Result, TableError, keys};
use super::KIND;

/// The newest format of campaigns that this code knows. Drafts with a plain body and without a
/// target need none, and neither does a plain campaign once its audience has been cut.
const FORMAT: u32 = WITH_TEMPLATE;
/// Older code would text inactive contacts if it cut the audience, and drops tags.
const WITH_STATUSES: u32 = 2;
const WITH_TARGET: u32 = 3;
const WITH_TEMPLATE: u32 = 4;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    gsi1pk: String,
    gsi1sk: String,
    /// The format that code must know to handle this campaign; see [`FORMAT`].
    #[serde(default)]
    needs: Option<u32>,
    id: CampaignId,
    organization_id: OrganizationId,
    /// Named `title` instead if the campaign needs newer code. Code that is too old to check `needs`
    /// requires a `name`, so it cannot read such a campaign and write it without its target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    body: Option<String>,
    /// Bodies that were saved before there were formats are plain.
    #[serde(default)]
    body_format: Format,
    /// Not called `status`, which is a reserved word of expressions.
    campaign_status: Status,
    reason: Option<Reason>,
    scheduled_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    limits: Limits,
    #[serde(default)]
    target: Option<Target>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    uses: BTreeSet<SegmentId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    body_defaults: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tags: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<TemplateVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    archived_at: Option<Timestamp>,
    broadcast: Option<BroadcastRow>,
    step: Option<Due>,
    drain: Option<Due>,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BroadcastRow {
    /// Absent in rows of the first format.
    #[serde(default = "first_format")]
    format: u32,
    sent_at: Timestamp,
    sender: Sender,
    shards: u16,
    epoch: u32,
    running_since: Timestamp,
    dispatch: Dispatch,
    dispatch_ended_at: Option<Timestamp>,
    estimated_finish_at: Option<Timestamp>,
    /// This field, the next one and `abandoned_at` were added later. Rows without them can still be
    /// read.
    #[serde(default)]
    trial: Option<u32>,
    #[serde(default)]
    unreachable_since: Option<Timestamp>,
    totals: Totals,
    completed_at: Option<Timestamp>,
    #[serde(default)]
    abandoned_at: Option<Timestamp>,
    counts: Option<Counts>,
    counted_at: Option<Timestamp>,
}

impl Row {
    pub(super) fn of(campaign: &Campaign, version: u64) -> Self {
        let (cancelled_at, failed_at) = campaign.ended_at();
        let status = campaign.status();
        let needs = needs(campaign);
        let name = |is_here: bool| is_here.then(|| campaign.name.clone());
        Self {
            gsi1pk: keys::campaigns_of_status(campaign.organization_id, status.as_str()),
            gsi1sk: keys::campaign(campaign.organization_id, campaign.id).sk,
            needs,
            id: campaign.id,
            organization_id: campaign.organization_id,
            name: name(needs.is_none()),
            title: name(needs.is_some()),
            body: campaign.body.clone().map(String::from),
            body_format: campaign.body.as_ref().map(Body::format).unwrap_or_default(),
            campaign_status: status,
            reason: campaign.reason(),
            scheduled_at: campaign.scheduled_at(),
            cancelled_at,
            failed_at,
            limits: campaign.limits.clone(),
            target: campaign.target.clone(),
            uses: campaign.uses.clone(),
            body_defaults: campaign.body.as_ref().map(defaults_row).unwrap_or_default(),
            tags: campaign.tags.clone(),
            template: campaign.template,
            archived_at: campaign.archived_at,
            broadcast: campaign.broadcast().map(BroadcastRow::of),
            step: campaign.step.clone(),
            drain: campaign.drain.clone(),
            changed_by: campaign.changed_by.clone(),
            created_at: campaign.created_at,
            updated_at: campaign.updated_at,
            version,
        }
    }

    pub(super) fn into_campaign(self) -> Result<Campaign> {
        let lacks = |what: &str| TableError::malformed(KIND, format!("{} lacks {what}", self.id));
        let scheduled_at = || self.scheduled_at.ok_or_else(|| lacks("scheduledAt"));
        let broadcast = || {
            let row = self.broadcast.as_ref().ok_or_else(|| lacks("broadcast"))?;
            Ok::<_, TableError>(row.broadcast(scheduled_at()?, self.reason))
        };
        let state = match self.campaign_status {
            Status::Draft => State::Draft,
            Status::Scheduled => State::Scheduled { at: scheduled_at()? },
            Status::Cancelled => State::Cancelled {
                scheduled_at: scheduled_at()?,
                at: self.cancelled_at.ok_or_else(|| lacks("cancelledAt"))?,
                reason: self.reason,
            },
            Status::Sent => State::Sent(broadcast()?),
            Status::Failed => State::Failed {
                broadcast: broadcast()?,
                at: self.failed_at.ok_or_else(|| lacks("failedAt"))?,
            },
        };
        let name = self.name.clone().or(self.title.clone()).ok_or_else(|| lacks("name"))?;
        Ok(Campaign {
            id: self.id,
            organization_id: self.organization_id,
            name,
            body: self.body.map(|body| stored_body(body, self.body_format, self.body_defaults)),
            state,
            limits: self.limits,
            target: self.target,
            uses: self.uses,
            tags: self.tags,
            template: self.template,
            archived_at: self.archived_at,
            step: self.step,
            drain: self.drain,
            changed_by: self.changed_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        })
    }
}

/// The defaults of a body as they are stored.
pub(in crate::table) fn defaults_row(body: &Body) -> BTreeMap<String, String> {
    body.defaults().into_iter().map(|(field, value)| (field.to_string(), value)).collect()
}

/// A body with its stored defaults. Those of fields that this version doesn't know are left out.
pub(in crate::table) fn stored_body(
    source: String,
    format: Format,
    defaults: BTreeMap<String, String>,
) -> Body {
    let named = |(field, value): (String, String)| Some((MergeField::named(&field)?, value));
    Body::stored(source, format).with_defaults(defaults.into_iter().filter_map(named).collect())
}

fn needs(campaign: &Campaign) -> Option<u32> {
    let target = campaign.target.as_ref().map(|_| WITH_TARGET);
    let template = match campaign.body.as_ref().map(Body::format) {
        Some(Format::Template) => Some(WITH_TEMPLATE),
        Some(Format::Text) | None => None,
    };
    let is_to_be_cut = match &campaign.state {
        State::Scheduled { .. } => true,
        State::Sent(broadcast) => broadcast.audience.completed_at.is_none(),
        State::Draft | State::Cancelled { .. } | State::Failed { .. } => false,
    };
    let has_more =
        !campaign.tags.is_empty() || campaign.template.is_some() || campaign.archived_at.is_some();
    let statuses = (is_to_be_cut || has_more).then_some(WITH_STATUSES);
    target.max(template).max(statuses)
}

fn first_format() -> u32 {
    1
}

impl BroadcastRow {
    fn of(broadcast: &Broadcast) -> Self {
        Self {
            format: broadcast.format,
            sent_at: broadcast.sent_at,
            sender: broadcast.sender.clone(),
            shards: broadcast.shards,
            epoch: broadcast.epoch,
            running_since: broadcast.running_since,
            dispatch: broadcast.dispatch,
            dispatch_ended_at: broadcast.dispatch_ended_at,
            estimated_finish_at: broadcast.estimated_finish_at,
            trial: broadcast.trial,
            unreachable_since: broadcast.unreachable_since,
            totals: broadcast.audience.totals,
            completed_at: broadcast.audience.completed_at,
            abandoned_at: broadcast.audience.abandoned_at,
            counts: broadcast.counted.map(|counted| counted.counts),
            counted_at: broadcast.counted.map(|counted| counted.at),
        }
    }

    fn broadcast(&self, scheduled_at: Timestamp, reason: Option<Reason>) -> Broadcast {
        let counted = self.counts.zip(self.counted_at);
        Broadcast {
            format: self.format,
            scheduled_at,
            sent_at: self.sent_at,
            sender: self.sender.clone(),
            shards: self.shards,
            epoch: self.epoch,
            running_since: self.running_since,
            dispatch: self.dispatch,
            dispatch_ended_at: self.dispatch_ended_at,
            estimated_finish_at: self.estimated_finish_at,
            trial: self.trial,
            unreachable_since: self.unreachable_since,
            audience: Audience {
                totals: self.totals,
                completed_at: self.completed_at,
                abandoned_at: self.abandoned_at,
            },
            counted: counted.map(|(counts, at)| Counted { counts, at }),
            reason,
        }
    }
}

/// Refuses a campaign that needs newer code: what this code does not know it would drop at the next
/// write, and a campaign without its target would text everyone.
pub(super) fn read(item: Item) -> Result<Campaign> {
    let needs = item.get("needs").and_then(|needs| needs.as_n().ok()?.parse::<u32>().ok());
    if let Some(format) = needs.filter(|needs| *needs > FORMAT) {
        return Err(TableError::NewerFormat { kind: KIND, format });
    }
    parse::<Row>(KIND, item)?.into_campaign()
}

#[cfg(test)]
mod tests {
    use shared::breaker::Window;
    use shared::campaign::{Begin, PollLook};
    use shared::grace::Grace;
    use shared::ids::TemplateId;
    use shared::phone::Phone;
    use shared::poll::PollSchedule;
    use shared::price::Bill;
    use shared::sender::Provider;
    use uuid::Uuid;

    use super::super::super::dynamo::item;
    use super::*;

    /// Every state can be stored and read back.
    #[test]
    fn rows_are_campaigns() {
        let at = |second: i64| Timestamp::from_millis(second * 1_000).expect("in range");
        let organization = OrganizationId(Uuid::from_u128(1));
        let id = CampaignId(Uuid::from_u128(2));
        let body = Some(Body::from("Hi".to_owned()));
        let draft = Campaign::create(id, organization, "Spring".to_owned(), body, at(0));
        let scheduled = draft.clone().schedule(None, at(1), Grace::default()).expect("schedulable");
        let cancelled = scheduled.clone().cancel(at(2), Some(Reason::MissedSchedule));
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let sender = Sender::new(phone, Provider::default());
        let Begin::Begun(sent) = scheduled.begin(at(1), sender, 4, at(2), Grace::default()) else {
            panic!("not begun");
        };
        let totals = Totals { recipients: 2, ..Totals::default() };
        let polls = PollSchedule::default();
        let fanned_out = sent
            .fanned_out(totals, &Bill::default(), &polls, at(3), Grace::default())
            .expect("running");
        let counts = Counts { failed: 2, ..Counts::default() };
        let look = PollLook { counts, are_chunks_done: true, learnt: Window::default() };
        let failed = fanned_out.polled(0, &look, &polls, at(33), Grace::default()).expect("owed");
        let by_key = draft
            .clone()
            .by(Actor::Key { id: shared::ids::KeyId(Uuid::from_u128(3)), name: "till".to_owned() });
        let job = sent.step.clone().expect("owed").job;
        let abandoned = sent.given_up(&job, &polls, at(9), Grace::default()).expect("owed");
        let backing_off = fanned_out.backing_off(0, at(9), Grace::default()).expect("running");
        let cancelled = cancelled.expect("scheduled");
        // Older code must not cut an audience.
        let plain = [&draft, &scheduled, &*sent, &fanned_out, &cancelled];
        let needed = [None, Some(WITH_STATUSES), Some(WITH_STATUSES), None, None];
        assert_eq!(plain.map(needs), needed);
        assert!(Row::of(&scheduled, 0).name.is_none(), "code that does not check cannot read it");
        let sent = [*sent, fanned_out, failed, abandoned, backing_off];
        for campaign in [by_key, draft, scheduled, cancelled].into_iter().chain(sent) {
            let key = keys::campaign(organization, id);
            let row = item(KIND, &key, Row::of(&campaign, campaign.version)).expect("a row");
            assert_eq!(read(row).expect("a campaign"), campaign);
        }
    }

    /// Code that does not know a campaign's target must not write or send it.
    #[test]
    fn a_campaign_that_needs_newer_code_is_refused() {
        let (organization, id) = (OrganizationId(Uuid::nil()), CampaignId(Uuid::nil()));
        let at = Timestamp::EPOCH;
        let draft = Campaign::create(id, organization, "Spring".to_owned(), None, at);
        let segments = [SegmentId(Uuid::from_u128(7))];
        let target = Target { include: segments.into(), exclude: BTreeSet::new() };
        let draft = Campaign { target: Some(target), uses: segments.into(), ..draft };
        let key = keys::campaign(organization, id);
        let mut row = item(KIND, &key, Row::of(&draft, 0)).expect("a row");
        assert_eq!(row["needs"].as_n().map(String::as_str), Ok("3"));
        assert!(!row.contains_key("name"), "code that does not check cannot read it");
        assert_eq!(read(row.clone()).expect("a campaign"), draft);
        let greeting = Body::stored("Hi {{ firstName }}".to_owned(), Format::Template)
            .with_defaults([(MergeField::FirstName, "there".to_owned())].into());
        let template = Campaign {
            body: Some(greeting),
            tags: ["spring".to_owned()].into(),
            template: Some(TemplateVersion { id: TemplateId(Uuid::from_u128(9)), version: 2 }),
            archived_at: Some(at),
            ..draft
        };
        let stored = item(KIND, &key, Row::of(&template, 0)).expect("a row");
        assert_eq!(stored["needs"].as_n().map(String::as_str), Ok("4"));
        assert_eq!(read(stored).expect("a campaign"), template);
        let newer = aws_sdk_dynamodb::types::AttributeValue::N("5".to_owned());
        row.insert("needs".to_owned(), newer);
        assert!(matches!(read(row), Err(TableError::NewerFormat { format: 5, .. })));
    }

    /// A campaign that was sent before trials were kept is on none, and all its chunks get turns.
    #[test]
    fn a_row_of_an_older_version_is_read() {
        let old = include_str!("sent_v1.json");
        let row: Row = serde_json::from_str(old).expect("understood");
        let campaign = row.into_campaign().expect("a campaign");
        let broadcast = campaign.broadcast().expect("sent");
        assert_eq!((broadcast.trial, broadcast.unreachable_since), (None, None));
        assert_eq!(broadcast.audience.abandoned_at, None);
        assert!(campaign.drain.is_some());
    }
}
