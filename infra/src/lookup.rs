//! Finding out what became of a message, at its provider.
//!
//! A message whose provider's id was lost is recognized only if exactly one candidate remains once
//! those are excluded that the table knows as other messages. A wrong match would show one message
//! with another's fate, so several candidates settle nothing.

use shared::receipt::{Receipt, only_candidate};

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
    shards: u16,
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
