//! Reads everything that a count needs of a campaign's shard.

use serde::Deserialize;
use shared::chunk_state::Progress;
use shared::ids::{CampaignId, MessageId};
use shared::message::{FailureReason, Status, Words};
use shared::receipt::Delivery;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Item, Range, SortKey, parse, text};
use super::{Result, Table, TableError, keys, messages, receipts};

/// One of the items after a shard's chunks, with the part that a count needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardItem {
    ChunkState {
        is_done: bool,
    },
    Message {
        id: MessageId,
        claimed_at: Timestamp,
        words: Words,
    },
    /// A receipt that waits for its message.
    Parked(Box<Delivery>),
}

/// The attributes to read. A campaign has many items, and each attribute costs a poll time.
const READ: &str = "sk, progress, claimedAt, acceptedAt, failedAt, receipt, receiptAt, \
                    receiptFailure, unknownAt, delivery";
const MESSAGE: &str = "a message";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WordsRow {
    claimed_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    receipt: Option<Status>,
    receipt_at: Option<Timestamp>,
    receipt_failure: Option<FailureReason>,
    unknown_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct StateRow {
    progress: Progress,
}

fn message(item: Item) -> Result<ShardItem> {
    let id = messages::id_of(&item)?;
    let row: WordsRow = parse(MESSAGE, item)?;
    let accepted = row.accepted_at.map(|at| (Status::Sent, at));
    let failed = row.failed_at.map(|at| (Status::Failed, at));
    let claimed_at = row.claimed_at.or(row.failed_at);
    let lacks = || TableError::malformed(MESSAGE, format!("{id} lacks claimedAt"));
    Ok(ShardItem::Message {
        id,
        claimed_at: claimed_at.ok_or_else(lacks)?,
        words: Words {
            outcome: accepted.or(failed),
            receipt: row.receipt.zip(row.receipt_at),
            receipt_failure: row.receipt_failure,
            unknown_at: row.unknown_at,
        },
    })
}

impl Table {
    /// Passes every item of a shard to `each`, page by page. Very recent writes may be missing.
    pub async fn each_of_shard(
        &self,
        campaign: CampaignId,
        shard: u16,
        mut each: impl FnMut(ShardItem),
    ) -> Result<()> {
        // These three prefixes are consecutive, and `$` follows `#`.
        let end = keys::PARKED.replace('#', "$");
        let all = SortKey::Between(keys::CHUNK_STATE.to_owned(), end);
        let mut range = Range {
            projection: Some(READ.into()),
            ..Range::new(keys::campaign_shard(campaign, shard), all, Consistency::Eventual)
        };
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                let is = |prefix| text(&item, "sk").is_some_and(|sk| sk.starts_with(prefix));
                each(if is(keys::MESSAGE) {
                    message(item)?
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
