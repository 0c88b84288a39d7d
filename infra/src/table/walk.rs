//! Lists that walk through an audience's shards, one after the other.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use shared::organization::Organization;

use super::dynamo::{Consistency, Item, Range, SortKey, start, text};
use super::{Result, Table, keys};

/// The maximum number of items that a request reads. A register may consist mostly of people who
/// subscribed again, whom the list doesn't show.
const MAX_ITEMS: usize = 1_000;
/// And sends at most this many queries: more than a small audience has shards, most of which are
/// empty.
const MAX_QUERIES: usize = 64;
/// The number of items that a selective list reads at once: at most 1 MB, which is one query.
const ITEMS_AT_ONCE: usize = 250;

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

/// What a list reads.
pub(super) struct Walk<F> {
    /// The sort keys of what is listed.
    pub(super) sort_keys: F,
    pub(super) limit: usize,
    /// Whether few of the items may be kept. Then a page reads at most about 1 MB, eventually
    /// consistent, and can be short.
    pub(super) is_selective: bool,
}

impl Table {
    /// The next items of one shard for a job that reads all of them: up to 1 MB, eventually consistent,
    /// with the attributes of `projection` or with all.
    pub(super) async fn walk_in_bulk<T>(
        &self,
        organization: &Organization,
        (sort_keys, projection): (SortKey, Option<&'static str>),
        at: ShardPosition,
        keep: impl Fn(Item) -> Result<Option<T>>,
    ) -> Result<(Vec<T>, Option<ShardPosition>)> {
        let ShardPosition { shard, after } = at;
        if shard >= organization.shards.count() {
            return Ok((Vec::new(), None));
        }
        let pk = keys::audience(organization.id, shard);
        let range = Range {
            start: after.as_deref().map(|sk| start(&pk, sk)),
            projection: projection.map(Cow::Borrowed),
            ..Range::new(pk.clone(), sort_keys, Consistency::Eventual)
        };
        let page = self.page(&range).await?;
        let after = page.next.as_ref().and_then(|key| text(key, "sk"));
        let shard = if after.is_none() { shard + 1 } else { shard };
        let kept = page.items.into_iter().filter_map(|item| keep(item).transpose());
        let next = (shard < organization.shards.count()).then_some(ShardPosition { shard, after });
        Ok((kept.collect::<Result<_>>()?, next))
    }

    /// Up to `limit` items that `keep` returns a value for. A page can be short, even empty, although
    /// the list goes on.
    pub(super) async fn walk<T, F: Fn() -> SortKey>(
        &self,
        organization: &Organization,
        walk: Walk<F>,
        after: Option<ShardPosition>,
        keep: impl Fn(Item) -> Result<Option<T>>,
    ) -> Result<(Vec<T>, Option<ShardPosition>)> {
        let Walk { sort_keys, limit, is_selective } = walk;
        let (max_items, consistency) = if is_selective {
            (ITEMS_AT_ONCE, Consistency::Eventual)
        } else {
            (MAX_ITEMS, Consistency::Strong)
        };
        let ShardPosition { mut shard, mut after } =
            after.unwrap_or(ShardPosition { shard: 0, after: None });
        let mut kept = Vec::with_capacity(limit);
        let (mut items, mut queries) = (0, 0);
        while shard < organization.shards.count()
            && kept.len() < limit
            && items < max_items
            && queries < MAX_QUERIES
        {
            let pk = keys::audience(organization.id, shard);
            let at_once = if is_selective { max_items - items } else { limit - kept.len() };
            let range = Range {
                limit: i32::try_from(at_once).ok(),
                start: after.as_deref().map(|sk| start(&pk, sk)),
                ..Range::new(pk.clone(), sort_keys(), consistency)
            };
            let page = self.page(&range).await?;
            queries += 1;
            items += page.items.len();
            after = page.next.as_ref().and_then(|key| text(key, "sk"));
            let mut rest = page.items.into_iter();
            while kept.len() < limit
                && let Some(item) = rest.next()
            {
                let sk = text(&item, "sk");
                kept.extend(keep(item)?);
                if kept.len() == limit && rest.len() > 0 {
                    after = sk;
                }
            }
            if after.is_none() {
                shard += 1;
            }
        }
        let next = (shard < organization.shards.count()).then_some(ShardPosition { shard, after });
        Ok((kept, next))
    }
}
