//! Campaigns: written whole, on the condition that nobody wrote in between.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::audience::Totals;
use shared::campaign::{
    Audience, Broadcast, Campaign, Counted, Dispatch, Limits, Reason, State, Status,
};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Due;
use shared::message::Counts;
use shared::sender::Sender;
use shared::time::Timestamp;

use super::idempotency::Remember;
use super::keys;
use super::last_send::LastSend;
use super::read::{Consistency, Item, Range, SortKey, parse, start, text};
use super::transaction::{Transacted, Transaction};
use super::write::{ABSENT, item};
use super::{Result, Table, TableError};

/// What became of a write that others may race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    Done,
    /// Somebody wrote in between: read again and decide again.
    Stale,
    /// A request with the same idempotency key was answered in between.
    Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    Done,
    /// One of the campaigns is no draft any more, or is gone: none was deleted.
    Refused,
}

/// Where a list of campaigns goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPosition(CampaignId);

const KIND: &str = "a campaign";
/// A campaign has few writers: who loses so often in a row tries again later.
const RACES_MOST: usize = 10;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    gsi1pk: String,
    gsi1sk: String,
    id: CampaignId,
    organization_id: OrganizationId,
    name: String,
    body: Option<String>,
    /// `status` is a reserved word of expressions.
    campaign_status: Status,
    reason: Option<Reason>,
    scheduled_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    limits: Limits,
    broadcast: Option<BroadcastRow>,
    step: Option<Due>,
    drain: Option<Due>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BroadcastRow {
    sent_at: Timestamp,
    sender: Sender,
    shards: u16,
    epoch: u32,
    running_since: Timestamp,
    dispatch: Dispatch,
    dispatch_ended_at: Option<Timestamp>,
    totals: Totals,
    completed_at: Option<Timestamp>,
    counts: Option<Counts>,
    counted_at: Option<Timestamp>,
}

impl Row {
    fn of(campaign: &Campaign, version: u64) -> Self {
        let (scheduled_at, cancelled_at, failed_at) = match &campaign.state {
            State::Draft => (None, None, None),
            State::Scheduled { at } => (Some(*at), None, None),
            State::Cancelled { scheduled_at, at, .. } => (Some(*scheduled_at), Some(*at), None),
            State::Sent(broadcast) => (Some(broadcast.scheduled_at), None, None),
            State::Failed { broadcast, at } => (Some(broadcast.scheduled_at), None, Some(*at)),
        };
        let reason = match &campaign.state {
            State::Cancelled { reason, .. } => *reason,
            State::Sent(broadcast) | State::Failed { broadcast, .. } => broadcast.reason,
            State::Draft | State::Scheduled { .. } => None,
        };
        let status = campaign.status();
        Self {
            gsi1pk: keys::campaigns_of_status(campaign.organization_id, status.as_str()),
            gsi1sk: keys::campaign(campaign.organization_id, campaign.id).sk,
            id: campaign.id,
            organization_id: campaign.organization_id,
            name: campaign.name.clone(),
            body: campaign.body.clone(),
            campaign_status: status,
            reason,
            scheduled_at,
            cancelled_at,
            failed_at,
            limits: campaign.limits.clone(),
            broadcast: campaign.broadcast().map(BroadcastRow::of),
            step: campaign.step.clone(),
            drain: campaign.drain.clone(),
            created_at: campaign.created_at,
            updated_at: campaign.updated_at,
            version,
        }
    }

    fn into_campaign(self) -> Result<Campaign> {
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
        Ok(Campaign {
            id: self.id,
            organization_id: self.organization_id,
            name: self.name,
            body: self.body,
            state,
            limits: self.limits,
            step: self.step,
            drain: self.drain,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        })
    }
}

impl BroadcastRow {
    fn of(broadcast: &Broadcast) -> Self {
        Self {
            sent_at: broadcast.sent_at,
            sender: broadcast.sender.clone(),
            shards: broadcast.shards,
            epoch: broadcast.epoch,
            running_since: broadcast.running_since,
            dispatch: broadcast.dispatch,
            dispatch_ended_at: broadcast.dispatch_ended_at,
            totals: broadcast.audience.totals,
            completed_at: broadcast.audience.completed_at,
            counts: broadcast.counted.map(|counted| counted.counts),
            counted_at: broadcast.counted.map(|counted| counted.at),
        }
    }

    fn broadcast(&self, scheduled_at: Timestamp, reason: Option<Reason>) -> Broadcast {
        let counted = self.counts.zip(self.counted_at);
        Broadcast {
            scheduled_at,
            sent_at: self.sent_at,
            sender: self.sender.clone(),
            shards: self.shards,
            epoch: self.epoch,
            running_since: self.running_since,
            dispatch: self.dispatch,
            dispatch_ended_at: self.dispatch_ended_at,
            audience: Audience { totals: self.totals, completed_at: self.completed_at },
            counted: counted.map(|(counts, at)| Counted { counts, at }),
            reason,
        }
    }
}

/// Writes a campaign where `before` was read, together with the change of what is owed.
fn transition(before: Option<&Campaign>, after: &Campaign) -> Result<Transaction> {
    let key = keys::campaign(after.organization_id, after.id);
    let version = before.map_or(0, |before| before.version + 1);
    let row = item(KIND, &key, Row::of(after, version))?;
    let (condition, values) = match before {
        None => (ABSENT, Vec::new()),
        Some(before) => {
            let seen = AttributeValue::N(before.version.to_string());
            ("version = :seen", vec![(":seen", seen)])
        }
    };
    let (step, drain) = before.map_or((None, None), |b| (b.step.as_ref(), b.drain.as_ref()));
    Transaction::default()
        .put_if(row, condition, values)
        .replace_due(step, after.step.as_ref())?
        .replace_due(drain, after.drain.as_ref())
}

fn read(item: Item) -> Result<Campaign> {
    parse::<Row>(KIND, item)?.into_campaign()
}

impl Table {
    pub async fn campaign(
        &self,
        organization: OrganizationId,
        id: CampaignId,
    ) -> Result<Option<Campaign>> {
        let key = keys::campaign(organization, id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        row.map(Row::into_campaign).transpose()
    }

    /// Writes a new campaign.
    pub async fn create_campaign(
        &self,
        campaign: &Campaign,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        self.save(None, campaign, remember).await
    }

    /// Writes `after` where `before` was read, and with it the change of what is owed.
    pub async fn save_campaign(
        &self,
        before: &Campaign,
        after: &Campaign,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        self.save(Some(before), after, remember).await
    }

    /// Writes a campaign that is sent at a moment after the organisation's last send.
    pub async fn begin_campaign(
        &self,
        before: &Campaign,
        after: &Campaign,
        last: &LastSend,
        sent_at: Timestamp,
    ) -> Result<Saved> {
        let transaction = transition(Some(before), after)?.note_send(last, sent_at)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Reads a campaign, decides, and writes what was decided, again if somebody wrote in between.
    /// Answers the campaign as written; `None` if there is none or nothing was to be written.
    pub async fn update_campaign(
        &self,
        organization: OrganizationId,
        id: CampaignId,
        mut decide: impl FnMut(&Campaign) -> Option<Campaign>,
    ) -> Result<Option<Campaign>> {
        for _ in 0..RACES_MOST {
            let Some(before) = self.campaign(organization, id).await? else {
                return Ok(None);
            };
            let Some(after) = decide(&before) else {
                return Ok(None);
            };
            if self.save_campaign(&before, &after, None).await? == Saved::Done {
                return Ok(Some(Campaign { version: before.version + 1, ..after }));
            }
        }
        Err(TableError::Throttled { operation: "update of a campaign" })
    }

    async fn save(
        &self,
        before: Option<&Campaign>,
        after: &Campaign,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let transaction = transition(before, after)?;
        let record = transaction.len();
        let transaction = transaction.remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if remember.is_some() && refused.is_refused(record) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Deletes drafts, all or none.
    pub async fn delete_drafts(
        &self,
        organization: OrganizationId,
        ids: &[CampaignId],
    ) -> Result<Deleted> {
        let mut transaction = Transaction::default();
        for id in ids {
            let key = keys::campaign(organization, *id);
            let draft = AttributeValue::S(Status::Draft.as_str().to_owned());
            transaction =
                transaction.delete_if(key, "campaignStatus = :draft", vec![(":draft", draft)]);
        }
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Deleted::Done,
            Transacted::Refused(_) | Transacted::Conflict => Deleted::Refused,
        })
    }

    /// Campaigns of an organisation, newest first, of one status or all.
    pub async fn campaigns(
        &self,
        organization: OrganizationId,
        status: Option<Status>,
        limit: i32,
        after: Option<CampaignPosition>,
    ) -> Result<(Vec<Campaign>, Option<CampaignPosition>)> {
        let prefix = SortKey::Prefix(keys::CAMPAIGN.to_owned());
        let partition = keys::organization_partition(organization);
        let mut range = match status {
            Some(status) => Range {
                index: Some(keys::INDEX),
                ..Range::new(
                    keys::campaigns_of_status(organization, status.as_str()),
                    prefix,
                    Consistency::Eventual,
                )
            },
            None => Range::new(partition.clone(), prefix, Consistency::Strong),
        };
        range.limit = Some(limit);
        range.newest_first = true;
        range.start = after.map(|CampaignPosition(id)| {
            let key = keys::campaign(organization, id);
            let mut item = start(&key.pk, &key.sk);
            if status.is_some() {
                item.insert("gsi1pk".to_owned(), AttributeValue::S(range.pk.clone()));
                item.insert("gsi1sk".to_owned(), AttributeValue::S(key.sk));
            }
            item
        });
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::CAMPAIGN)?.parse().ok()?;
            Some(CampaignPosition(id))
        });
        let campaigns = page.items.into_iter().map(read).collect::<Result<_>>()?;
        Ok((campaigns, next))
    }
}

#[cfg(test)]
mod tests {
    use shared::campaign::Begin;
    use shared::phone::Phone;
    use shared::poll::PollSchedule;
    use shared::price::Bill;
    use shared::sender::Provider;
    use uuid::Uuid;

    use super::*;

    /// Every state survives the table.
    #[test]
    fn rows_are_campaigns() {
        let at = |second: i64| Timestamp::from_millis(second * 1_000).expect("in range");
        let organization = OrganizationId(Uuid::from_u128(1));
        let id = CampaignId(Uuid::from_u128(2));
        let body = Some("Hi".to_owned());
        let draft = Campaign::create(id, organization, "Spring".to_owned(), body, at(0));
        let scheduled = draft.clone().schedule(None, at(1), 120).expect("schedulable");
        let cancelled = scheduled.clone().cancel(at(2), Some(Reason::MissedSchedule));
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let sender = Sender { phone, provider: Provider::default() };
        let Begin::Begun(sent) = scheduled.begin(at(1), sender, 4, at(2), 120) else {
            panic!("not begun");
        };
        let totals = Totals { recipients: 2, ..Totals::default() };
        let polls = PollSchedule::default();
        let fanned_out =
            sent.fanned_out(totals, &Bill::default(), &polls, at(3), 120).expect("running");
        let counts = Counts { failed: 2, ..Counts::default() };
        let failed = fanned_out.polled(0, counts, true, &polls, at(33), 120).expect("owed");
        for campaign in [draft, scheduled, cancelled.expect("scheduled"), sent, fanned_out, failed]
        {
            let key = keys::campaign(organization, id);
            let row = item(KIND, &key, Row::of(&campaign, campaign.version)).expect("a row");
            assert_eq!(read(row).expect("a campaign"), campaign);
        }
    }
}
