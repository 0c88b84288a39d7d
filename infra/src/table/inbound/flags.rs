//! Entries of flagged texts that no one has decided about: one for the organization's list, and one by
//! which the sweep counts what is due in all organizations. Flags are rare, so these partitions are
//! small.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::ids::{InboundId, OrganizationId};
use shared::inbound::InboundMessage;

use super::super::dynamo::{Consistency, Range, SortKey, Transaction, item, start, text};
use super::super::{Result, Table, keys};
use super::KIND;

/// The position at which a list of open flags continues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagPosition(String);

/// Only the keys say something.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flag {
    expires_at: i64,
}

impl Transaction {
    pub(super) fn put_flag(self, message: &InboundMessage, expires_at: i64) -> Result<Self> {
        keys::flags(message).into_iter().try_fold(self, |transaction, key| {
            Ok(transaction.put(item(KIND, &key, Flag { expires_at })?))
        })
    }

    pub(super) fn remove_flag(self, message: &InboundMessage) -> Self {
        keys::flags(message).into_iter().fold(self, Self::delete)
    }
}

impl Table {
    /// An organization's flagged texts that no one has decided about, soonest due first.
    pub async fn open_flags(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<FlagPosition>,
    ) -> Result<(Vec<InboundMessage>, Option<FlagPosition>)> {
        let pk = keys::flags_of(organization);
        let range = Range {
            limit: Some(limit),
            start: after.map(|FlagPosition(sk)| start(&pk, &sk)),
            ..Range::new(pk.clone(), SortKey::Prefix(keys::OPEN.to_owned()), Consistency::Strong)
        };
        let page = self.page(&range).await?;
        let sort_keys = page.items.iter().filter_map(|item| text(item, "sk"));
        let ids: Vec<InboundId> = sort_keys.filter_map(|sk| keys::read_flag(&sk)).collect();
        let mut found = self.inbound_by_ids(organization, &ids).await?;
        // One that was decided about between the two reads.
        found.retain(InboundMessage::is_open);
        Ok((found, page.next.and_then(|key| text(&key, "sk")).map(FlagPosition)))
    }

    /// The number of flagged texts of all organizations that are due on `day` or before and that no
    /// one has decided about. Counts up to `max`.
    pub async fn count_flags_due(&self, day: NaiveDate, max: i32) -> Result<usize> {
        let range = Range {
            limit: Some(max),
            projection: Some("sk".into()),
            ..Range::new(
                keys::FLAGGED.to_owned(),
                SortKey::AtMost(keys::last_flag_due(day)),
                Consistency::Eventual,
            )
        };
        Ok(self.page(&range).await?.items.len())
    }
}
