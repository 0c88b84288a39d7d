//! The times at which decisions change although nothing happens.

use shared::campaign::{Broadcast, Campaign};
use shared::chunk_state::{ChunkState, Progress};
use shared::message::{Message, Status};
use shared::time::Timestamp;

use super::{CLAIM, GRACE, STALE};

/// The times at which a decision about a chunk changes by itself. Extra ones cost states, and
/// missing ones would hide behavior.
#[must_use]
pub fn moments_of_chunk(state: &ChunkState) -> Vec<Timestamp> {
    // Once a chunk has been due for an hour, another drain finds that nothing was settled.
    match state.progress {
        Progress::Cut | Progress::Done => Vec::new(),
        // Doubled as in `ChunkState::repair`.
        Progress::Queued { turn } => {
            let turn = turn.unwrap_or(state.updated_at).max(state.updated_at);
            vec![turn, GRACE.doubled(state.arms.min(5)).after(turn)]
        }
        Progress::Working => vec![GRACE.after(state.updated_at)],
        Progress::Waiting { until } => vec![until, GRACE.after(until)],
    }
}

/// The times at which a decision about a campaign changes by itself.
#[must_use]
pub fn moments_of_campaign(campaign: &Campaign) -> Vec<Timestamp> {
    let broadcast = campaign.broadcast();
    let since = |broadcast: &Broadcast| {
        let moments = [Some(broadcast.running_since), broadcast.unreachable_since];
        moments.into_iter().flatten().map(|since| since.plus_seconds(STALE)).collect::<Vec<_>>()
    };
    broadcast.map(since).unwrap_or_default()
}

/// The time at which a claim expires, if nothing was recorded about its message.
#[must_use]
pub fn moment_of_claim(message: &Message) -> Option<Timestamp> {
    let claim = message.claim.as_ref().filter(|_| message.status() == Status::Pending)?;
    Some(claim.at.plus_seconds(CLAIM))
}
