//! The pages of an export's rows, as they are read from the table.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use infra::table::{ShardPosition, Table};
use shared::campaign::{Broadcast, Campaign};
use shared::chunk::Chunk;
use shared::export::{Kind, Position, Row, of_contact, of_message, of_skipped, of_unsubscribe};
use shared::ids::MessageId;
use shared::message::Message;
use shared::organization::Organization;

/// Chunks that are read together, with up to 100 messages each.
const CHUNKS_AT_ONCE: i32 = 10;
/// The read units that an export uses a second, a sixth of the table's capacity. Other organizations'
/// campaigns need the rest.
const UNITS_PER_SECOND: f64 = 2_000.0;
/// The bytes that one unit reads, eventually consistent.
const UNIT_BYTES: f64 = 8_192.0;

/// Reads rows. All reads are eventually consistent: rows of the last second may be missing.
pub(super) struct Pages<'a> {
    table: &'a Table,
    organization: &'a Organization,
    /// The campaign whose rows they are, and its broadcast if it was sent.
    campaign: Option<(&'a Campaign, &'a Broadcast)>,
    kind: Kind,
}

/// Rows that were read together.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    /// Where the next page begins; `None` at the end.
    pub(super) next: Option<Position>,
    /// The number of items that were looked up one by one.
    pub(super) lookups: usize,
}

impl<'a> Pages<'a> {
    pub(super) fn new(
        table: &'a Table,
        organization: &'a Organization,
        campaign: Option<&'a Campaign>,
        kind: Kind,
    ) -> Self {
        let campaign = campaign.and_then(|campaign| Some((campaign, campaign.broadcast()?)));
        Self { table, organization, campaign, kind }
    }

    pub(super) async fn rows(&self, at: &Position) -> anyhow::Result<Page> {
        match self.kind {
            Kind::Contacts => {
                let (contacts, next) =
                    self.table.contacts_in_bulk(self.organization, walk_from(at)).await?;
                let rows = contacts.into_iter().map(of_contact).collect();
                Ok(Page { rows, next: next.map(walked), lookups: 0 })
            }
            Kind::Unsubscribes => {
                let (found, next) =
                    self.table.unsubscribes_in_bulk(self.organization, walk_from(at)).await?;
                let rows = found.into_iter().map(of_unsubscribe).collect();
                Ok(Page { rows, next: next.map(walked), lookups: 0 })
            }
            Kind::Messages => self.messages(at).await,
            Kind::Skipped => self.skipped(at).await,
        }
    }

    /// The names of the attributes of a page of contacts.
    pub(super) async fn attributes(
        &self,
        at: &Position,
    ) -> anyhow::Result<(Vec<String>, Option<Position>)> {
        let (contacts, next) =
            self.table.contacts_in_bulk(self.organization, walk_from(at)).await?;
        let names = contacts.into_iter().flat_map(|contact| contact.profile.attributes.into_keys());
        Ok((names.collect(), next.map(walked)))
    }

    async fn messages(&self, at: &Position) -> anyhow::Result<Page> {
        let Some((campaign, broadcast)) = self.campaign else { return Ok(Page::default()) };
        let (chunks, next) = self.chunks(campaign, broadcast, at).await?;
        let chunks = chunks.iter().map(|chunk| self.messages_of(campaign, broadcast, chunk));
        let rows = try_join_all(chunks).await?.concat();
        Ok(Page { lookups: rows.len(), rows, next })
    }

    /// A row for each recipient of a chunk. One without a message is pending.
    async fn messages_of(
        &self,
        campaign: &Campaign,
        broadcast: &Broadcast,
        chunk: &Chunk,
    ) -> anyhow::Result<Vec<Row>> {
        let pending = |recipient| campaign.pending_message(broadcast, recipient);
        let pending: Vec<Message> = chunk.recipients.iter().map(pending).collect();
        let ids: Vec<MessageId> = pending.iter().map(|message| message.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (organization, shards) = (self.organization.id, broadcast.shards);
        let found = self.table.messages_in_bulk(organization, campaign.id, &ids, shards).await?;
        let mut found: HashMap<MessageId, Message> =
            found.into_iter().map(|message| (message.id, message)).collect();
        let rows = pending.into_iter().zip(&chunk.recipients).map(|(message, recipient)| {
            let message = found.remove(&message.id).unwrap_or(message);
            of_message(campaign, broadcast, message, recipient.contact)
        });
        Ok(rows.collect())
    }

    async fn skipped(&self, at: &Position) -> anyhow::Result<Page> {
        let Some((campaign, broadcast)) = self.campaign else { return Ok(Page::default()) };
        let (chunks, next) = self.chunks(campaign, broadcast, at).await?;
        let skipped = chunks.iter().flat_map(|chunk| &chunk.skipped);
        let rows = skipped.map(|skipped| of_skipped(campaign.id, skipped)).collect();
        Ok(Page { rows, next, lookups: 0 })
    }

    /// The next chunks of a shard, and where the ones after them begin.
    async fn chunks(
        &self,
        campaign: &Campaign,
        broadcast: &Broadcast,
        at: &Position,
    ) -> anyhow::Result<(Vec<Chunk>, Option<Position>)> {
        if at.shard >= broadcast.shards.count() {
            return Ok((Vec::new(), None));
        }
        let chunks = self.table.chunks_from(campaign.id, at.shard, at.chunk, CHUNKS_AT_ONCE);
        let chunks = chunks.await?;
        let next = match chunks.last() {
            Some(last) if !last.ends => Position { chunk: last.number + 1, ..at.clone() },
            // The shard ends here, or the fan-out has not come further in it.
            Some(_) | None => Position { shard: at.shard + 1, ..Position::default() },
        };
        Ok((chunks, (next.shard < broadcast.shards.count()).then_some(next)))
    }
}

fn walk_from(at: &Position) -> ShardPosition {
    ShardPosition::new(at.shard, at.after.clone())
}

fn walked(next: ShardPosition) -> Position {
    let (shard, after) = next.into_parts();
    Position { shard, after, ..Position::default() }
}

/// Keeps an export within its share of the table's capacity.
pub(super) struct Pace {
    begun_at: Instant,
    units: f64,
}

impl Pace {
    pub(super) fn begin() -> Self {
        Self { begun_at: Instant::now(), units: 0.0 }
    }

    /// Waits as long as it must after a page with this number of lookups and bytes of rows.
    pub(super) async fn keep(&mut self, lookups: usize, bytes: usize) {
        self.units += units(lookups, bytes);
        let until = self.begun_at + Duration::from_secs_f64(self.units / UNITS_PER_SECOND);
        tokio::time::sleep(until.saturating_duration_since(Instant::now())).await;
    }
}

/// An item that is looked up costs half a unit; others are read together.
fn units(lookups: usize, bytes: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(lookups) / 2.0 + number(bytes) / UNIT_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_messages_take_less_than_ten_minutes_of_the_table() {
        let seconds = units(1_000_000, 400_000_000) / UNITS_PER_SECOND;
        assert!((250.0..600.0).contains(&seconds), "{seconds}");
    }
}
