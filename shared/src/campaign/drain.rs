//! What the looks at a campaign's chunks make of it, until all have been handed over.

use super::broadcast::NO_PROGRESS_SECONDS;
use super::{Broadcast, Campaign, Dispatch, Reason, State};
use crate::chunk_state::ChunkState;
use crate::job::{Due, Job};
use crate::time::Timestamp;

/// How often chunks that stand still are looked for.
const DRAIN_SECONDS: i64 = 60;

/// What a look at all chunks of a campaign found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrainLook {
    /// Whether all chunks are cut and each member has an outcome.
    pub are_chunks_done: bool,
    /// Whether a chunk was given up.
    pub gave_up: bool,
    /// The newest sign of life among them; waiting for the sender's rate is one.
    pub moved_at: Option<Timestamp>,
    /// When the rest will have been handed over, as far as the sender's rate goes.
    pub finishes_at: Option<Timestamp>,
}

impl Campaign {
    /// The job that hands a chunk over at its turn.
    #[must_use]
    pub fn chunk_job(&self, shard: u16, state: &ChunkState) -> Job {
        Job::Chunk {
            organization_id: self.organization_id,
            campaign_id: self.id,
            epoch: state.epoch,
            shard,
            number: state.number,
            turn: state.turn(),
        }
    }

    /// The campaign after a look at all its chunks by this drain. `None` if it is not owed, or not
    /// any more.
    #[must_use]
    pub fn drain_checked(
        &self,
        job: &Job,
        look: &DrainLook,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let State::Sent(broadcast) = &self.state else {
            return None;
        };
        let mut broadcast = broadcast.clone();
        if look.gave_up {
            broadcast.reason = Some(Reason::ProviderUnreachable);
        }
        if look.are_chunks_done && broadcast.audience.completed_at.is_some() {
            return Some(self.drained(broadcast, now));
        }
        if broadcast.dispatch == Dispatch::Running {
            broadcast.estimated_finish_at = look.finishes_at.or(broadcast.estimated_finish_at);
        }
        let stands_since = look.moved_at.max(Some(broadcast.running_since));
        let is_still =
            stands_since.is_some_and(|since| now >= since.plus_seconds(NO_PROGRESS_SECONDS));
        let checked = self.with(broadcast, now);
        if is_still && let Ok(paused) = checked.clone().pause(Some(Reason::NoProgress), now) {
            return Some(paused);
        }
        Some(checked.owing_drain(now, repair_seconds))
    }

    /// Whether this drain is the one that is owed: one that was sent twice, or of another epoch, is
    /// not.
    #[must_use]
    pub fn owes_drain(&self, job: &Job) -> bool {
        self.drain.as_ref().is_some_and(|due| due.job == *job)
    }

    /// The campaign after a look at one that is held: one that stands still is stopped, since to
    /// resume it would pass its limits by. `None` if it is not held any more, or this drain is not
    /// owed.
    #[must_use]
    pub fn hold_checked(&self, job: &Job, now: Timestamp, repair_seconds: i64) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let broadcast = self.broadcast().filter(|b| b.dispatch == Dispatch::Held)?.clone();
        let checked = match broadcast.is_stale(now) {
            None => broadcast,
            reason => broadcast.entering(Dispatch::Stopped, reason),
        };
        Some(self.with(checked, now).owing_drain(now, repair_seconds))
    }

    pub(super) fn drained(&self, mut broadcast: Broadcast, now: Timestamp) -> Self {
        if broadcast.dispatch != Dispatch::Stopped {
            broadcast.dispatch = Dispatch::Done;
        }
        broadcast.dispatch_ended_at.get_or_insert(now);
        broadcast.estimated_finish_at = None;
        Self { drain: None, ..self.with(broadcast, now) }
    }

    /// The campaign with its next drain owed in a minute.
    pub(super) fn owing_drain(self, now: Timestamp, repair_seconds: i64) -> Self {
        let number = match &self.drain {
            Some(Due { job: Job::Drain { number, .. }, .. }) => number + 1,
            _ => 0,
        };
        let job = Job::Drain {
            organization_id: self.organization_id,
            campaign_id: self.id,
            epoch: self.broadcast().map_or(0, |broadcast| broadcast.epoch),
            number,
        };
        let at = now.plus_seconds(DRAIN_SECONDS + repair_seconds);
        Self { drain: Some(Due { at, job }), ..self }
    }
}
