//! A campaign in its stored form.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::audience::Totals;
use shared::body::{Body, Format};
use shared::campaign::{
    Audience, Broadcast, Campaign, Counted, Dispatch, Limits, Names, Pauses, Reason, Salt, State,
    Status,
};
use shared::ids::{CampaignId, OrganizationId, SegmentId};
use shared::job::Due;
use shared::library::TemplateVersion;
use shared::message::Counts;
use shared::resend::Resend;
use shared::sender::Sender;
use shared::shard::Shards;
use shared::target::Target;
use shared::template::MergeField;
use shared::time::Timestamp;

use super::super::dynamo::{Item, parse};
use super::super::{Result, TableError, keys};
use super::KIND;

/// The newest format of campaigns that this code knows. Drafts with a plain body and without a
/// target need none.
const FORMAT: u32 = WITH_SALT;
/// Older code would text inactive contacts if it cut the audience, and drops tags.
const WITH_STATUSES: u32 = 2;
const WITH_TARGET: u32 = 3;
const WITH_TEMPLATE: u32 = 4;
const WITH_RESEND: u32 = 5;
/// Older code would derive other ids for messages, find no claims under them, and text people again.
const WITH_SALT: u32 = 6;

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resend: Option<Resend>,
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
    /// How messages' ids are derived; see [`Names`]. Absent in rows of the first format.
    #[serde(default = "first_format")]
    format: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<Salt>,
    sent_at: Timestamp,
    sender: Sender,
    shards: Shards,
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
    #[serde(default, skip_serializing_if = "Pauses::is_empty")]
    pauses: Pauses,
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
            resend: campaign.resend.clone(),
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
            let names = Names::read(row.format, row.salt);
            let names = names.ok_or_else(|| lacks("a known way to derive ids"))?;
            Ok::<_, TableError>(row.broadcast(names, scheduled_at()?, self.reason))
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
            resend: self.resend,
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
    let resend = campaign.resend.as_ref().map(|_| WITH_RESEND);
    let is_salted = campaign.broadcast().is_some_and(|it| matches!(it.names, Names::Salted(_)));
    let finds_salted = campaign.resend.as_ref().is_some_and(Resend::is_salted);
    let salted = (is_salted || finds_salted).then_some(WITH_SALT);
    target.max(template).max(statuses).max(resend).max(salted)
}

fn first_format() -> u32 {
    1
}

impl BroadcastRow {
    fn of(broadcast: &Broadcast) -> Self {
        let (format, salt) = broadcast.names.stored();
        Self {
            format,
            salt,
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
            pauses: broadcast.pauses.clone(),
        }
    }

    fn broadcast(
        &self,
        names: Names,
        scheduled_at: Timestamp,
        reason: Option<Reason>,
    ) -> Broadcast {
        let counted = self.counts.zip(self.counted_at);
        Broadcast {
            names,
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
            pauses: self.pauses.clone(),
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
mod tests;
