//! The rows that an import has rejected: one item for each batch that has any, in the order of rows.
//!
//! They are written in the transaction that moves the import's progress past them, so that each
//! rejected row is kept exactly once.

use serde::{Deserialize, Serialize};
use shared::import::{Import, RowError};

use super::super::dynamo::{Consistency, Range, SortKey, Transaction, item, parse, start, text};
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
        let expires_at = import.updated_at.plus_seconds(DAYS_KEPT * 86_400).millis() / 1_000;
        let row = Row { rejected: rejected.to_vec(), expires_at };
        Ok(self.put(item(KIND, &keys::rejected(import.id, first.row), row)?))
    }
}

impl Table {
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
