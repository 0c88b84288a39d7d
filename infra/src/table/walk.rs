//! Lists that walk through an audience's shards, one after the other.

use serde::{Deserialize, Serialize};
use shared::organization::Organization;

use super::dynamo::{Consistency, Item, Range, SortKey, start, text};
use super::{Result, Table, keys};

/// The maximum number of items that a request reads. A register may consist mostly of people who
/// subscribed again, whom the list doesn't show.
const MAX_ITEMS: usize = 1_000;
/// The maximum number of queries per request: more than a small audience has shards, most of them
/// empty.
const MAX_QUERIES: usize = 64;

/// The position at which such a list continues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardPosition {
    shard: u16,
    after: Option<String>,
}

impl ShardPosition {
    /// Behind the item with the sort key `after` of a shard, or at its beginning.
    #[must_use]
    pub fn new(shard: u16, after: Option<String>) -> Self {
        Self { shard, after }
    }

    #[must_use]
    pub fn into_parts(self) -> (u16, Option<String>) {
        (self.shard, self.after)
    }
}

impl Table {
    /// Up to `limit` items whose sort key starts with `prefix` and that `keep` accepts. A page may
    /// be short or even empty although the list continues.
    pub(super) async fn walk<T>(
        &self,
        organization: &Organization,
        prefix: &str,
        limit: usize,
        after: Option<ShardPosition>,
        keep: impl Fn(Item) -> Result<Option<T>>,
    ) -> Result<(Vec<T>, Option<ShardPosition>)> {
        let ShardPosition { mut shard, mut after } =
            after.unwrap_or(ShardPosition { shard: 0, after: None });
        let mut kept = Vec::with_capacity(limit);
        let (mut items, mut queries) = (0, 0);
        while shard < organization.shards
            && kept.len() < limit
            && items < MAX_ITEMS
            && queries < MAX_QUERIES
        {
            let pk = keys::audience(organization.id, shard);
            let range = Range {
                limit: i32::try_from(limit - kept.len()).ok(),
                start: after.as_deref().map(|sk| start(&pk, sk)),
                ..Range::new(pk.clone(), SortKey::Prefix(prefix.to_owned()), Consistency::Strong)
            };
            let page = self.page(&range).await?;
            queries += 1;
            items += page.items.len();
            for item in page.items {
                kept.extend(keep(item)?);
            }
            after = page.next.as_ref().and_then(|key| text(key, "sk"));
            if after.is_none() {
                shard += 1;
            }
        }
        let next = (shard < organization.shards).then_some(ShardPosition { shard, after });
        Ok((kept, next))
    }
}
