//! Campaigns: written whole, on the condition that they haven't changed since they were read.

mod row;

pub(super) use row::{defaults_row, stored_body};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::campaign::{Campaign, Status};
use shared::event::{Event, campaign_events};
use shared::ids::{CampaignId, OrganizationId};
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use super::dynamo::{
    ABSENT, Consistency, Range, SortKey, Transacted, Transaction, item, start, text,
};
use super::idempotency::Remember;
use super::keys;
use super::last_send::LastSend;
use super::outbox::new_event_id;
use super::{Result, Table, TableError};
use crate::metrics;
use row::{Row, read};

/// The result of a write that may lose a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    Done,
    /// It changed in between: read it again and decide again.
    Stale,
    /// A request with the same idempotency key got its response in between.
    Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    Done,
    /// One of the campaigns is gone or is not a draft, so none was deleted.
    Refused,
}

/// The position at which a list of campaigns continues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPosition(CampaignId);

const KIND: &str = "a campaign";
/// A campaign has few writers. One that loses this many races in a row tries again later.
const MAX_RACES: usize = 10;

/// Writes a campaign if `before` is still current, and replaces its due items.
pub(super) fn transition(before: Option<&Campaign>, after: &Campaign) -> Result<Transaction> {
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
    let owed_before = before.map(Campaign::owed).unwrap_or_default();
    let written = Transaction::default().put_if(row, condition, values);
    owed_before
        .into_iter()
        .zip(after.owed())
        .try_fold(written.change_uses(before, after), |transaction, (old, new)| {
            transaction.replace_due(old, new)
        })
}

/// Counts a campaign that has just been halted for a reason.
fn count_halted(before: Option<&Campaign>, after: &Campaign) {
    if let Some(reason) = after.reason()
        && before.is_some_and(|before| before.reason() != Some(reason))
    {
        metrics::count_halted(reason, after.updated_at);
    }
}

impl Table {
    pub async fn campaign(
        &self,
        organization: OrganizationId,
        id: CampaignId,
    ) -> Result<Option<Campaign>> {
        let key = keys::campaign(organization, id);
        self.get_item(&key, Consistency::Strong).await?.map(read).transpose()
    }

    /// Writes a new campaign.
    pub async fn create_campaign(
        &self,
        campaign: &Campaign,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        self.save(transition(None, campaign)?, (None, campaign), remember).await
    }

    /// Writes `after` if `before` is still current, and replaces its due items.
    pub async fn save_campaign(
        &self,
        before: &Campaign,
        after: &Campaign,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        self.save(transition(Some(before), after)?, (Some(before), after), remember).await
    }

    /// Writes a campaign that is sent, with its frozen target and a time after the organization's last
    /// send.
    pub async fn begin_campaign(
        &self,
        before: &Campaign,
        after: &Campaign,
        target: Option<&FrozenTarget>,
        (last, sent_at): (&LastSend, Timestamp),
    ) -> Result<Saved> {
        let transaction = transition(Some(before), after)?
            .freeze_target(after.id, target)?
            .note_send(last, sent_at)?;
        let events = self.events_of(Some(before), after).await?;
        Ok(match self.transact(transaction.announce(&events)?).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                Saved::Done
            }
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    async fn events_of(&self, before: Option<&Campaign>, after: &Campaign) -> Result<Vec<Event>> {
        self.wanted(after.organization_id, || campaign_events(before, after, new_event_id)).await
    }

    /// Reads a campaign, decides, and writes the decision. Repeats this if the campaign changed in
    /// between. Returns the campaign as written, or `None` if it doesn't exist or there was nothing
    /// to write.
    pub async fn update_campaign(
        &self,
        organization: OrganizationId,
        id: CampaignId,
        decide: impl FnMut(&Campaign) -> Option<Campaign>,
    ) -> Result<Option<Campaign>> {
        self.update_with(organization, id, decide, |transaction, _| Ok(transaction)).await
    }

    /// The same, with more writes in the transaction.
    pub(super) async fn update_with(
        &self,
        organization: OrganizationId,
        id: CampaignId,
        mut decide: impl FnMut(&Campaign) -> Option<Campaign>,
        also: impl Fn(Transaction, &Campaign) -> Result<Transaction>,
    ) -> Result<Option<Campaign>> {
        for _ in 0..MAX_RACES {
            let Some(before) = self.campaign(organization, id).await? else {
                return Ok(None);
            };
            let Some(after) = decide(&before) else {
                return Ok(None);
            };
            let transaction = also(transition(Some(&before), &after)?, &after)?;
            if self.save(transaction, (Some(&before), &after), None).await? == Saved::Done {
                return Ok(Some(Campaign { version: before.version + 1, ..after }));
            }
        }
        Err(TableError::Throttled { operation: "update of a campaign" })
    }

    async fn save(
        &self,
        transaction: Transaction,
        (before, after): (Option<&Campaign>, &Campaign),
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let record = transaction.len();
        let events = self.events_of(before, after).await?;
        let transaction = transaction.remember(remember)?.announce(&events)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                count_halted(before, after);
                Saved::Done
            }
            refused if remember.is_some() && refused.is_refused(record) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Deletes drafts: either all of them or none.
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

    /// An organization's campaigns with one status or with any, newest first.
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
