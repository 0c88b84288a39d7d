//! The progress of a chunk's messages, and the repair of stalled chunks.
//!
//! A worker marks the chunk as taken before it claims the first message, and records the result at
//! the end. A start without an end is a crash and counts as an attempt. Waiting on the queue, for
//! the provider or for another worker's claims does not count, no matter how long: an outage costs
//! no message.
//!
//! A worker doesn't check a chunk's turn by its clock, which may be minutes behind the one that
//! assigned the turn. Instead, the queue delays the chunk's job until then, and the job names its
//! turn. The clock is checked only for a job with another turn, which is late or a duplicate.

mod repair;
mod slice;

pub use repair::Repair;
pub use slice::{Grant, Slice, Tally};

use serde::{Deserialize, Serialize};

use crate::breaker::{Recent, Window};
use crate::chunk::Chunk;
use crate::grace::Grace;
use crate::pace;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChunkState {
    /// Part of the chunk's key.
    #[serde(skip)]
    pub number: u32,
    pub recipients: u32,
    /// The parts of the members that have had no turn, if the recipients' texts differ.
    #[serde(default, rename = "partsLeft", skip_serializing_if = "Option::is_none")]
    pub parts: Option<u32>,
    pub progress: Progress,
    /// The campaign's epoch when the chunk was last queued.
    pub epoch: u32,
    /// Starts in a row whose worker died.
    pub attempts: u32,
    /// How often the chunk was re-queued because it was stalled on the queue.
    pub arms: u32,
    /// How often in a row the provider asked to wait and accepted nothing.
    pub throttles: u32,
    /// The number of members that have had their turn. Each of them has an outcome.
    #[serde(default)]
    pub handed: u32,
    /// The outcomes of its messages in this epoch.
    #[serde(default)]
    pub heard: Window,
    /// Which of the provider's newest responses in this epoch were ambiguous.
    #[serde(default)]
    pub recent: Recent,
    /// The members that may be sent; `None` means all. Applies only in this epoch's trial.
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
    /// On no queue: it has no turn yet.
    Cut,
    /// On the dispatch queue, or about to be, and not to be started before its turn.
    Queued {
        /// `None` in states from before turns existed, which conditional writes have to match
        /// exactly.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Timestamp>,
    },
    /// A worker is sending it.
    Working,
    /// Started, but to be continued no sooner than this.
    Waiting { until: Timestamp },
    /// Every member has an outcome.
    Done,
}

/// After this number of crashed starts in a row, the chunk is poisoned: its campaign pauses.
pub const MAX_CRASHED_STARTS: u32 = 5;
/// The wait after some of a slice's messages did not reach the provider, though others did.
const UNREACHABLE_SECONDS: i64 = 10;
const THROTTLED_SECONDS: i64 = 5;
/// How often the wait for the provider doubles.
const THROTTLE_DOUBLINGS: u32 = 5;

/// A slow sender's chunk is sent in slices, each of which takes at most this long.
const SLICE_SECONDS: i64 = 10;

/// The parts that a sender with this rate sends in one slice.
#[must_use]
pub fn parts_of_slice(rate: u32) -> u64 {
    u64::from(rate) * SLICE_SECONDS.unsigned_abs()
}

impl ChunkState {
    /// The state of a chunk that was just cut.
    #[must_use]
    pub fn of(chunk: &Chunk, epoch: u32, now: Timestamp) -> Self {
        let merges = chunk.recipients.iter().map(|recipient| recipient.merge.as_ref());
        let parts: Option<u32> = merges.map(|merge| Some(merge?.parts)).sum();
        let parts = parts.filter(|_| !chunk.recipients.is_empty());
        Self { parts, ..Self::cut(chunk.number, chunk.recipients.len(), epoch, now) }
    }

    /// The state of a chunk with `recipients` recipients that was just cut.
    #[must_use]
    pub fn cut(number: u32, recipients: usize, epoch: u32, now: Timestamp) -> Self {
        Self {
            number,
            recipients: u32::try_from(recipients).unwrap_or(u32::MAX),
            parts: None,
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

    /// The state of a chunk that a worker with the job of turn `job` has started. `None` if there
    /// is nothing to do, if it is too early, or if another worker has the chunk.
    #[must_use]
    pub fn start(&self, job: Option<Timestamp>, now: Timestamp, grace: Grace) -> Option<Self> {
        // The queue's delay is in whole seconds.
        let has_come = |turn| job == Some(turn) || now.plus_seconds(1) >= turn;
        let may_start = match self.progress {
            Progress::Queued { turn } => turn.is_none_or(has_come),
            Progress::Working => now >= grace.after(self.updated_at),
            Progress::Waiting { until } => has_come(until),
            Progress::Cut | Progress::Done => false,
        };
        // After the last attempt, the drain pauses the campaign.
        (may_start && self.attempts < MAX_CRASHED_STARTS).then(|| Self {
            progress: Progress::Working,
            attempts: self.attempts + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The members whose turn it is, at `rate` parts per second. `parts` has the number for each
    /// member's text. The slice ends before the member that would exceed its time, but has at least
    /// one member.
    #[must_use]
    pub fn slice(&self, parts: &[u32], rate: u32) -> Slice {
        let from = self.handed.min(self.recipients);
        let end = self.grant_end().max(from);
        let within = parts_of_slice(rate);
        let (mut to, mut sum) = (from, 0);
        while to < end {
            let with_next = sum + u64::from(parts.get(to as usize).copied().unwrap_or(1).max(1));
            if with_next > within && to > from {
                break;
            }
            (to, sum) = (to + 1, with_next);
        }
        let millis = pace::cost(sum, rate) / 1_000;
        Slice { members: from as usize..to as usize, parts: sum, millis }
    }

    /// The state in which a worker leaves the chunk. `jitter` is random, in thousandths, and
    /// spreads out the chunks that the provider asked to wait.
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

    /// The state after a slice in which each member has an outcome.
    fn finish_slice(&self, tally: &Tally, slice: &Slice, now: Timestamp) -> Self {
        let handed = u32::try_from(slice.members.end).unwrap_or(self.recipients);
        let progress = if handed >= self.recipients {
            Progress::Done
        } else if handed >= self.grant_end() {
            Progress::Cut
        } else {
            Progress::Waiting { until: self.updated_at.plus_millis(slice.millis) }
        };
        let sent = u32::try_from(slice.parts).unwrap_or(u32::MAX);
        let next = Self {
            handed,
            parts: self.parts.map(|parts| parts.saturating_sub(sent)),
            progress,
            throttles: 0,
            attempts: 0,
            ..self.noting(tally, now)
        };
        // The next slice waits for its turn, and is due then.
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

    /// The member before which sending ends for now.
    fn grant_end(&self) -> u32 {
        self.grant.map_or(self.recipients, |grant| grant.to.min(self.recipients))
    }

    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// When it is to be started, if it is on the queue.
    #[must_use]
    pub fn turn(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Queued { turn } => turn,
            Progress::Waiting { until } => Some(until),
            Progress::Cut | Progress::Working | Progress::Done => None,
        }
    }

    /// Since when the chunk is due, or `None` if it waits for a turn or is done.
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
