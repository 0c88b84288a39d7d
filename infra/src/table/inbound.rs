//! Texts that people wrote.
//!
//! A text is stored once, in the partition of its organization and month, under an id that begins with
//! its time: the newest are read first, and the id alone says where a text is. An entry under the
//! phone's line, named by the provider's id, fixes when a text was received first, so a text that is
//! delivered again is the same item. A flagged text has two more entries until someone decides.

mod flags;
mod row;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::event::inbound_events;
use shared::ids::{CampaignId, InboundId, OrganizationId};
use shared::inbound::InboundMessage;
use shared::organization::Organization;
use shared::phone::{Line, Phone};
use shared::time::Timestamp;
use uuid::Uuid;

use super::dynamo::{
    ABSENT, Change, Consistency, Range, SortKey, Transacted, Transaction, Written, item, parse,
    start, text,
};
use super::months::{month_before, month_of};
use super::outbox::new_event_id;
use super::{Result, Saved, Table, TableError, keys};
use row::Row;
pub(super) use row::read;

pub use flags::FlagPosition;

/// Whether a text was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundKept {
    New,
    /// It was delivered before.
    Known,
}

/// The position at which a list of texts continues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundPosition {
    /// The first day of the month.
    month: NaiveDate,
    after: Option<InboundId>,
}

/// Which texts a list has.
#[derive(Clone, Copy, Debug)]
pub struct InboundFilter {
    /// No text is older.
    pub since: Timestamp,
    /// Only replies to this campaign, which may be few, so that a page reads many texts.
    pub campaign: Option<CampaignId>,
}

const KIND: &str = "an inbound message";
/// The number of texts that a filtered page reads.
const MAX_READ: usize = 1_000;
/// And the number of queries. Most months of a small organization are empty.
const MAX_QUERIES: usize = 24;

/// When a text was received first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    received_at: Timestamp,
    expires_at: i64,
}

impl Table {
    /// Keeps a text until `expires_at`, in seconds since 1970. Its id is derived from its name and the
    /// time at which it was received first.
    ///
    /// Without a flag and without webhooks, this costs two write units for a text of up to about 600
    /// bytes.
    pub async fn keep_inbound(
        &self,
        mut message: InboundMessage,
        name: Uuid,
        expires_at: i64,
    ) -> Result<InboundKept> {
        let key = keys::inbound_entry(message.organization_id, &message.from.line(), name);
        let entry = Entry { received_at: message.received_at, expires_at };
        if let Written::Refused(Some(known)) =
            self.put(item(KIND, &key, entry)?, ABSENT, Vec::new()).await?
        {
            message.received_at = parse::<Entry>(KIND, known)?.received_at;
        }
        message.id = InboundId::of(message.received_at, name);
        let row = item(KIND, &keys::inbound(&message), Row::of(&message, expires_at))?;
        let events = || inbound_events(&message, new_event_id);
        let events = self.wanted(message.organization_id, events).await?;
        if !message.is_open() && events.is_empty() {
            let written = self.put(row, ABSENT, Vec::new()).await?;
            let is_new = written == Written::Done;
            return Ok(if is_new { InboundKept::New } else { InboundKept::Known });
        }
        let mut transaction = Transaction::default().put_absent(row);
        if message.is_open() {
            transaction = transaction.put_flag(&message, expires_at)?;
        }
        match self.transact(transaction.announce(&events)?).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                Ok(InboundKept::New)
            }
            refused if refused.is_refused(0) => Ok(InboundKept::Known),
            Transacted::Refused(_) | Transacted::Conflict => {
                Err(TableError::Throttled { operation: "write of an inbound message" })
            }
        }
    }

    pub async fn inbound_message(
        &self,
        organization: OrganizationId,
        id: InboundId,
    ) -> Result<Option<InboundMessage>> {
        let key = keys::inbound_by_id(organization, id);
        let item = self.get_item(&key, Consistency::Strong).await?;
        item.map(|item| read(item, organization)).transpose()
    }

    /// Writes what was decided about a text, unless something else was in the meantime.
    pub async fn decide_inbound(
        &self,
        before: &InboundMessage,
        after: &InboundMessage,
    ) -> Result<Saved> {
        let value = |decision| {
            let value = serde_dynamo::to_attribute_value(decision);
            value.map_err(|error| TableError::malformed(KIND, error))
        };
        let mut change = Change {
            update: "SET decision = :after".to_owned(),
            condition: "attribute_exists(pk) AND attribute_not_exists(decision)".to_owned(),
            values: vec![(":after", value(&after.decision)?)],
            ..Change::default()
        };
        if before.decision.is_some() {
            change.condition = String::from("decision = :before");
            change.values.push((":before", value(&before.decision)?));
        }
        let mut transaction = Transaction::default().change(keys::inbound(before), change);
        if before.is_open() {
            transaction = transaction.remove_flag(before);
        }
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// An organization's texts, newest first. A page of a filtered list may be short, even empty,
    /// although the list goes on.
    pub async fn inbound_messages(
        &self,
        organization: &Organization,
        filter: InboundFilter,
        (limit, now): (usize, Timestamp),
        from: Option<InboundPosition>,
    ) -> Result<(Vec<InboundMessage>, Option<InboundPosition>)> {
        let oldest = month_of(filter.since);
        let mut at = from.unwrap_or(InboundPosition { month: month_of(now), after: None });
        let (mut kept, mut items) = (Vec::with_capacity(limit), 0);
        for _ in 0..MAX_QUERIES {
            let at_once =
                if filter.campaign.is_some() { MAX_READ - items } else { limit - kept.len() };
            let pk = keys::inbound_of_month(organization.id, at.month);
            let range = Range {
                limit: i32::try_from(at_once).ok(),
                newest_first: true,
                start: at.after.map(|id| start(&pk, &keys::inbound_sort_key(id))),
                ..Range::new(
                    pk.clone(),
                    SortKey::Prefix(keys::TEXT.to_owned()),
                    Consistency::Eventual,
                )
            };
            let page = self.page(&range).await?;
            items += page.items.len();
            let (mut left, next) = (page.items.into_iter(), page.next);
            while kept.len() < limit
                && let Some(item) = left.next()
            {
                let message = read(item, organization.id)?;
                at.after = Some(message.id);
                let is_wanted = filter.campaign.is_none() || message.campaign_id == filter.campaign;
                kept.extend(is_wanted.then_some(message));
            }
            if left.len() == 0 {
                at.after = next.and_then(|key| keys::read_inbound(&text(&key, "sk")?));
                if at.after.is_none() {
                    at.month = month_before(at.month);
                }
            }
            if at.month < oldest {
                return Ok((kept, None));
            }
            if kept.len() == limit || items >= MAX_READ {
                break;
            }
        }
        Ok((kept, Some(at)))
    }

    /// The ids of all texts from a phone, newest first.
    pub async fn inbound_from(
        &self,
        organization: OrganizationId,
        phone: &Phone,
    ) -> Result<Vec<InboundId>> {
        let entries = self.inbound_entries(organization, &phone.line()).await?;
        let mut ids: Vec<InboundId> = entries.into_iter().map(|(_, id)| id).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    /// The names and ids of the texts from a line.
    pub(super) async fn inbound_entries(
        &self,
        organization: OrganizationId,
        line: &Line,
    ) -> Result<Vec<(Uuid, InboundId)>> {
        let pk = keys::inbound_from(organization, line);
        let all = SortKey::Prefix(keys::TEXT.to_owned());
        let items = self.all(Range::new(pk, all, Consistency::Strong)).await?;
        let entries = items.into_iter().map(|item| {
            let name = text(&item, "sk").and_then(|sk| keys::read_text(&sk));
            let name = name.ok_or_else(|| TableError::malformed(KIND, "its entry has no name"))?;
            Ok((name, InboundId::of(parse::<Entry>(KIND, item)?.received_at, name)))
        });
        entries.collect()
    }

    /// Those of at most 100 texts that are kept, in the order of their ids in `ids`.
    pub async fn inbound_by_ids(
        &self,
        organization: OrganizationId,
        ids: &[InboundId],
    ) -> Result<Vec<InboundMessage>> {
        let keys: Vec<_> = ids.iter().map(|id| keys::inbound_by_id(organization, *id)).collect();
        let items = self.batch(&keys, Consistency::Strong).await?.into_iter();
        let mut found = items.map(|item| read(item, organization)).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|message| ids.iter().position(|id| *id == message.id));
        Ok(found)
    }
}
