//! The bucket of a sender: read, decided and written on its version.
//!
//! All runs that hand over for one sender write this item, so a writer often loses its race. A lost
//! race says nothing about the sender: the writer tries again until it wins.

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

    /// Writes what `decide` makes of a sender's pace, and decides again after a lost race. Returns
    /// what was decided.
    ///
    /// Every race has a winner, and the waits between the tries grow and differ, so even a hundred
    /// writers get through well within the patience: `Throttled` means that the table itself has no
    /// room.
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
