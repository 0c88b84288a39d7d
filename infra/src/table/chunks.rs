//! Chunks of a campaign's audience, and their states.

mod erase;
mod layout;

pub use erase::is_cut_through;
pub(super) use layout::{PHONES, phones_in};
pub use layout::{chunk_write_units, mark_write_units};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use shared::chunk::{Chunk, Mark};
use shared::chunk_state::ChunkState;
use shared::ids::CampaignId;

use super::dynamo::{
    ABSENT, Change, Consistency, Item, Range, SortKey, Transacted, Transaction, Written, item,
    parse, text,
};
use super::keys;
use super::{Result, Table, TableError};
use crate::clock;

/// The result of writing a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkPut {
    Written,
    /// Another run wrote this chunk first. Its chain continues from there.
    Exists(Chunk),
}

const KIND: &str = "a chunk";
/// When a chunk or a mark is removed, in seconds since 1970.
const EXPIRES_AT: &str = "expiresAt";

fn number(item: &Item, prefix: &str) -> Result<u32> {
    text(item, "sk")
        .and_then(|sk| sk.strip_prefix(prefix)?.parse().ok())
        .ok_or_else(|| TableError::malformed(KIND, "its sort key has no number"))
}

fn read_state(item: Item) -> Result<ChunkState> {
    let number = number(&item, keys::CHUNK_STATE)?;
    Ok(ChunkState { number, ..parse(KIND, item)? })
}

fn value(of: impl Serialize) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(of).map_err(|error| TableError::malformed(KIND, error))
}

impl Table {
    /// The last chunk of a shard that has been cut so far.
    pub async fn last_chunk(&self, campaign: CampaignId, shard: u16) -> Result<Option<Chunk>> {
        let range = Range {
            newest_first: true,
            limit: Some(1),
            ..Range::new(
                keys::campaign_shard(campaign, shard),
                SortKey::Prefix(keys::CHUNK.to_owned()),
                Consistency::Strong,
            )
        };
        self.page(&range).await?.items.into_iter().next().map(layout::read).transpose()
    }

    /// How far a shard was read since a chunk of it was cut.
    pub async fn mark(&self, campaign: CampaignId, shard: u16) -> Result<Option<Mark>> {
        let key = keys::mark(campaign, shard);
        let item = self.get_item(&key, Consistency::Strong).await?;
        item.map(layout::read_mark).transpose()
    }

    /// Replaces a shard's mark, unless that is one of a later chunk. Of the marks of one chunk, any is as
    /// good as another.
    pub async fn put_mark(&self, campaign: CampaignId, shard: u16, mark: &Mark) -> Result<()> {
        let row = self.expiring(layout::write_mark(&keys::mark(campaign, shard), mark)?);
        let condition = "attribute_not_exists(pk) OR chunkNumber <= :number";
        let number = AttributeValue::N(mark.0.number.to_string());
        self.put(row, condition, vec![(":number", number)]).await?;
        Ok(())
    }

    pub async fn chunk(
        &self,
        campaign: CampaignId,
        shard: u16,
        number: u32,
    ) -> Result<Option<Chunk>> {
        let key = keys::chunk(campaign, shard, number);
        self.get_item(&key, Consistency::Strong).await?.map(layout::read).transpose()
    }

    /// Up to `limit` chunks of a shard from `number` on.
    pub async fn chunks_from(
        &self,
        campaign: CampaignId,
        shard: u16,
        number: u32,
        limit: i32,
    ) -> Result<Vec<Chunk>> {
        self.chunks_as(campaign, (shard, number), limit, Consistency::Eventual).await
    }

    async fn chunks_as(
        &self,
        campaign: CampaignId,
        (shard, number): (u16, u32),
        limit: i32,
        consistency: Consistency,
    ) -> Result<Vec<Chunk>> {
        let range = Range {
            limit: Some(limit),
            ..Range::new(
                keys::campaign_shard(campaign, shard),
                SortKey::Between(
                    keys::chunk(campaign, shard, number).sk,
                    format!("{}~", keys::CHUNK),
                ),
                consistency,
            )
        };
        self.page(&range).await?.items.into_iter().map(layout::read).collect()
    }

    fn expiring(&self, mut row: Item) -> Item {
        let ends_at = self.kept.ends_at(clock::now());
        row.insert(EXPIRES_AT.to_owned(), AttributeValue::N(ends_at.to_string()));
        row
    }

    /// Writes a chunk unless it exists, along with its state if it has recipients.
    pub async fn put_chunk(
        &self,
        campaign: CampaignId,
        shard: u16,
        chunk: &Chunk,
        state: Option<&ChunkState>,
    ) -> Result<ChunkPut> {
        let key = keys::chunk(campaign, shard, chunk.number);
        let row = self.expiring(layout::write(&key, chunk)?);
        let written = match state {
            None => self.put(row, ABSENT, Vec::new()).await? == Written::Done,
            Some(state) => {
                let key = keys::chunk_state(campaign, shard, chunk.number);
                let state = item(KIND, &key, state)?;
                let transaction = Transaction::default().put_absent(row).put_absent(state);
                self.transact(transaction).await? == Transacted::Done
            }
        };
        if written {
            return Ok(ChunkPut::Written);
        }
        match self.chunk(campaign, shard, chunk.number).await? {
            Some(existing) => Ok(ChunkPut::Exists(existing)),
            // Two runs collided in a transaction, and neither has written yet.
            None => Err(TableError::Throttled { operation: "TransactWriteItems" }),
        }
    }

    pub async fn chunk_state(
        &self,
        campaign: CampaignId,
        shard: u16,
        number: u32,
    ) -> Result<Option<ChunkState>> {
        let key = keys::chunk_state(campaign, shard, number);
        self.get_item(&key, Consistency::Strong).await?.map(read_state).transpose()
    }

    /// The states of all chunks of a shard.
    pub async fn chunk_states(&self, campaign: CampaignId, shard: u16) -> Result<Vec<ChunkState>> {
        let range = Range::new(
            keys::campaign_shard(campaign, shard),
            SortKey::Prefix(keys::CHUNK_STATE.to_owned()),
            Consistency::Strong,
        );
        self.all(range).await?.into_iter().map(read_state).collect()
    }

    /// Writes a chunk's state if `before` is still current. Returns `false` if it is not.
    pub async fn save_chunk_state(
        &self,
        campaign: CampaignId,
        shard: u16,
        before: &ChunkState,
        after: &ChunkState,
    ) -> Result<bool> {
        // Names all fields, so that a new one can't be left out of the update.
        let ChunkState {
            number,
            recipients: _,
            parts,
            progress,
            epoch,
            attempts,
            arms,
            throttles,
            handed,
            heard,
            recent,
            grant,
            due_at,
            settled_at,
            updated_at,
        } = after;
        let key = keys::chunk_state(campaign, shard, *number);
        let change = Change {
            update: "SET progress = :progress, partsLeft = :parts, epoch = :epoch, attempts = :attempts, \
                     arms = :arms, throttles = :throttles, handed = :handed, heard = :heard, \
                     recent = :recent, onTrial = :grant, dueAt = :due, settledAt = :settled, \
                     updatedAt = :now"
                .to_owned(),
            condition: "updatedAt = :seen AND progress = :progressSeen".to_owned(),
            ..Change::default()
        };
        let change = change
            .value(":progress", value(progress)?)
            .value(":progressSeen", value(before.progress)?)
            .value(":heard", value(heard)?)
            .value(":recent", value(recent)?)
            .value(":parts", value(parts)?)
            .value(":grant", value(grant)?)
            .value(":due", value(due_at)?)
            .value(":settled", value(settled_at)?)
            .value(":epoch", *epoch)
            .value(":attempts", *attempts)
            .value(":arms", *arms)
            .value(":throttles", *throttles)
            .value(":handed", *handed)
            .value(":now", updated_at.to_string())
            .value(":seen", before.updated_at.to_string());
        Ok(self.change(&key, change).await? == Written::Done)
    }
}
