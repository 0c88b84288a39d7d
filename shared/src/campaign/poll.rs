//! How a poll's counts change a campaign.

use super::{Audience, Broadcast, Campaign, Counted, Dispatch, Reason, State};
use crate::breaker::Window;
use crate::grace::Grace;
use crate::job::{Due, Job, PollsJob};
use crate::message::Counts;
use crate::poll::PollSchedule;
use crate::time::Timestamp;

/// What a poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollLook {
    pub counts: Counts,
    pub are_chunks_done: bool,
    /// What receipts have reported since the previous poll.
    pub learnt: Window,
}

/// Whether a poll that finds no open chunk may end the dispatch. If the fan-out was given up, a person may still
/// resume it, and after a stop only the drain knows when its last run has ended.
fn may_end(broadcast: &Broadcast) -> bool {
    broadcast.audience.completed_at.is_some()
        || match broadcast.dispatch {
            // For a pause, it is when that began.
            Dispatch::Held | Dispatch::Running | Dispatch::Paused => false,
            Dispatch::Stopped | Dispatch::Done => broadcast.dispatch_ended_at.is_some(),
        }
}

impl Campaign {
    /// The campaign with the counts of poll `number`. The next poll is owed if a count may still
    /// change. The campaign is paused if the reports since the previous poll are too bad. `None` if
    /// this poll is not owed.
    #[must_use]
    pub fn polled(
        &self,
        number: u32,
        look: &PollLook,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        if !self.owes_poll(number) {
            return None;
        }
        let PollLook { counts, are_chunks_done, learnt } = *look;
        let mut broadcast = self.broadcast()?.clone();
        let are_chunks_done = are_chunks_done && may_end(&broadcast);
        broadcast.counted = Some(Counted { counts, at: now });
        let next = if are_chunks_done {
            self.drained(broadcast, now)
        } else {
            self.with(broadcast, now).broken(learnt.trips(), now)
        };
        if counts.are_final() && are_chunks_done {
            return Some(Self { step: None, ..next }.judged(counts, now));
        }
        Some(next.owing_poll(number + 1, polls, now, grace))
    }

    /// Whether this poll is owed.
    #[must_use]
    pub fn owes_poll(&self, number: u32) -> bool {
        self.owed_poll() == Some(number)
    }

    /// The number of the poll that is owed, if the campaign's next step is a poll.
    pub(super) fn owed_poll(&self) -> Option<u32> {
        match self.step.as_ref()?.job {
            Job::Polls(PollsJob::Poll { number, .. }) => Some(number),
            Job::Polls(PollsJob::Drain { .. })
            | Job::Jobs(_)
            | Job::Dispatch(_)
            | Job::Notify(_) => None,
        }
    }

    /// The campaign, paused if there is a reason for that and it is running.
    #[must_use]
    fn broken(self, reason: Option<Reason>, now: Timestamp) -> Self {
        match reason {
            Some(_) => self.clone().pause(reason, now).unwrap_or(self),
            None => self,
        }
    }

    /// A campaign fails if its audience is complete and dispatched, and every message failed.
    fn judged(self, counts: Counts, now: Timestamp) -> Self {
        match self.state {
            State::Sent(broadcast) if counts.failed > 0 && counts.failed == counts.total() => {
                Self { state: State::Failed { broadcast, at: now }, ..self }
            }
            state @ (State::Draft
            | State::Scheduled { .. }
            | State::Cancelled { .. }
            | State::Sent(_)
            | State::Failed { .. }) => Self { state, ..self },
        }
    }

    pub(super) fn owing_poll(
        self,
        number: u32,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Self {
        let step = self
            .broadcast()
            .and_then(|broadcast| {
                let Audience { completed_at, abandoned_at, .. } = broadcast.audience;
                let fanned_out_at = completed_at.or(abandoned_at)?;
                polls.time(number, fanned_out_at, broadcast.dispatch_ended_at, now)
            })
            .map(|at| Due {
                // A poll whose time has passed while the one before it ran is due at once.
                at: grace.after(at.max(now)),
                job: Job::Polls(PollsJob::Poll {
                    organization_id: self.organization_id,
                    campaign_id: self.id,
                    number,
                }),
            });
        Self { step, ..self }
    }
}
