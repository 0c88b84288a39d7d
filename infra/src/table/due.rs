//! Due items, which the sweep reads.
//!
//! A due item is stored under its deadline: the next step must have replaced it by then. The sweep
//! moves `notBefore` forward before it re-queues the job, so that two sweeps don't queue it twice.
//! The key stays the same, so that the work's owner can always remove it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::job::{Due, Job};
use shared::time::Timestamp;
use shared::trace::TraceId;

use super::dynamo::{
    Change, Consistency, Item, Key, Range, SortKey, Transaction, Written, item, parse, text,
};
use super::keys;
use super::{Result, Table};
use crate::trace;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    job: Job,
    not_before: Timestamp,
    attempts: u32,
    /// The trace of the work that owes this. Items from before there were traces have none.
    #[serde(
        default,
        deserialize_with = "shared::trace::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    trace: Option<TraceId>,
}

/// Work that is overdue.
#[derive(Clone, Debug)]
pub struct Owed {
    key: Key,
    not_before: Timestamp,
    pub job: Job,
    pub attempts: u32,
    pub trace: Option<TraceId>,
}

fn item_of(due: &Due) -> Result<Item> {
    let trace = trace::current();
    let row = Row { job: due.job.clone(), not_before: due.at, attempts: 0, trace };
    item("due work", &keys::due(due), row)
}

impl Transaction {
    /// Replaces one owed step by the next.
    pub(super) fn replace_due(mut self, before: Option<&Due>, after: Option<&Due>) -> Result<Self> {
        if before == after {
            return Ok(self);
        }
        let (before, after) = (before.map(keys::due), after);
        if let Some(before) = before.filter(|key| Some(key) != after.map(keys::due).as_ref()) {
            self = self.delete(before);
        }
        match after {
            Some(due) => Ok(self.put(item_of(due)?)),
            None => Ok(self),
        }
    }
}

impl Table {
    /// The work in one partition that is overdue at `now`. An item that can't be read, such as one of
    /// a newer release, must not hide the others.
    pub async fn overdue(&self, partition: u16, now: Timestamp) -> Result<Vec<Result<Owed>>> {
        let pk = keys::due_partition(partition);
        let range = Range::new(pk, SortKey::AtMost(now.to_string()), Consistency::Strong);
        let items = self.all(range).await?;
        let owed = items.into_iter().map(|item| {
            let key = Key {
                pk: text(&item, "pk").unwrap_or_default(),
                sk: text(&item, "sk").unwrap_or_default(),
            };
            let Row { job, not_before, attempts, trace } = parse("due work", item)?;
            Ok(Owed { key, not_before, job, attempts, trace })
        });
        let may_be_queued =
            |owed: &Result<Owed>| owed.as_ref().map_or(true, |owed| owed.not_before <= now);
        Ok(owed.filter(may_be_queued).collect())
    }

    /// Takes overdue work in order to re-queue it. Returns `false` if another sweep took it, or it
    /// is done.
    pub async fn take_overdue(&self, owed: &Owed, until: Timestamp) -> Result<bool> {
        let change = Change {
            update: "SET notBefore = :until, attempts = attempts + :one".to_owned(),
            condition: "notBefore = :seen".to_owned(),
            ..Change::default()
        }
        .value(":until", until.to_string())
        .value(":seen", owed.not_before.to_string())
        .value(":one", AttributeValue::N("1".to_owned()));
        Ok(self.change(&owed.key, change).await? == Written::Done)
    }

    /// Removes work that no longer has an owner.
    pub async fn forget_overdue(&self, owed: &Owed) -> Result<()> {
        self.remove(&owed.key, "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }

    /// The number of partitions of due items.
    #[must_use]
    pub fn due_partitions() -> u16 {
        keys::DUE_PARTITIONS
    }
}
