//! How the drain's inspection of a campaign's chunks changes the campaign.

use super::broadcast::NO_PROGRESS_SECONDS;
use super::control::MAX_PAUSED_DAYS;
use super::{Broadcast, Campaign, Dispatch, Reason};
use crate::audience::Totals;
use crate::breaker::Window;
use crate::chunk_state::ChunkState;
use crate::grace::Grace;
use crate::job::{DispatchJob, Due, Job, PollsJob};
use crate::poll::PollSchedule;
use crate::time::Timestamp;
use crate::trial::Verdict;

/// Nothing is sent later than this, plus the longest pause, after a campaign was sent. Its chunks and
/// claims are kept for longer: for 60 days at least.
const MAX_DAYS: i64 = 45;
/// The interval of the drain.
const DRAIN_SECONDS: i64 = 60;

/// What a drain found in all chunks of a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrainLook {
    /// Whether all chunks are cut and each member has an outcome.
    pub are_chunks_done: bool,
    /// Whether the workers of a chunk crash repeatedly.
    pub is_poisoned: bool,
    /// When a message was last settled.
    pub settled_at: Option<Timestamp>,
    /// Since when the oldest chunk whose turn has come is due. Chunks that wait for a turn are not
    /// due.
    pub due_since: Option<Timestamp>,
    /// The trial's verdict, if the campaign was on trial.
    pub trial: Option<Verdict>,
    /// The provider's responses in the newest chunks.
    pub newest: Window,
    /// The totals of the chunks, if the fan-out was given up and the campaign has none.
    pub cut: Option<Totals>,
    /// When the rest will have been sent, as far as the sender's rate allows.
    pub finishes_at: Option<Timestamp>,
}

impl DrainLook {
    /// Only a settled message is progress. Waiting for the provider or for other workers' claims is
    /// not, but waiting for a turn of the sender does not count against the campaign.
    fn reason_to_pause(&self, broadcast: &Broadcast, now: Timestamp) -> Option<Reason> {
        if self.is_poisoned {
            return Some(Reason::Poisoned);
        }
        if let Some(Verdict::Pause(reason)) = self.trial {
            return Some(reason);
        }
        if let Some(reason) = self.newest.trips() {
            return Some(reason);
        }
        if now >= broadcast.sent_at.plus_seconds(MAX_DAYS * 86_400) {
            return Some(Reason::Outdated);
        }
        let is_long_ago = |since: Timestamp| now >= since.plus_seconds(NO_PROGRESS_SECONDS);
        let settled_at = self.settled_at.unwrap_or(broadcast.running_since);
        let stands_since = settled_at.max(broadcast.running_since);
        let is_still = is_long_ago(stands_since) && self.due_since.is_some_and(is_long_ago);
        is_still.then_some(match broadcast.unreachable_since {
            Some(_) => Reason::ProviderUnreachable,
            None => Reason::NoProgress,
        })
    }
}

impl Campaign {
    /// The job that sends a chunk at its turn.
    #[must_use]
    pub fn chunk_job(&self, shard: u16, state: &ChunkState) -> Job {
        Job::Dispatch(DispatchJob::Chunk {
            organization_id: self.organization_id,
            campaign_id: self.id,
            epoch: state.epoch,
            shard,
            number: state.number,
            turn: state.turn(),
        })
    }

    /// The campaign after this drain has inspected all its chunks. `None` if the drain is not owed,
    /// or no longer.
    #[must_use]
    pub fn drain_checked(
        &self,
        job: &Job,
        look: &DrainLook,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let mut broadcast = self.open_broadcast()?.clone();
        broadcast.audience.totals = look.cut.unwrap_or(broadcast.audience.totals);
        if look.are_chunks_done && broadcast.audience.is_cut(now) {
            return Some(self.drained(broadcast, now));
        }
        if broadcast.dispatch == Dispatch::Running {
            broadcast.estimated_finish_at = look.finishes_at.or(broadcast.estimated_finish_at);
        }
        let reason = look.reason_to_pause(&broadcast, now);
        if look.trial == Some(Verdict::Pass) {
            (broadcast.trial, broadcast.unreachable_since) = (None, None);
        }
        let checked = self.with(broadcast, now);
        if reason.is_some()
            && let Ok(paused) = checked.clone().pause(reason, now)
        {
            return Some(paused);
        }
        Some(checked.owing_drain(now, grace))
    }

    /// Whether this drain is owed. A duplicate, or a drain of another epoch, is not.
    #[must_use]
    pub fn owes_drain(&self, job: &Job) -> bool {
        self.drain.as_ref().is_some_and(|due| due.job == *job)
    }

    /// A held campaign after this drain. If it is stalled it is stopped, not paused, because
    /// resuming it would bypass its limits. `None` if it is no longer held, or this drain is not
    /// owed.
    #[must_use]
    pub fn hold_checked(&self, job: &Job, now: Timestamp, grace: Grace) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let broadcast = self.broadcast().filter(|b| b.dispatch == Dispatch::Held)?.clone();
        let checked = match broadcast.reason_to_end(now) {
            None => broadcast,
            reason => broadcast.entering(Dispatch::Stopped, reason),
        };
        Some(self.with(checked, now).owing_drain(now, grace))
    }

    pub(super) fn drained(&self, mut broadcast: Broadcast, now: Timestamp) -> Self {
        if broadcast.dispatch != Dispatch::Stopped {
            broadcast.dispatch = Dispatch::Done;
        }
        broadcast.dispatch_ended_at.get_or_insert(now);
        broadcast.estimated_finish_at = None;
        Self { drain: None, ..self.with(broadcast, now) }
    }

    /// A paused campaign after this drain, which is owed once it has been paused for too long: it is
    /// stopped. `None` if it is not, or no longer.
    #[must_use]
    pub fn pause_checked(
        &self,
        job: &Job,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        let mut broadcast = self.open_broadcast()?.clone();
        let ends_at = broadcast.dispatch_ended_at?.plus_seconds(MAX_PAUSED_DAYS * 86_400);
        if !self.owes_drain(job) || broadcast.dispatch != Dispatch::Paused || now < ends_at {
            return None;
        }
        broadcast.reason = Some(Reason::Outdated);
        self.with(broadcast, now).stop(polls, now, grace).ok()
    }

    /// The campaign with its next drain owed in a minute.
    pub(super) fn owing_drain(self, now: Timestamp, grace: Grace) -> Self {
        self.owing_drain_at(grace.after(now.plus_seconds(DRAIN_SECONDS)))
    }

    pub(super) fn owing_drain_at(self, at: Timestamp) -> Self {
        let number = self.owed_drain().map_or(0, |number| number + 1);
        let job = PollsJob::Drain {
            organization_id: self.organization_id,
            campaign_id: self.id,
            epoch: self.broadcast().map_or(0, |broadcast| broadcast.epoch),
            number,
        };
        Self { drain: Some(Due { at, job: job.into() }), ..self }
    }

    /// The next drain, if it is to be queued for its time. The end of a pause is so far away that the
    /// sweep alone brings it.
    #[must_use]
    pub fn drain_to_queue(&self) -> Option<&Due> {
        let is_paused = self.broadcast().is_some_and(|it| it.dispatch == Dispatch::Paused);
        self.drain.as_ref().filter(|_| !is_paused)
    }

    /// The number of the drain that is owed.
    fn owed_drain(&self) -> Option<u32> {
        match self.drain.as_ref()?.job {
            Job::Polls(PollsJob::Drain { number, .. }) => Some(number),
            Job::Polls(PollsJob::Poll { .. })
            | Job::Jobs(_)
            | Job::Dispatch(_)
            | Job::Notify(_) => None,
        }
    }
}
