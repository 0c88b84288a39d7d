//! Turns for a campaign's chunks. They are requested from the sender's bucket for several chunks at
//! once.

use shared::campaign::{Broadcast, Campaign};
use shared::ids::CampaignId;
use shared::pace::{self, Turn};
use shared::phone::Phone;
use shared::time::Timestamp;
use tokio::sync::Mutex;

use crate::table::{Table, TableError};

/// The maximum number of chunks per request to the bucket ...
const CHUNKS_AT_ONCE: u64 = 10;
/// ... as long as their parts take at most this long: unused turns of a run are lost to other
/// campaigns.
const SECONDS_AT_ONCE: u64 = 10;
/// How long a run waits before it asks the bucket again after it was put off.
const LATER_SECONDS: i64 = 5;

/// A campaign's turns, for one run of a function to assign to chunks.
pub struct Turns {
    table: Table,
    sender: Phone,
    campaign: CampaignId,
    rate: u32,
    purse: Mutex<Purse>,
}

#[derive(Default)]
struct Purse {
    /// When the next of the granted parts may be sent.
    next_at: Option<Timestamp>,
    left: u64,
    /// Grows with each request to the bucket, so that a small audience takes no more than it needs.
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
            rate: broadcast.sender.parts_per_second,
            purse: Mutex::default(),
        }
    }

    /// The turn of a chunk whose recipients' texts have `parts` parts; `None` if it must wait until a
    /// later run asks.
    pub async fn take(&self, parts: u64, now: Timestamp) -> Result<Option<Timestamp>, TableError> {
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
                // The table has been throttled for a while. The chunk stays stored and the drain
                // asks again, which is better than failing a run that has turns for other chunks.
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

    /// Estimates when the `parts` that have no turn yet will have been sent.
    pub async fn finish_at(&self, parts: u64, now: Timestamp) -> Result<Timestamp, TableError> {
        let pace = self.table.pace(&self.sender).await?;
        Ok(pace.finish_at(parts, self.rate, now))
    }
}
