//! How far the messages of a chunk are, and what is done about one that stands still.
//!
//! A worker marks the chunk as its own before it claims the first message and says at the end
//! what came of it. A start that is never followed by an end is a crash, and counts as an attempt;
//! waiting on the queue, for the provider's leave or for another worker's claims does not.
//!
//! Whether its turn has come is not left to a worker's clock, which may be minutes behind that of
//! whoever gave the turn: the queue delays the chunk's job until then, and the job says for which
//! turn it was sent. Only of one that was sent for another, and so is late or came twice, is the
//! clock asked.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::breaker::Window;
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
    /// Starts in a row that came to nothing: the worker died, or the provider was out of reach.
    pub attempts: u32,
    /// How often the chunk was put on the queue again because it stood still there.
    pub arms: u32,
    /// How often in a row the provider asked to wait and took nothing.
    pub throttles: u32,
    /// The members before this one have had their turn, and each has an outcome.
    #[serde(default)]
    pub handed: u32,
    /// What the provider said of its messages in this epoch.
    #[serde(default)]
    pub heard: Window,
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

/// After so many attempts the members that are still unclaimed are given up as failed.
pub const ATTEMPTS_MOST: u32 = 5;
/// Patience with a queue grows with each arming, so that a long queue is not doubled for ever.
const PATIENCE_DOUBLINGS: u32 = 5;
/// The wait for a provider that is out of reach, at first; it doubles, so that an outage of a few
/// minutes costs no message.
const UNREACHABLE_SECONDS: i64 = 10;
const THROTTLED_SECONDS: i64 = 5;
/// A wait for the provider doubles as often as this.
const THROTTLE_DOUBLINGS: u32 = 5;

/// A slow sender's chunk is handed over in slices, each of what leaves within so long.
const SLICE_SECONDS: i64 = 10;

/// The members that one worker hands over in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub members: Range<usize>,
    /// How long their parts take at the sender's rate: when the next slice's turn is.
    pub millis: i64,
}

/// What the members of a chunk came to in one worker's hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Settled by this worker.
    pub settled: u32,
    /// Given back because the provider was out of reach.
    pub unreachable: u32,
    /// Given back because the provider asked to wait.
    pub throttled: u32,
    /// The longest wait that it asked for.
    pub retry_after_seconds: u32,
    /// Given back because the provider serves no message of the campaign now.
    pub halted: u32,
    /// In another worker's hands.
    pub busy: u32,
    pub busy_until: Option<Timestamp>,
    /// What the provider said of them.
    pub heard: Window,
}

/// What a look at a chunk that may stand still leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    Nothing,
    /// Give it a turn, write this with it, and put the chunk on the queue.
    Arm(ChunkState),
    /// Settle what is unclaimed as failed.
    GiveUp,
}

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
        // After the last attempt the drain gives it up.
        (may_start && self.attempts < ATTEMPTS_MOST).then(|| Self {
            progress: Progress::Working,
            attempts: self.attempts + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The members whose turn it is, of a body of so many parts at so many parts a second.
    #[must_use]
    pub fn slice(&self, parts: u32, rate: u32) -> Slice {
        let (from, all) = (self.handed.min(self.recipients), self.recipients);
        let within = u64::from(rate) * SLICE_SECONDS.unsigned_abs() / u64::from(parts.max(1));
        let most = u32::try_from(within).unwrap_or(u32::MAX).max(1);
        let to = from.saturating_add(most).min(all);
        let millis = pace::cost(u64::from(to - from) * u64::from(parts), rate) / 1_000;
        Slice { members: from as usize..to as usize, millis }
    }

    /// The state in which a worker that had started leaves the chunk. `jitter` of a thousand, at
    /// random, spreads the chunks that the provider asked to wait.
    #[must_use]
    pub fn finish(&self, tally: &Tally, slice: &Slice, now: Timestamp, jitter: u16) -> Self {
        let without_attempt = self.attempts.saturating_sub(1);
        let heard = self.heard.merged(tally.heard);
        let (progress, attempts) = if tally.halted > 0 {
            // The campaign is paused for it, and the drain arms the chunk when it is resumed.
            (Progress::Cut, without_attempt)
        } else if tally.unreachable > 0 {
            let wait = UNREACHABLE_SECONDS << self.attempts.saturating_sub(1).min(ATTEMPTS_MOST);
            (Progress::Waiting { until: now.plus_seconds(wait) }, self.attempts)
        } else if tally.throttled > 0 {
            let back_off = THROTTLED_SECONDS << self.throttles.min(THROTTLE_DOUBLINGS);
            let wait = i64::from(tally.retry_after_seconds).max(back_off);
            let until = now.plus_millis(wait * (1_000 + i64::from(jitter)));
            (Progress::Waiting { until }, without_attempt)
        } else if tally.busy > 0 {
            let until = tally.busy_until.unwrap_or(now);
            (Progress::Waiting { until }, without_attempt)
        } else {
            let handed = u32::try_from(slice.members.end).unwrap_or(self.recipients);
            let next = Self { handed, heard, throttles: 0, attempts: 0, ..self.clone() };
            if handed >= self.recipients {
                return Self { progress: Progress::Done, updated_at: now, ..next };
            }
            let until = self.updated_at.plus_millis(slice.millis);
            return Self { progress: Progress::Waiting { until }, updated_at: now, ..next };
        };
        let is_stuck = tally.throttled > 0 && tally.settled == 0;
        let throttles = if is_stuck { self.throttles + 1 } else { 0 };
        Self { progress, attempts, throttles, heard, updated_at: now, ..self.clone() }
    }

    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// Whether it is done because it was given up.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.is_done() && self.attempts >= ATTEMPTS_MOST
    }

    /// Judges a chunk that may stand still, in a campaign of this epoch. One of an older epoch was
    /// left by a pause and begins anew; whoever is still at it holds its recipients' claims.
    #[must_use]
    pub fn repair(&self, epoch: u32, now: Timestamp, patience_seconds: i64) -> Repair {
        if self.epoch != epoch && !self.is_done() {
            let armed = self.armed(now);
            let heard = Window::default();
            return Repair::Arm(Self { epoch, attempts: 0, arms: 0, heard, ..armed });
        }
        let (turn, patience) = match self.progress {
            Progress::Done => return Repair::Nothing,
            Progress::Cut => return Repair::Arm(self.armed(now)),
            Progress::Queued { turn } => {
                let doublings = self.arms.min(PATIENCE_DOUBLINGS);
                let turn = turn.map_or(self.updated_at, |turn| turn.max(self.updated_at));
                (turn, patience_seconds << doublings)
            }
            // Until then its worker may live.
            Progress::Working => (self.updated_at.plus_seconds(patience_seconds), 0),
            Progress::Waiting { until } => (until.max(self.updated_at), patience_seconds),
        };
        if self.attempts >= ATTEMPTS_MOST && now >= turn {
            Repair::GiveUp
        } else if now >= turn.plus_seconds(patience) {
            Repair::Arm(self.armed(now))
        } else {
            Repair::Nothing
        }
    }

    /// An armed chunk with its turn.
    #[must_use]
    pub fn with_turn(self, turn: Timestamp) -> Self {
        Self { progress: Progress::Queued { turn: Some(turn) }, ..self }
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

    fn armed(&self, now: Timestamp) -> Self {
        let arms = if self.progress == Progress::Cut { 0 } else { self.arms + 1 };
        Self { progress: Progress::Queued { turn: None }, arms, updated_at: now, ..self.clone() }
    }

    /// The last sign that the chunk gets on: that somebody was at it, or its first turn. Lying on
    /// a queue is none.
    #[must_use]
    pub fn moved_at(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Cut => None,
            Progress::Queued { turn } => turn.filter(|_| self.arms == 0),
            Progress::Working | Progress::Waiting { .. } | Progress::Done => Some(self.updated_at),
        }
    }
}

#[cfg(test)]
mod tests;
