//! A sender's bucket, written on the condition that its version has not changed.
//!
//! All runs that send for the same sender write this item, so a writer often loses its race. That
//! says nothing about the sender, so the writer retries until it wins.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::pace::Pace;
use shared::phone::Phone;

use super::dynamo::{ABSENT, Consistency, Written, back_off, item};
use super::{Result, Table, TableError, keys};

#[derive(Serialize, Deserialize)]
struct Row {
    pace: Pace,
    version: u64,
}

const KIND: &str = "a sender's pace";

impl Table {
    pub async fn pace(&self, sender: &Phone) -> Result<Pace> {
        let row: Option<Row> = self.get(KIND, &keys::pace(sender), Consistency::Strong).await?;
        Ok(row.map(|row| row.pace).unwrap_or_default())
    }

    /// Writes what `decide` returns for a sender's pace, and decides again after a lost race.
    /// Returns the decision.
    ///
    /// Every race has a winner, and the waits grow and have jitter, so even a hundred writers
    /// finish well within the patience. `Throttled` means that the table itself is out of capacity.
    pub async fn update_pace<T>(
        &self,
        sender: &Phone,
        decide: impl Fn(Pace) -> (Pace, T),
    ) -> Result<T> {
        let key = keys::pace(sender);
        let mut waits = back_off::waits(back_off::Patience::Race);
        loop {
            let found: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
            let (condition, seen) = match &found {
                None => (ABSENT, None),
                Some(row) => ("version = :seen", Some(row.version)),
            };
            let seen = seen.map(|version| (":seen", AttributeValue::N(version.to_string())));
            let Row { pace, version } = found.unwrap_or(Row { pace: Pace::default(), version: 0 });
            let (pace, decided) = decide(pace);
            let row = item(KIND, &key, Row { pace, version: version + 1 })?;
            let values = seen.into_iter().collect();
            if self.put(row, condition, values).await? == Written::Done {
                return Ok(decided);
            }
            let lost = TableError::Throttled { operation: "update of a pace" };
            tokio::time::sleep(waits.next().ok_or(lost)?).await;
        }
    }
}
