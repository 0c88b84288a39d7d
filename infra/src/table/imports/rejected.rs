//! The rows that an import has rejected: one item for each batch that has any, in the order of rows.
//!
//! They are written in the transaction that moves the import's progress past them, so that each
//! rejected row is kept exactly once.

use serde::{Deserialize, Serialize};
use shared::erasure::PhoneSearch;
use shared::import::{Import, RowError};
use shared::phone::Phone;

use super::super::dynamo::{
    Consistency, Key, Range, SortKey, Transaction, item, parse, start, text,
};
use super::super::{Result, Table, keys};

/// They are kept as long as the file that they are from.
const DAYS_KEPT: i64 = 30;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    rejected: Vec<RowError>,
    expires_at: i64,
}

const KIND: &str = "rejected rows";

/// Where a list of rejected rows goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedPosition(String);

impl Transaction {
    /// Adds the rejected rows of one batch.
    pub(super) fn reject_rows(self, import: &Import, rejected: &[RowError]) -> Result<Self> {
        let Some(first) = rejected.first() else {
            return Ok(self);
        };
        let expires_at = import.updated_at.plus_seconds(DAYS_KEPT * 86_400).unix_seconds();
        let row = Row { rejected: rejected.to_vec(), expires_at };
        Ok(self.put(item(KIND, &keys::rejected(import.id, first.row), row)?))
    }
}

impl Table {
    /// Deletes the batches of an import's rejected rows that hold a phone.
    pub async fn erase_rejected_rows(&self, import: &Import, phone: &Phone) -> Result<()> {
        let rows = SortKey::Prefix(keys::REJECTED.to_owned());
        let partition = keys::import_partition(import.id);
        let mut range = Range::new(partition.clone(), rows, Consistency::Strong);
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                let sk = text(&item, "sk").unwrap_or_default();
                let row: Row = parse(KIND, item)?;
                let is_in = |error: &RowError| {
                    let mut search = PhoneSearch::new(phone);
                    search.read(error.value.as_deref().unwrap_or_default().as_bytes());
                    search.read(b"\n");
                    search.read(error.reason.as_bytes());
                    search.is_found()
                };
                if row.rejected.iter().any(is_in) {
                    let key = Key::new(partition.clone(), sk);
                    self.remove(&key, "attribute_exists(pk)", Vec::new()).await?;
                }
            }
            range.start = page.next;
            if range.start.is_none() {
                return Ok(());
            }
        }
    }

    /// The next rejected rows of an import, in the order of the file.
    pub async fn rejected_rows(
        &self,
        import: &Import,
        after: Option<RejectedPosition>,
        batches: Option<i32>,
    ) -> Result<(Vec<RowError>, Option<RejectedPosition>)> {
        let pk = keys::import_partition(import.id);
        let range = Range {
            limit: batches,
            start: after.map(|RejectedPosition(sk)| start(&pk, &sk)),
            ..Range::new(
                pk.clone(),
                SortKey::Prefix(keys::REJECTED.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let mut rows = Vec::new();
        for item in page.items {
            rows.extend(parse::<Row>(KIND, item)?.rejected);
        }
        let next = page.next.as_ref().and_then(|key| text(key, "sk")).map(RejectedPosition);
        Ok((rows, next))
    }
}
