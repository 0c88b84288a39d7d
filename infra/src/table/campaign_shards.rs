//! What came of a shard of a campaign, in one read.

use shared::chunk_state::ChunkState;
use shared::ids::{CampaignId, OrganizationId};
use shared::message::Message;
use shared::receipt::Delivery;

use super::read::{Consistency, Range, SortKey, text};
use super::{Result, Table, TableError, chunks, keys, messages, receipts};

/// One of the items that follow a shard's chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardItem {
    ChunkState(ChunkState),
    Message(Box<Message>),
    /// A receipt that waits for its message.
    Parked(Box<Delivery>),
}

impl Table {
    /// Hands every item of a shard to `each`, page by page. What was written in the last moment
    /// may be missing.
    pub async fn each_of_shard(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        shard: u16,
        mut each: impl FnMut(ShardItem),
    ) -> Result<()> {
        // These three prefixes follow each other; `$` follows `#`.
        let end = keys::PARKED.replace('#', "$");
        let all = SortKey::Between(keys::CHUNK_STATE.to_owned(), end);
        let partition = keys::campaign_shard(campaign, shard);
        let mut range = Range::new(partition, all, Consistency::Eventual);
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                let is = |prefix| text(&item, "sk").is_some_and(|sk| sk.starts_with(prefix));
                each(if is(keys::MESSAGE) {
                    ShardItem::Message(Box::new(messages::read(item, organization, campaign)?))
                } else if is(keys::CHUNK_STATE) {
                    ShardItem::ChunkState(chunks::read_state(item)?)
                } else if is(keys::PARKED) {
                    ShardItem::Parked(Box::new(receipts::read_parked(item)?))
                } else {
                    return Err(TableError::malformed("a campaign's shard", "unknown item"));
                });
            }
            range.start = page.next;
            if range.start.is_none() {
                return Ok(());
            }
        }
    }
}
