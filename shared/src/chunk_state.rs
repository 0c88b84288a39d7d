//! How far the messages of a chunk are, and what is done about one that stands still.
//!
//! A worker marks the chunk as its own before it claims the first message and says at the end
//! what came of it. A start that is never followed by an end is a crash, and counts as an attempt;
//! waiting on the queue, for the provider's leave or for another worker's claims does not.
//!
//! Whether its turn has come is not asked of a worker's clock, which may be minutes behind that of
//! whoever gave the turn: the queue delays the chunk's job until then, and the job says for which
//! moment it was sent. One that was sent for another moment is late, or came twice.

use std::ops::Range;

use serde::{Deserialize, Serialize};

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
    /// Starts that came to nothing: the worker died, or the provider was out of reach.
    pub attempts: u32,
    /// How often the chunk was put on the queue again because it stood still there.
    pub arms: u32,
    /// How often in a row the provider asked to wait and took nothing.
    pub throttles: u32,
    /// The members before this one have had their turn, and each has an outcome.
    #[serde(default)]
    pub handed: u32,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Progress {
    /// On no queue: it has no turn of its sender's yet.
    Cut,
    /// On the dispatch queue, or to be put there, and not to be begun before its turn.
    Queued {
        /// None in what was written before turns were given.
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
const UNREACHABLE_SECONDS: i64 = 5;
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
        may_start.then(|| Self {
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
        let (progress, attempts) = if tally.halted > 0 {
            // The campaign is paused for it, and the drain arms the chunk when it is resumed.
            (Progress::Cut, without_attempt)
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
            let handed = u32::try_from(slice.members.end).unwrap_or(self.recipients);
            let throttles = 0;
            let next = Self { handed, throttles, attempts: without_attempt, ..self.clone() };
            if handed >= self.recipients {
                return Self { progress: Progress::Done, updated_at: now, ..next };
            }
            let until = self.updated_at.plus_millis(slice.millis);
            return Self { progress: Progress::Waiting { until }, updated_at: now, ..next };
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
mod tests {
    use super::*;

    const PATIENCE: i64 = 120;
    const QUEUED: Progress = Progress::Queued { turn: None };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    fn state(progress: Progress) -> ChunkState {
        ChunkState { progress, ..ChunkState::cut(0, 3, 0, at(1_000)) }
    }

    fn whole() -> Slice {
        state(Progress::Working).slice(1, 1_000)
    }

    #[test]
    fn a_slow_senders_chunk_goes_out_in_slices() {
        let chunk = ChunkState { recipients: 8, ..state(QUEUED) };
        // Three parts each at one a second: three members take nine seconds.
        let working = chunk.start(None, at(1_001), PATIENCE).expect("may start");
        let slice = working.slice(3, 1);
        assert_eq!(slice, Slice { members: 0..3, millis: 9_000 });
        let next = working.finish(&Tally { settled: 3, ..Tally::default() }, &slice, at(1_003), 0);
        assert_eq!((next.handed, next.progress), (3, Progress::Waiting { until: at(1_010) }));
        let held_up = working.finish(&Tally { busy: 1, ..Tally::default() }, &slice, at(1_003), 0);
        assert_eq!(held_up.handed, 0);
        let last = ChunkState { handed: 6, ..working };
        let slice = last.slice(3, 1);
        assert_eq!(slice.members, 6..8);
        assert!(last.finish(&Tally::default(), &slice, at(1_003), 0).is_done());
        assert_eq!(chunk.slice(3, 100).members, 0..8);
        // A body of more parts than leave in one slice still goes out, one at a time.
        assert_eq!(chunk.slice(11, 1), Slice { members: 0..1, millis: 11_000 });
    }

    #[test]
    fn a_chunk_without_a_turn_is_on_no_queue() {
        let cut = state(Progress::Cut);
        assert_eq!(cut.start(None, at(5_000), PATIENCE), None);
        let Repair::Arm(armed) = cut.repair(0, at(1_000), PATIENCE) else { panic!("not armed") };
        let later = armed.with_turn(at(1_030));
        assert_eq!((later.arms, later.moved_at()), (0, Some(at(1_030))));
        assert_eq!(later.start(None, at(1_028), PATIENCE), None);
        assert!(later.start(None, at(1_029), PATIENCE).is_some());
        // Its own job comes when the queue lets it, whatever the worker's clock says.
        assert!(later.start(Some(at(1_030)), at(850), PATIENCE).is_some());
        assert_eq!(later.start(Some(at(990)), at(1_000), PATIENCE), None);
        assert_eq!(later.repair(0, at(1_149), PATIENCE), Repair::Nothing);
        let Repair::Arm(again) = later.repair(0, at(1_150), PATIENCE) else { panic!("not armed") };
        // To be armed again and again is no progress.
        assert_eq!(again.with_turn(at(1_151)).moved_at(), None);
    }

    #[test]
    fn one_worker_at_a_time() {
        let working = state(QUEUED).start(None, at(1_001), PATIENCE).expect("may start");
        assert_eq!(working.start(None, at(1_120), PATIENCE), None);
        assert!(working.start(None, at(1_121), PATIENCE).is_some());
        assert_eq!(state(Progress::Done).start(None, at(5_000), PATIENCE), None);
        let waiting = state(Progress::Waiting { until: at(2_000) });
        assert_eq!(waiting.start(None, at(1_900), PATIENCE), None);
        assert!(waiting.start(None, at(2_000), PATIENCE).is_some());
        assert!(waiting.start(Some(at(2_000)), at(1_900), PATIENCE).is_some());
    }

    #[test]
    fn waiting_is_no_attempt() {
        let working = state(QUEUED).start(None, at(1_001), PATIENCE).expect("may start");
        let finish = |tally: Tally| working.finish(&tally, &whole(), at(1_010), 0);
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
            chunk = chunk.finish(&tally, &whole(), at(0), 0);
            let Progress::Waiting { until } = chunk.progress else { panic!("not waiting") };
            waits.push(until.since(at(0)).num_seconds());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 160, 160]);
        let jittered = state(Progress::Working).finish(&tally, &whole(), at(0), 500);
        assert_eq!(jittered.progress, Progress::Waiting { until: at(0).plus_millis(7_500) });
        let some = Tally { settled: 1, ..tally };
        assert_eq!(chunk.finish(&some, &whole(), at(0), 0).throttles, 0);
    }

    #[test]
    fn what_stands_still_is_armed_with_growing_patience() {
        let queued = state(QUEUED);
        assert_eq!(queued.repair(0, at(1_119), PATIENCE), Repair::Nothing);
        let Repair::Arm(armed) = queued.repair(0, at(1_120), PATIENCE) else { panic!("not armed") };
        assert_eq!(armed.repair(0, at(1_120 + 239), PATIENCE), Repair::Nothing);
        assert!(matches!(armed.repair(0, at(1_120 + 240), PATIENCE), Repair::Arm(_)));
        assert_eq!(state(Progress::Done).repair(0, at(9_999), PATIENCE), Repair::Nothing);
    }

    #[test]
    fn a_chunk_is_given_up_after_five_attempts() {
        let mut chunk = state(QUEUED);
        let mut now = 1_000;
        for attempt in 1..=ATTEMPTS_MOST {
            assert!(!matches!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp), "{attempt}");
            chunk = chunk.start(None, at(now), PATIENCE).expect("may start");
            now += 500;
        }
        assert_eq!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp);
    }

    #[test]
    fn a_worker_has_its_time_for_the_last_attempt_too() {
        let chunk = ChunkState { attempts: ATTEMPTS_MOST - 1, ..state(QUEUED) };
        let working = chunk.start(None, at(1_000), PATIENCE).expect("may start");
        assert_eq!(working.repair(0, at(1_119), PATIENCE), Repair::Nothing);
        assert_eq!(working.repair(0, at(1_120), PATIENCE), Repair::GiveUp);
    }
}
