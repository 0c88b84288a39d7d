//! Pausing, resuming and stopping a campaign that is under way.
//!
//! Each raises the campaign's epoch. A worker finishes the chunk that it is at; the jobs of all
//! other chunks are of an older epoch, and are dropped. The fan-out goes on meanwhile, so that the
//! audience's totals are whole; the polls too, since what was handed over still has its fate.

use super::{Broadcast, Campaign, Dispatch, Reason, Refusal, State};
use crate::job::{Due, Job};
use crate::poll::PollSchedule;
use crate::time::Timestamp;

impl Campaign {
    /// Hands nothing more over until the campaign is resumed. `reason` says what Volley itself
    /// found; a person who pauses gives none.
    pub fn pause(self, reason: Option<Reason>, now: Timestamp) -> Result<Self, Refusal> {
        let State::Sent(broadcast) = &self.state else {
            return Err(Refusal::NotRunning);
        };
        if broadcast.dispatch != Dispatch::Running {
            return Err(Refusal::NotRunning);
        }
        let paused = broadcast.clone().entering(Dispatch::Paused, reason);
        let paused = Broadcast { dispatch_ended_at: Some(now), ..paused };
        Ok(Self { drain: None, ..self.with(paused, now) })
    }

    /// Goes on where a pause left off: the drain arms what is not done.
    pub fn resume(
        self,
        polls: &PollSchedule,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Result<Self, Refusal> {
        let State::Sent(broadcast) = &self.state else {
            return Err(Refusal::NotPaused);
        };
        if broadcast.dispatch != Dispatch::Paused {
            return Err(Refusal::NotPaused);
        }
        let running = broadcast.clone().entering(Dispatch::Running, None);
        let running = Broadcast { running_since: now, ..running };
        Ok(self.with(running, now).owing_drain(now, repair_seconds).owing_counts(
            polls,
            now,
            repair_seconds,
        ))
    }

    /// Ends the dispatch for good: whatever nobody has claimed yet fails as stopped.
    pub fn stop(
        self,
        polls: &PollSchedule,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Result<Self, Refusal> {
        let State::Sent(broadcast) = &self.state else {
            return Err(Refusal::NotRunning);
        };
        if !matches!(broadcast.dispatch, Dispatch::Held | Dispatch::Running | Dispatch::Paused) {
            return Err(Refusal::NotRunning);
        }
        let stopped = broadcast.clone().entering(Dispatch::Stopped, broadcast.reason);
        Ok(self.with(stopped, now).owing_drain(now, repair_seconds).owing_counts(
            polls,
            now,
            repair_seconds,
        ))
    }

    /// The next poll, brought forward: counts change again.
    fn owing_counts(self, polls: &PollSchedule, now: Timestamp, repair_seconds: i64) -> Self {
        let is_fanning_out =
            self.broadcast().is_some_and(|broadcast| broadcast.audience.completed_at.is_none());
        if is_fanning_out {
            return self;
        }
        let number = match &self.step {
            Some(Due { job: Job::Poll { number, .. }, .. }) => *number,
            _ => polls.past_the_end(),
        };
        self.owing_poll(number, polls, now, repair_seconds)
    }
}

impl Broadcast {
    pub(super) fn entering(self, dispatch: Dispatch, reason: Option<Reason>) -> Self {
        Self {
            dispatch,
            dispatch_ended_at: None,
            estimated_finish_at: None,
            reason,
            epoch: self.epoch + 1,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
