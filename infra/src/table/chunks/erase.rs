//! Overwrites members of chunks who were erased. Everyone keeps their place.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::chunk::Chunk;
use shared::ids::{CampaignId, MessageId};
use shared::phone::Phone;
use shared::recipient::{Addressee, Recipient};

use super::super::dynamo::{Consistency, Item, Written};
use super::super::{Result, Table, TableError, keys};
use super::{EXPIRES_AT, layout};

/// The number of people who may be erased from a chunk at the same time.
const MAX_RACES: usize = 10;

impl Table {
    /// The next chunks of a shard from `number` on, strongly consistent.
    pub async fn chunks_for_erasure(
        &self,
        campaign: CampaignId,
        shard: u16,
        number: u32,
        limit: i32,
    ) -> Result<Vec<Chunk>> {
        self.chunks_as(campaign, (shard, number), limit, Consistency::Strong).await
    }

    /// Erases those members of a chunk for whom `message_of` returns the id of their message, and the
    /// phone up to which the chunk was cut, if its shard `has_ended` and it is one of `phones`.
    pub async fn erase_from_chunk(
        &self,
        campaign: CampaignId,
        (shard, number): (u16, u32),
        (phones, has_ended): (&[Phone], bool),
        message_of: impl Fn(&Recipient) -> Option<MessageId>,
    ) -> Result<()> {
        let key = keys::chunk(campaign, shard, number);
        for _ in 0..MAX_RACES {
            let Some(item) = self.get_item(&key, Consistency::Strong).await? else {
                return Ok(());
            };
            let seen = seen(&item);
            let expires_at = item.get(EXPIRES_AT).cloned();
            let mut chunk = layout::read(item)?;
            let mut are_there = false;
            for recipient in &mut chunk.recipients {
                if matches!(recipient.to, Addressee::Phone(_))
                    && let Some(message) = message_of(recipient)
                {
                    *recipient = recipient.erased(message);
                    are_there = true;
                }
            }
            if has_ended && is_cut_through(&chunk, phones) {
                // Nothing is read after it any more.
                chunk.through = Some(format!("{}~", keys::CONTACT));
                are_there = true;
            }
            if !are_there {
                return Ok(());
            }
            let mut row = layout::write(&key, &chunk)?;
            // The messages that the chunk lists expire after it.
            row.extend(expires_at.map(|at| (EXPIRES_AT.to_owned(), at)));
            let (condition, values) = seen;
            if self.put(row, condition, values).await? == Written::Done {
                return Ok(());
            }
        }
        Err(TableError::Throttled { operation: "erasure from a chunk" })
    }

    /// Removes a shard's mark. Losing one only costs time.
    pub async fn remove_mark(&self, campaign: CampaignId, shard: u16) -> Result<()> {
        self.remove(&keys::mark(campaign, shard), "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }
}

/// Whether the last contact that a chunk covers has one of these phones.
#[must_use]
pub fn is_cut_through(chunk: &Chunk, phones: &[Phone]) -> bool {
    let through = chunk.through.as_ref();
    through.is_some_and(|through| phones.iter().any(|it| *through == keys::contacts_end(it)))
}

/// A condition that holds while no one else has erased a member.
fn seen(item: &Item) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
    if let Some(phones) = item.get(layout::PHONES) {
        return ("phones = :seen", vec![(":seen", phones.clone())]);
    }
    // Chunks of the first format, and those without members.
    match item.get("recipients") {
        Some(phones) => ("recipients = :seen", vec![(":seen", phones.clone())]),
        None => ("attribute_exists(pk)", Vec::new()),
    }
}
