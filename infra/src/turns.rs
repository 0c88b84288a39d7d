//! Turns for a campaign's chunks, asked of its sender's bucket for several at a time.

use shared::campaign::{Broadcast, Campaign};
use shared::ids::CampaignId;
use shared::pace::{self, Turn};
use shared::parts::Parts;
use shared::phone::Phone;
use shared::time::Timestamp;
use tokio::sync::Mutex;

use crate::table::{Table, TableError};

/// The bucket is asked for the turns of up to so many chunks at once ...
const CHUNKS_AT_ONCE: u64 = 10;
/// ... if their parts leave within so long: what one run has and does not use is lost to others.
const SECONDS_AT_ONCE: u64 = 10;
/// Who was told to come later does not ask again before this.
const LATER_SECONDS: i64 = 5;

/// The turns of one campaign, as one run of a function gives them to chunks.
pub struct Turns {
    table: Table,
    sender: Phone,
    campaign: CampaignId,
    /// Of a recipient.
    parts: u64,
    rate: u32,
    purse: Mutex<Purse>,
}

#[derive(Default)]
struct Purse {
    /// When the next of the parts that are left may leave.
    next_at: Option<Timestamp>,
    left: u64,
    /// Grows with each time the bucket was asked: a small audience takes no more than it needs.
    chunks: u64,
    later_until: Option<Timestamp>,
}

impl Turns {
    #[must_use]
    pub fn new(table: &Table, campaign: &Campaign, broadcast: &Broadcast) -> Self {
        Self {
            table: table.clone(),
            sender: broadcast.sender.phone.clone(),
            campaign: campaign.id,
            parts: Parts::of(campaign.body.as_deref().unwrap_or_default()).count.into(),
            rate: broadcast.sender.parts_per_second,
            purse: Mutex::default(),
        }
    }

    /// The turn of a chunk of so many recipients; `None` if it must wait until a later run asks.
    pub async fn take(
        &self,
        recipients: u32,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, TableError> {
        let parts = self.parts * u64::from(recipients);
        let mut purse = self.purse.lock().await;
        if purse.left < parts {
            if purse.later_until.is_some_and(|until| now < until) {
                return Ok(None);
            }
            purse.chunks = (purse.chunks * 2).clamp(1, CHUNKS_AT_ONCE);
            let most = (u64::from(self.rate) * SECONDS_AT_ONCE).max(parts);
            let wanted = (parts * purse.chunks).min(most);
            let ask = |pace: pace::Pace| pace.ask(self.campaign, wanted, self.rate, now);
            match self.table.update_pace(&self.sender, ask).await {
                Ok(Turn::At(turn)) => (purse.next_at, purse.left) = (Some(turn), wanted),
                Ok(Turn::Later) => {
                    purse.later_until = Some(now.plus_seconds(LATER_SECONDS));
                    return Ok(None);
                }
                // The table has had no room for a while. The chunk is kept, and the drain asks
                // again, which is better than to fail a run that has turns for other chunks.
                Err(error @ TableError::Throttled { .. }) => {
                    tracing::warn!(%error, "got no turn");
                    purse.later_until = Some(now.plus_seconds(LATER_SECONDS));
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
        let turn = purse.next_at.unwrap_or(now);
        purse.left -= parts;
        purse.next_at = Some(turn.plus_millis(pace::cost(parts, self.rate) / 1_000));
        Ok(Some(turn))
    }

    /// When so many recipients that are left will have been handed over.
    pub async fn finish_at(
        &self,
        recipients: u64,
        now: Timestamp,
    ) -> Result<Timestamp, TableError> {
        let pace = self.table.pace(&self.sender).await?;
        Ok(pace.finish_at(recipients * self.parts, self.rate, now))
    }
}
