//! Lists of the register, including the entries of erased people.

use shared::erasure::ErasedHash;
use shared::organization::Organization;
use shared::unsubscribe::ListedUnsubscribe;

use super::super::dynamo::{Item, SortKey, parse, text};
use super::super::walk::{ShardPosition, Walk};
use super::super::{Result, Table, keys};
use super::{KIND, Row};

impl Table {
    /// An organization's unsubscribed phones, shard by shard.
    pub async fn unsubscribes(
        &self,
        organization: &Organization,
        limit: usize,
        after: Option<ShardPosition>,
    ) -> Result<(Vec<ListedUnsubscribe>, Option<ShardPosition>)> {
        let walk = Walk { sort_keys: register, limit, is_selective: false };
        self.walk(organization, walk, after, listed).await
    }

    /// The next ones of a shard for a job that reads all of them: up to 1 MB, eventually consistent.
    pub async fn unsubscribes_in_bulk(
        &self,
        organization: &Organization,
        at: ShardPosition,
    ) -> Result<(Vec<ListedUnsubscribe>, Option<ShardPosition>)> {
        self.walk_in_bulk(organization, (register(), None), at, listed).await
    }
}

/// The entries of erased people sort right before the others.
fn register() -> SortKey {
    SortKey::Between(keys::ERASED.to_owned(), format!("{}~", keys::UNSUBSCRIBED))
}

/// An entry of the register, unless the person has subscribed again.
fn listed(item: Item) -> Result<Option<ListedUnsubscribe>> {
    let sk = text(&item, "sk").unwrap_or_default();
    let row: Row = parse(KIND, item)?;
    if row.opted_out != Some(true) {
        return Ok(None);
    }
    Ok(Some(row.listed(sk.strip_prefix(keys::ERASED).and_then(ErasedHash::parse))))
}
