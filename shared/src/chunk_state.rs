//! How far the messages of a chunk are, and what is done about one that stands still.
//!
//! A worker marks the chunk as its own before it claims the first message and says at the end
//! what came of it. A start that is never followed by an end is a crash, and counts as an attempt;
//! waiting on the queue, for the provider's leave or for another worker's claims does not.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkState {
    pub number: u32,
    pub recipients: u32,
    pub progress: Progress,
    /// The campaign's epoch when the chunk was last armed.
    pub epoch: u32,
    /// Starts that came to nothing: the worker died, or the provider was out of reach.
    pub attempts: u32,
    /// How often the chunk was put on the queue again because it stood still there.
    pub arms: u32,
    /// How often in a row the provider asked to wait and took nothing.
    pub throttles: u32,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Progress {
    /// On the dispatch queue, or to be put there.
    Queued,
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
const UNREACHABLE_SECONDS: i64 = 5;
const THROTTLED_SECONDS: i64 = 5;
/// A wait for the provider doubles as often as this.
const THROTTLE_DOUBLINGS: u32 = 5;

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
}

/// What a look at a chunk that may stand still leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    Nothing,
    /// Write this and put the chunk on the queue.
    Arm(ChunkState),
    /// Settle what is unclaimed as failed.
    GiveUp,
}

impl ChunkState {
    /// The state with which a worker begins; `None` if there is nothing to do, or not now, or
    /// another worker is at it.
    #[must_use]
    pub fn start(&self, now: Timestamp, patience_seconds: i64) -> Option<Self> {
        let may_start = match self.progress {
            Progress::Queued => true,
            Progress::Working => now >= self.updated_at.plus_seconds(patience_seconds),
            // The queue's delay is in whole seconds.
            Progress::Waiting { until } => now.plus_seconds(1) >= until,
            Progress::Done => false,
        };
        may_start.then(|| Self {
            progress: Progress::Working,
            attempts: self.attempts + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The state in which a worker that had started leaves the chunk. `jitter` of a thousand, at
    /// random, spreads the chunks that the provider asked to wait.
    #[must_use]
    pub fn finish(&self, tally: &Tally, now: Timestamp, jitter: u16) -> Self {
        let without_attempt = self.attempts.saturating_sub(1);
        let (progress, attempts) = if tally.halted > 0 {
            // The campaign is paused for it, and the drain arms the chunk when it is resumed.
            (Progress::Queued, without_attempt)
        } else if tally.unreachable > 0 {
            let wait = UNREACHABLE_SECONDS << self.attempts.saturating_sub(1).min(5);
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
            (Progress::Done, without_attempt)
        };
        let is_stuck = tally.throttled > 0 && tally.settled == 0;
        let throttles = if is_stuck { self.throttles + 1 } else { 0 };
        Self { progress, attempts, throttles, updated_at: now, ..self.clone() }
    }

    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// Judges a chunk that may stand still, in a campaign of this epoch. One of an older epoch was
    /// left by a pause and begins anew; whoever is still at it holds its recipients' claims.
    #[must_use]
    pub fn repair(&self, epoch: u32, now: Timestamp, patience_seconds: i64) -> Repair {
        if self.epoch != epoch && !self.is_done() {
            let armed = self.armed(now);
            return Repair::Arm(Self { epoch, attempts: 0, arms: 0, ..armed });
        }
        let (turn, patience) = match self.progress {
            Progress::Done => return Repair::Nothing,
            Progress::Queued => {
                let doublings = self.arms.min(PATIENCE_DOUBLINGS);
                (self.updated_at, patience_seconds << doublings)
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

    fn armed(&self, now: Timestamp) -> Self {
        let arms = self.arms + 1;
        Self { progress: Progress::Queued, arms, updated_at: now, ..self.clone() }
    }

    /// The last sign that somebody was at the chunk; lying on a queue is none.
    #[must_use]
    pub fn moved_at(&self) -> Option<Timestamp> {
        (self.progress != Progress::Queued).then_some(self.updated_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: i64 = 120;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    fn state(progress: Progress) -> ChunkState {
        ChunkState {
            number: 0,
            recipients: 3,
            progress,
            epoch: 0,
            attempts: 0,
            arms: 0,
            throttles: 0,
            updated_at: at(1_000),
        }
    }

    #[test]
    fn one_worker_at_a_time() {
        let working = state(Progress::Queued).start(at(1_001), PATIENCE).expect("may start");
        assert_eq!(working.start(at(1_120), PATIENCE), None);
        assert!(working.start(at(1_121), PATIENCE).is_some());
        assert_eq!(state(Progress::Done).start(at(5_000), PATIENCE), None);
        let waiting = state(Progress::Waiting { until: at(2_000) });
        assert_eq!(waiting.start(at(1_900), PATIENCE), None);
        assert!(waiting.start(at(2_000), PATIENCE).is_some());
    }

    #[test]
    fn waiting_is_no_attempt() {
        let working = state(Progress::Queued).start(at(1_001), PATIENCE).expect("may start");
        let finish = |tally: Tally| working.finish(&tally, at(1_010), 0);
        let throttled = finish(Tally { throttled: 1, retry_after_seconds: 30, ..Tally::default() });
        assert_eq!(throttled.progress, Progress::Waiting { until: at(1_040) });
        assert_eq!(throttled.attempts, 0);
        let busy = finish(Tally { busy: 1, busy_until: Some(at(1_100)), ..Tally::default() });
        assert_eq!(busy.progress, Progress::Waiting { until: at(1_100) });
        assert_eq!(busy.attempts, 0);
        let unreachable = finish(Tally { unreachable: 3, ..Tally::default() });
        assert_eq!(unreachable.attempts, 1);
        assert_eq!(finish(Tally::default()).progress, Progress::Done);
    }

    #[test]
    fn a_provider_that_throttles_again_and_again_is_asked_less_often() {
        let tally = Tally { throttled: 1, ..Tally::default() };
        let mut chunk = state(Progress::Working);
        let mut waits = Vec::new();
        for _ in 0..8 {
            chunk = chunk.finish(&tally, at(0), 0);
            let Progress::Waiting { until } = chunk.progress else { panic!("not waiting") };
            waits.push(until.since(at(0)).num_seconds());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 160, 160]);
        let jittered = state(Progress::Working).finish(&tally, at(0), 500);
        assert_eq!(jittered.progress, Progress::Waiting { until: at(0).plus_millis(7_500) });
        let some = Tally { settled: 1, ..tally };
        assert_eq!(chunk.finish(&some, at(0), 0).throttles, 0);
    }

    #[test]
    fn what_stands_still_is_armed_with_growing_patience() {
        let queued = state(Progress::Queued);
        assert_eq!(queued.repair(0, at(1_119), PATIENCE), Repair::Nothing);
        let Repair::Arm(armed) = queued.repair(0, at(1_120), PATIENCE) else { panic!("not armed") };
        assert_eq!(armed.repair(0, at(1_120 + 239), PATIENCE), Repair::Nothing);
        assert!(matches!(armed.repair(0, at(1_120 + 240), PATIENCE), Repair::Arm(_)));
        assert_eq!(state(Progress::Done).repair(0, at(9_999), PATIENCE), Repair::Nothing);
    }

    #[test]
    fn a_chunk_is_given_up_after_five_attempts() {
        let mut chunk = state(Progress::Queued);
        let mut now = 1_000;
        for attempt in 1..=ATTEMPTS_MOST {
            assert!(!matches!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp), "{attempt}");
            chunk = chunk.start(at(now), PATIENCE).expect("may start");
            now += 500;
        }
        assert_eq!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp);
    }

    #[test]
    fn a_worker_has_its_time_for_the_last_attempt_too() {
        let chunk = ChunkState { attempts: ATTEMPTS_MOST - 1, ..state(Progress::Queued) };
        let working = chunk.start(at(1_000), PATIENCE).expect("may start");
        assert_eq!(working.repair(0, at(1_119), PATIENCE), Repair::Nothing);
        assert_eq!(working.repair(0, at(1_120), PATIENCE), Repair::GiveUp);
    }
}
