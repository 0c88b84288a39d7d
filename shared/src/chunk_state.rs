//! How far the messages of a chunk are, and what is done about a chunk that stands still.
//!
//! A worker marks the chunk as its own before it claims the first message and records the result
//! at the end. A start without an end is a crash and counts as an attempt. Waiting on the queue,
//! for the provider or for another worker's claims does not, however long it takes: an outage of
//! the provider costs no message.
//!
//! Whether its turn has come is not left to a worker's clock, which may be minutes behind that of
//! whoever gave the turn: the queue delays the chunk's job until then, and the job says for which
//! turn it was sent. Only of one that was sent for another, and so is late or came twice, is the
//! clock asked.

mod repair;
mod slice;

pub use repair::Repair;
pub use slice::{Grant, Slice, Tally};

use serde::{Deserialize, Serialize};

use crate::breaker::{Recent, Window};
use crate::pace;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChunkState {
    /// It stands in the chunk's key.
    #[serde(skip)]
    pub number: u32,
    pub recipients: u32,
    pub progress: Progress,
    /// The campaign's epoch when the chunk was last armed.
    pub epoch: u32,
    /// Starts in a row whose worker died.
    pub attempts: u32,
    /// How often the chunk was put on the queue again because it stood still there.
    pub arms: u32,
    /// How often in a row the provider asked to wait and took nothing.
    pub throttles: u32,
    /// The members before this one have had their turn, and each has an outcome.
    #[serde(default)]
    pub handed: u32,
    /// The outcomes of its messages in this epoch.
    #[serde(default)]
    pub heard: Window,
    /// Whether the provider's newest answers in this epoch were clear.
    #[serde(default)]
    pub recent: Recent,
    /// The members that may be handed over; all if none. It is set in this epoch's trial only.
    #[serde(default, rename = "onTrial")]
    pub grant: Option<Grant>,
    /// Since when its first open member is due: since its turn, or since others were settled.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// When one of its messages was last settled.
    #[serde(default)]
    pub settled_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Progress {
    /// On no queue: it has no turn of its sender's yet.
    Cut,
    /// On the dispatch queue, or to be put there, and not to be begun before its turn.
    Queued {
        /// None in what was written before turns were given, which a write has to find as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Timestamp>,
    },
    /// A worker is at it.
    Working,
    /// Not before this moment, though it was begun.
    Waiting { until: Timestamp },
    /// Every member has an outcome.
    Done,
}

/// After so many starts in a row that crashed, the chunk is poisoned: its campaign is paused.
pub const MAX_CRASHED_STARTS: u32 = 5;
/// The wait after some of a slice's messages did not reach the provider, though others did.
const UNREACHABLE_SECONDS: i64 = 10;
const THROTTLED_SECONDS: i64 = 5;
/// A wait for the provider doubles as often as this.
const THROTTLE_DOUBLINGS: u32 = 5;

/// A slow sender's chunk is handed over in slices, each of what leaves within so long.
const SLICE_SECONDS: i64 = 10;

impl ChunkState {
    /// The state of a chunk of so many recipients that was just cut.
    #[must_use]
    pub fn cut(number: u32, recipients: usize, epoch: u32, now: Timestamp) -> Self {
        Self {
            number,
            recipients: u32::try_from(recipients).unwrap_or(u32::MAX),
            progress: Progress::Cut,
            epoch,
            attempts: 0,
            arms: 0,
            throttles: 0,
            handed: 0,
            heard: Window::default(),
            recent: Recent::default(),
            grant: None,
            due_at: None,
            settled_at: None,
            updated_at: now,
        }
    }

    /// The state with which a worker begins that got the job for this turn; `None` if there is
    /// nothing to do, or not now, or another worker is at it.
    #[must_use]
    pub fn start(
        &self,
        job: Option<Timestamp>,
        now: Timestamp,
        patience_seconds: i64,
    ) -> Option<Self> {
        // The queue's delay is in whole seconds.
        let has_come = |turn| job == Some(turn) || now.plus_seconds(1) >= turn;
        let may_start = match self.progress {
            Progress::Queued { turn } => turn.is_none_or(has_come),
            Progress::Working => now >= self.updated_at.plus_seconds(patience_seconds),
            Progress::Waiting { until } => has_come(until),
            Progress::Cut | Progress::Done => false,
        };
        // After the last attempt the drain pauses the campaign.
        (may_start && self.attempts < MAX_CRASHED_STARTS).then(|| Self {
            progress: Progress::Working,
            attempts: self.attempts + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The members whose turn it is, at `rate` parts a second. `parts` has those of each member's text.
    /// The slice ends before the member that would take it over its time, but has at least one.
    #[must_use]
    pub fn slice(&self, parts: &[u32], rate: u32) -> Slice {
        let from = self.handed.min(self.recipients);
        let end = self.grant_end().max(from);
        let within = u64::from(rate) * SLICE_SECONDS.unsigned_abs();
        let (mut to, mut sum) = (from, 0);
        while to < end {
            let with_next = sum + u64::from(parts.get(to as usize).copied().unwrap_or(1).max(1));
            if with_next > within && to > from {
                break;
            }
            (to, sum) = (to + 1, with_next);
        }
        let millis = pace::cost(sum, rate) / 1_000;
        Slice { members: from as usize..to as usize, millis }
    }

    /// The state in which a worker that had started leaves the chunk. `jitter` is a random number
    /// of thousandths that spreads the chunks that the provider asked to wait.
    #[must_use]
    pub fn finish(&self, tally: &Tally, slice: &Slice, now: Timestamp, jitter: u16) -> Self {
        let progress = if tally.halted > 0 || tally.is_outage() {
            // The campaign is paused or backs off, and the drain re-queues the chunk later.
            Progress::Cut
        } else if tally.unreachable > 0 {
            Progress::Waiting { until: now.plus_seconds(UNREACHABLE_SECONDS) }
        } else if tally.throttled > 0 {
            let back_off = THROTTLED_SECONDS << self.throttles.min(THROTTLE_DOUBLINGS);
            let wait = i64::from(tally.retry_after_seconds).max(back_off);
            let until = now.plus_millis(wait * (1_000 + i64::from(jitter)));
            Progress::Waiting { until }
        } else if tally.busy > 0 {
            Progress::Waiting { until: tally.busy_until.unwrap_or(now) }
        } else {
            return self.finish_slice(tally, slice, now);
        };
        let is_stuck = tally.throttled > 0 && tally.settled == 0;
        let throttles = if is_stuck { self.throttles + 1 } else { 0 };
        let attempts = self.attempts.saturating_sub(1);
        Self { progress, attempts, throttles, ..self.noting(tally, now) }
    }

    /// The state after a slice of which each member has an outcome.
    fn finish_slice(&self, tally: &Tally, slice: &Slice, now: Timestamp) -> Self {
        let handed = u32::try_from(slice.members.end).unwrap_or(self.recipients);
        let progress = if handed >= self.recipients {
            Progress::Done
        } else if handed >= self.grant_end() {
            Progress::Cut
        } else {
            Progress::Waiting { until: self.updated_at.plus_millis(slice.millis) }
        };
        let next = Self { handed, progress, throttles: 0, attempts: 0, ..self.noting(tally, now) };
        // The next slice waits for the sender's own turn, and is due then.
        Self { due_at: next.turn().max(Some(now)), ..next }
    }

    /// The state with what a worker learned.
    fn noting(&self, tally: &Tally, now: Timestamp) -> Self {
        let settled_at = if tally.settled > 0 { Some(now) } else { self.settled_at };
        Self {
            heard: self.heard.merged(tally.heard),
            recent: tally.recent,
            due_at: if tally.settled > 0 { Some(now) } else { self.due_at },
            settled_at,
            updated_at: now,
            ..self.clone()
        }
    }

    /// The member before which handing over ends for now.
    fn grant_end(&self) -> u32 {
        self.grant.map_or(self.recipients, |grant| grant.to.min(self.recipients))
    }

    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// When it is to be begun, if it is on the queue.
    #[must_use]
    pub fn turn(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Queued { turn } => turn,
            Progress::Waiting { until } => Some(until),
            Progress::Cut | Progress::Working | Progress::Done => None,
        }
    }

    /// Since when the chunk is due and not done: none if it waits for a turn of its sender.
    #[must_use]
    pub fn due_since(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Cut | Progress::Done => None,
            Progress::Queued { .. } | Progress::Working | Progress::Waiting { .. } => {
                Some(self.due_at.unwrap_or(self.updated_at))
            }
        }
    }
}

#[cfg(test)]
mod tests;
