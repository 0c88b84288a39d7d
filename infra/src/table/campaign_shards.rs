//! Reads everything that a count needs of a campaign's shard.

use serde::Deserialize;
use shared::body::Format;
use shared::campaign::Campaign;
use shared::chunk_state::Progress;
use shared::message::Message;
use shared::receipt::Delivery;

use super::dynamo::{Consistency, Item, Range, SortKey, parse, text};
use super::{Result, Table, TableError, keys, messages, receipts};

/// One of the items after a shard's chunks, with the part that a count needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardItem {
    ChunkState {
        is_done: bool,
    },
    /// A message without its claim's token and the provider's ids, which counts don't need.
    Message(Box<Message>),
    /// A receipt that waits for its message.
    Parked(Box<Delivery>),
}

/// The attributes to read. A campaign has many items, and each attribute costs a poll time.
const READ: &str = "sk, #to, progress, claimedAt, acceptedAt, failedAt, failure, code, receipt, \
                    receiptAt, receiptFailure, receiptCode, unknownAt, deliveredAt, delivery, \
                    erasedAt, erasedRegion";
/// The same for a body with merge fields, whose texts have different parts.
const READ_WITH_TEXTS: &str = "sk, #to, progress, claimedAt, acceptedAt, failedAt, failure, code, \
                               receipt, receiptAt, receiptFailure, receiptCode, unknownAt, \
                               deliveredAt, delivery, erasedAt, erasedRegion, body";
/// A reserved word of expressions.
const NAMES: [(&str, &str); 1] = [("#to", "to")];

#[derive(Deserialize)]
struct StateRow {
    progress: Progress,
}

impl Table {
    /// Passes every item of a shard to `each`, page by page. Very recent writes may be missing.
    pub async fn each_of_shard(
        &self,
        campaign: &Campaign,
        shard: u16,
        mut each: impl FnMut(ShardItem),
    ) -> Result<()> {
        // These three prefixes are consecutive, and `$` follows `#`.
        let end = keys::PARKED.replace('#', "$");
        let all = SortKey::Between(keys::CHUNK_STATE.to_owned(), end);
        let read = match campaign.body_sent().format() {
            Format::Text => READ,
            Format::Template => READ_WITH_TEXTS,
        };
        let mut range = Range {
            projection: Some(read.into()),
            names: &NAMES,
            ..Range::new(keys::campaign_shard(campaign.id, shard), all, Consistency::Eventual)
        };
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                let is = |prefix| text(&item, "sk").is_some_and(|sk| sk.starts_with(prefix));
                each(if is(keys::MESSAGE) {
                    ShardItem::Message(Box::new(message(item, campaign)?))
                } else if is(keys::CHUNK_STATE) {
                    let StateRow { progress } = parse("a chunk", item)?;
                    ShardItem::ChunkState { is_done: progress == Progress::Done }
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

fn message(item: Item, campaign: &Campaign) -> Result<Message> {
    messages::read_counted(item, campaign.organization_id, campaign.id)
}
