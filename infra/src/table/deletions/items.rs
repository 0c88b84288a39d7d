//! Removes the items of an organization, partition by partition.
//!
//! A run needs no position: it begins where the last one ended, because what that one removed is gone.

use std::time::Duration;

use shared::organization::Organization;
use shared::time::Timestamp;

use super::super::dynamo::{Consistency, Item, Key, Range, SortKey, Transacted, Transaction, text};
use super::super::halts::HaltScope;
use super::super::months::months_since;
use super::super::{Result, Table, TableError, keys};
use crate::clock;

/// The number of items that are removed at once, which is the maximum of a transaction.
const AT_ONCE: usize = 100;
/// The wait after each full batch of items. A partition accepts 1,000 write units per second, an item takes at least
/// two, and others of the same partition need some.
const WAIT: Duration = Duration::from_millis(300);
/// Behind every sort key.
const LAST: &str = "~";

/// How far the removal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    All,
    /// The time was up.
    Some,
}

impl Table {
    /// Removes everything of the organization but the record of its deletion and its numbers, until the time
    /// is up.
    pub async fn remove_organization(
        &self,
        organization: &Organization,
        until: Timestamp,
    ) -> Result<Removed> {
        for root in roots(organization, clock::now()) {
            if self.remove_root(organization, root, until).await? == Removed::Some {
                return Ok(Removed::Some);
            }
        }
        Ok(Removed::All)
    }

    /// Removes a partition's items, each after what it leads to.
    async fn remove_root(
        &self,
        organization: &Organization,
        root: String,
        until: Timestamp,
    ) -> Result<Removed> {
        let record = keys::deletion(organization.id);
        loop {
            let page = self.page(&Range { limit: Some(100), ..whole(root.clone()) }).await?;
            let items: Vec<Item> = page
                .items
                .into_iter()
                .filter(|item| key(item).ok().as_ref() != Some(&record))
                .collect();
            if items.is_empty() {
                return Ok(Removed::All);
            }
            let mut gone = Vec::new();
            for item in &items {
                let beside = self.beside(organization, item).await?;
                for partition in beside.partitions {
                    if self.remove_partition(partition, until).await? == Removed::Some {
                        return Ok(Removed::Some);
                    }
                }
                self.remove_all(beside.keys).await?;
                gone.push(key(item)?);
            }
            self.remove_all(gone).await?;
            if clock::now() > until {
                return Ok(Removed::Some);
            }
        }
    }

    async fn remove_partition(&self, pk: String, until: Timestamp) -> Result<Removed> {
        loop {
            let range = Range { projection: Some("pk, sk".into()), ..whole(pk.clone()) };
            let page = self.page(&range).await?;
            if page.items.is_empty() {
                return Ok(Removed::All);
            }
            for items in page.items.chunks(AT_ONCE) {
                if clock::now() > until {
                    return Ok(Removed::Some);
                }
                self.remove_all(items.iter().map(key).collect::<Result<_>>()?).await?;
            }
        }
    }

    /// Removes items, whether they exist or not.
    async fn remove_all(&self, mut keys: Vec<Key>) -> Result<()> {
        keys.sort_unstable_by(|one, other| (&one.pk, &one.sk).cmp(&(&other.pk, &other.sk)));
        // A transaction may name an item only once.
        keys.dedup();
        for some in keys.chunks(AT_ONCE) {
            let transaction =
                some.iter().cloned().fold(Transaction::default(), Transaction::delete);
            match self.transact(transaction).await? {
                Transacted::Done => {}
                Transacted::Refused(_) | Transacted::Conflict => {
                    return Err(TableError::Throttled { operation: "removal of items" });
                }
            }
            if some.len() == AT_ONCE {
                tokio::time::sleep(WAIT).await;
            }
        }
        Ok(())
    }
}

fn whole(pk: String) -> Range {
    Range::new(pk, SortKey::AtMost(LAST.to_owned()), Consistency::Strong)
}

fn key(item: &Item) -> Result<Key> {
    let parts = text(item, "pk").zip(text(item, "sk"));
    let (pk, sk) = parts.ok_or_else(|| TableError::malformed("an item", "it has no key"))?;
    Ok(Key { pk, sk })
}

/// The partitions from which everything is found. The halt goes last, because workers read it.
fn roots(organization: &Organization, now: Timestamp) -> Vec<String> {
    let id = organization.id;
    let monthly = months_since(organization.created_at, now)
        .flat_map(|month| [keys::inbound_of_month(id, month), keys::audit(id, month)]);
    let audience = organization.shards.all().map(|shard| keys::audience(id, shard));
    let others = [
        keys::flags_of(id),
        keys::webhooks(id).pk,
        keys::reports(id),
        keys::quoting(id).pk,
        keys::previewing(id).pk,
        keys::test_messages_counted(id, now).pk,
        keys::organization_partition(id),
        keys::halt(HaltScope::Organization(id)).pk,
    ];
    monthly.chain(audience).chain(others).collect()
}
