//! Looks up a message at its provider.
//!
//! If the provider's id was lost, a message is recognized only if exactly one candidate is left
//! after the table's other messages are excluded. A wrong match would show another message's
//! status, so several candidates settle nothing.

use shared::receipt::{Receipt, only_candidate};
use shared::shard::Shards;

use crate::gateway::{Found, Gateway, LookupError, Sought};
use crate::table::{Table, TableError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Provider(#[from] LookupError),
    #[error("failed to look for other messages to the phone")]
    Table(#[from] TableError),
}

/// What the provider knows about a message, if that is certain and higher than what Volley knows.
pub async fn look_up(
    table: &Table,
    gateway: &dyn Gateway,
    sought: &Sought<'_>,
    shards: Shards,
) -> Result<Option<Receipt>, Error> {
    let message = sought.message;
    let receipt = match gateway.look_up(sought).await? {
        Found::Itself(receipt) => Some(receipt),
        Found::Candidates(candidates) if candidates.is_empty() => None,
        Found::Candidates(candidates) => {
            only_candidate(candidates, &table.provider_ids_beside(message, shards).await?)
        }
        Found::Nothing => None,
    };
    Ok(receipt.filter(|receipt| receipt.status.rank() > message.status().rank()))
}
