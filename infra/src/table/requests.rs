//! The requests that callers made in a minute.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use shared::rate::{RateLimit, WINDOW_SECONDS};
use shared::time::Timestamp;

use super::dynamo::{Change, parse};
use super::{Result, Table, keys};

const KIND: &str = "a number of requests";

/// The table removes items late, so this only has to be longer than the minute.
const FORGOTTEN_SECONDS: i64 = 10 * WINDOW_SECONDS;

#[derive(Deserialize)]
struct Row {
    taken: u32,
}

impl Table {
    /// Takes a lease of the requests that a caller may make in the minute that begins at `window`.
    /// Returns how many are taken by then, or `None` if too few are left.
    pub async fn lease_requests(
        &self,
        caller: &str,
        window: Timestamp,
        limit: RateLimit,
    ) -> Result<Option<u32>> {
        let lease = limit.lease();
        let expires_at = window.plus_seconds(FORGOTTEN_SECONDS).unix_seconds();
        let change = Change {
            update: "SET expiresAt = :expires ADD taken :lease".to_owned(),
            condition: "attribute_not_exists(taken) OR taken <= :most".to_owned(),
            ..Change::default()
        };
        let change = change
            .value(":expires", AttributeValue::N(expires_at.to_string()))
            .value(":lease", lease)
            .value(":most", limit.per_minute() - lease);
        let written = self.change_and_read(&keys::requests(caller, window), change).await?;
        let row: Option<Row> = written.map(|written| parse(KIND, written)).transpose()?;
        Ok(row.map(|row| row.taken))
    }
}
