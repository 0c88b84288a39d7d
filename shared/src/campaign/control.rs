//! Pauses, resumes and stops a running campaign.
//!
//! Each increases the campaign's epoch. A worker finishes its current chunk; the jobs of all other
//! chunks have an older epoch and are dropped. The fan-out continues, so that the audience's totals
//! become complete, and so do the polls, because sent messages still change.

use super::{Audience, Broadcast, Campaign, Dispatch, Reason, Refusal};
use crate::grace::Grace;
use crate::poll::PollSchedule;
use crate::time::Timestamp;
use crate::trial;

/// A campaign that is paused for longer is stopped. Its text is old by then, and the claims that keep
/// its messages from being sent twice are not stored forever.
pub(super) const MAX_PAUSED_DAYS: i64 = 14;

impl Campaign {
    /// Stops sending until the campaign is resumed. `reason` is what Volley found; a person who
    /// pauses gives none.
    pub fn pause(self, reason: Option<Reason>, now: Timestamp) -> Result<Self, Refusal> {
        let broadcast = self.open_broadcast().ok_or(Refusal::NotRunning)?;
        if broadcast.dispatch != Dispatch::Running {
            return Err(Refusal::NotRunning);
        }
        let paused = broadcast.clone().entering(Dispatch::Paused, reason);
        let mut paused = Broadcast { dispatch_ended_at: Some(now), ..paused };
        paused.pauses.begin(reason, now);
        let ends_at = now.plus_seconds(MAX_PAUSED_DAYS * 86_400);
        Ok(self.with(paused, now).owing_drain_at(ends_at))
    }

    /// Continues after a pause: the drain assigns turns to a few recipients, and to the rest once
    /// those are settled. A fan-out that was given up starts again.
    pub fn resume(
        self,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Result<Self, Refusal> {
        let broadcast = self.open_broadcast().ok_or(Refusal::NotPaused)?;
        if broadcast.dispatch != Dispatch::Paused {
            return Err(Refusal::NotPaused);
        }
        let running = broadcast.clone().entering(Dispatch::Running, None);
        let audience = Audience { abandoned_at: None, ..running.audience };
        let trial = Some(trial::RESUMED_RECIPIENTS);
        let mut running = Broadcast { running_since: now, trial, audience, ..running };
        running.pauses.end(now);
        let was_abandoned = broadcast.audience.abandoned_at.is_some();
        let resumed = self.with(running, now).owing_drain(now, grace);
        if was_abandoned {
            return Ok(resumed.owing_fan_out(now, grace));
        }
        Ok(resumed.owing_counts(polls, now, grace))
    }

    /// Ends the dispatch for good: recipients who have not been claimed fail as stopped.
    pub fn stop(self, polls: &PollSchedule, now: Timestamp, grace: Grace) -> Result<Self, Refusal> {
        let broadcast = self.open_broadcast().ok_or(Refusal::NotRunning)?;
        let may_stop = match broadcast.dispatch {
            Dispatch::Held | Dispatch::Running | Dispatch::Paused => true,
            // If its drain was given up, a person may request another attempt.
            Dispatch::Stopped => broadcast.dispatch_ended_at.is_none() && self.drain.is_none(),
            Dispatch::Done => false,
        };
        if !may_stop {
            return Err(Refusal::NotRunning);
        }
        let mut stopped = broadcast.clone().entering(Dispatch::Stopped, broadcast.reason);
        stopped.pauses.end(now);
        Ok(self.with(stopped, now).owing_drain(now, grace).owing_counts(polls, now, grace))
    }

    /// The next poll, brought forward: counts change again.
    pub(super) fn owing_counts(self, polls: &PollSchedule, now: Timestamp, grace: Grace) -> Self {
        let is_fanning_out =
            self.broadcast().is_some_and(|broadcast| broadcast.audience.is_cutting());
        if is_fanning_out {
            return self;
        }
        let number = self.owed_poll().unwrap_or_else(|| polls.past_the_end());
        self.owing_poll(number, polls, now, grace)
    }
}

impl Broadcast {
    pub(super) fn entering(self, dispatch: Dispatch, reason: Option<Reason>) -> Self {
        Self {
            dispatch,
            dispatch_ended_at: None,
            estimated_finish_at: None,
            trial: None,
            unreachable_since: None,
            reason,
            epoch: self.epoch + 1,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
