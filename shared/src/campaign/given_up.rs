//! Steps of a campaign that always fail.

use super::{Campaign, Dispatch, Reason};
use crate::grace::Grace;
use crate::job::{Job, JobsJob, PollsJob};
use crate::poll::PollSchedule;
use crate::time::Timestamp;

impl Campaign {
    /// The campaign after the sweep has queued this job repeatedly without success. It is paused,
    /// stopped or canceled, with a reason. `None` if the job is not owed.
    #[must_use]
    pub fn given_up(
        &self,
        job: &Job,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        if !self.owes(job) {
            return None;
        }
        match job {
            Job::Jobs(JobsJob::Send { .. }) => {
                self.clone().cancel(now, Some(Reason::Poisoned)).ok()
            }
            Job::Jobs(JobsJob::FanOut { .. }) => self.without_fan_out(polls, now, grace),
            Job::Polls(PollsJob::Drain { .. }) => self.without_drain(now, grace),
            // The next one may go better, and the last one ends them.
            Job::Polls(PollsJob::Poll { number, .. }) => {
                Some(self.clone().owing_poll(number + 1, polls, now, grace))
            }
            // A person may delete the draft and resend again.
            Job::Jobs(JobsJob::Prepare { .. }) => Some(Self { step: None, ..self.clone() }),
            Job::Jobs(
                JobsJob::Import { .. }
                | JobsJob::Export { .. }
                | JobsJob::Quote { .. }
                | JobsJob::Preview { .. }
                | JobsJob::Erase { .. }
                | JobsJob::Delete { .. }
                | JobsJob::Reconcile { .. },
            )
            | Job::Dispatch(_)
            | Job::Notify(_) => None,
        }
    }

    /// What was cut so far is its audience, unless a person resumes it: then it is cut further.
    fn without_fan_out(&self, polls: &PollSchedule, now: Timestamp, grace: Grace) -> Option<Self> {
        let mut broadcast = self.open_broadcast()?.clone();
        broadcast.audience.abandoned_at = Some(now);
        broadcast.reason = broadcast.reason.or(Some(Reason::Poisoned));
        let without = self.with(broadcast, now).owing_poll(0, polls, now, grace);
        without.interrupted(now, grace)
    }

    fn without_drain(&self, now: Timestamp, grace: Grace) -> Option<Self> {
        let mut broadcast = self.broadcast()?.clone();
        let is_over = matches!(broadcast.dispatch, Dispatch::Stopped | Dispatch::Paused);
        if !broadcast.is_restored() {
            broadcast.reason = Some(Reason::Poisoned);
        }
        let without = self.with(broadcast, now);
        if is_over {
            // A person who stops it (again) starts the drain again.
            return Some(Self { drain: None, ..without });
        }
        without.interrupted(now, grace)
    }

    /// Pauses what runs; stops what is held, since to resume it would bypass its limits.
    fn interrupted(self, now: Timestamp, grace: Grace) -> Option<Self> {
        match self.broadcast()?.dispatch {
            Dispatch::Running => self.pause(Some(Reason::Poisoned), now).ok(),
            Dispatch::Held => {
                let broadcast = self.broadcast()?.clone();
                let stopped = broadcast.entering(Dispatch::Stopped, Some(Reason::Poisoned));
                Some(self.with(stopped, now).owing_drain(now, grace))
            }
            Dispatch::Paused | Dispatch::Stopped | Dispatch::Done => Some(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GRACE, at, drain_checked, fanned_out, polled, sent};
    use super::super::{DrainLook, Limits, State, Status};
    use super::*;
    use crate::audience::{Skipped, Totals};
    use crate::message::Counts;

    fn polls() -> PollSchedule {
        PollSchedule::default()
    }

    fn step_given_up(campaign: &Campaign, now: Timestamp) -> Campaign {
        let job = campaign.step.clone().expect("a step is owed").job;
        campaign.given_up(&job, &polls(), now, GRACE).expect("owed")
    }

    fn drain_given_up(campaign: &Campaign, now: Timestamp) -> Campaign {
        let job = campaign.drain.clone().expect("a drain is owed").job;
        campaign.given_up(&job, &polls(), now, GRACE).expect("owed")
    }

    fn dispatch(campaign: &Campaign) -> (Dispatch, Option<Reason>) {
        let broadcast = campaign.broadcast().expect("sent");
        (broadcast.dispatch, broadcast.reason)
    }

    #[test]
    fn a_fan_out_that_always_fails_pauses_and_a_resume_begins_it_again() {
        let paused = step_given_up(&sent(), at(4_000));
        assert_eq!(dispatch(&paused), (Dispatch::Paused, Some(Reason::Poisoned)));
        assert!(matches!(
            paused.step.as_ref().map(|due| &due.job),
            Some(Job::Polls(PollsJob::Poll { .. }))
        ));
        assert_eq!(paused.fanning_out(Totals::default(), at(4_001), GRACE), None);
        let resumed = paused.resume(&polls(), at(5_000), GRACE).expect("paused");
        assert!(matches!(
            resumed.step.as_ref().map(|due| &due.job),
            Some(Job::Jobs(JobsJob::FanOut { .. }))
        ));
        assert_eq!(dispatch(&resumed), (Dispatch::Running, None));
        assert!(resumed.fanning_out(Totals::default(), at(5_001), GRACE).is_some());
    }

    /// The totals are those of the chunks that were cut, and remain incomplete.
    #[test]
    fn a_stop_ends_a_campaign_whose_fan_out_never_completed() {
        let totals = Totals {
            recipients: 3,
            skipped: Skipped { no_phone: 2, ..Skipped::default() },
            ..Totals::default()
        };
        let look = DrainLook { are_chunks_done: true, cut: Some(totals), ..DrainLook::default() };
        let stop = |campaign: Campaign| campaign.stop(&polls(), at(4_100), GRACE).expect("on");
        let paused_first = stop(step_given_up(&sent(), at(4_000)));
        let stopped_first = step_given_up(&stop(sent()), at(4_200));
        for stopped in [paused_first, stopped_first] {
            let early = drain_checked(&stopped, &look, at(4_300)).expect("owed");
            assert!(early.drain.is_some(), "a run of the fan-out may still be cutting");
            let ended = drain_checked(&early, &look, at(4_800)).expect("owed");
            assert_eq!(dispatch(&ended), (Dispatch::Stopped, Some(Reason::Poisoned)));
            assert_eq!(ended.drain, None);
            let audience = ended.broadcast().expect("sent").audience;
            assert_eq!((audience.totals, audience.completed_at), (totals, None));
            let counts = Counts { failed: 3, ..Counts::default() };
            assert_eq!(polled(&ended, counts, true).step, None, "it is counted to its end");
        }
    }

    #[test]
    fn a_poll_does_not_end_what_may_still_be_cut() {
        let paused = step_given_up(&sent(), at(4_000));
        let counted = polled(&paused, Counts::default(), true);
        assert_eq!(dispatch(&counted), (Dispatch::Paused, Some(Reason::Poisoned)));
        assert!(
            counted.resume(&polls(), at(5_000), GRACE).is_ok(),
            "everyone is still to be texted"
        );
        let stopped = paused.stop(&polls(), at(4_100), GRACE).expect("paused");
        let counted = polled(&stopped, Counts::default(), true);
        assert!(counted.drain.is_some() && counted.step.is_some());
    }

    #[test]
    fn a_drain_that_always_fails_pauses_or_says_so() {
        let paused = drain_given_up(&fanned_out(5), at(4_000));
        assert_eq!(dispatch(&paused), (Dispatch::Paused, Some(Reason::Poisoned)));
        assert!(paused.drain.is_some(), "the end of the pause is owed");
        let stuck = drain_given_up(&paused, at(2_000_000));
        assert_eq!((dispatch(&stuck).0, stuck.drain), (Dispatch::Paused, None));
        let stopped = fanned_out(5).stop(&polls(), at(20), GRACE).expect("running");
        let stuck = drain_given_up(&stopped, at(4_000));
        assert_eq!(dispatch(&stuck), (Dispatch::Stopped, Some(Reason::Poisoned)));
        assert_eq!(stuck.drain, None);
        let again = stuck.stop(&polls(), at(5_000), GRACE).expect("may be tried again");
        assert!(again.drain.is_some());
    }

    #[test]
    fn one_that_is_held_is_stopped() {
        let limits = Limits { max_parts: Some(1), max_price: None };
        let mut held = sent();
        held.limits = limits;
        let State::Sent(broadcast) = &mut held.state else { panic!("not sent") };
        broadcast.dispatch = Dispatch::Held;
        for given_up in [step_given_up(&held, at(4_000)), drain_given_up(&held, at(4_000))] {
            assert_eq!(dispatch(&given_up), (Dispatch::Stopped, Some(Reason::Poisoned)));
            assert!(given_up.drain.is_some());
        }
    }

    #[test]
    fn a_send_is_canceled_and_a_poll_is_skipped() {
        let scheduled = super::super::tests::draft(Some("Hi"));
        let scheduled = scheduled.schedule(None, at(0), GRACE).expect("schedulable");
        let canceled = step_given_up(&scheduled, at(4_000));
        assert_eq!(
            (canceled.status(), canceled.reason()),
            (Status::Cancelled, Some(Reason::Poisoned))
        );
        let next = step_given_up(&fanned_out(5), at(4_000));
        assert!(matches!(
            next.step.as_ref().map(|due| &due.job),
            Some(Job::Polls(PollsJob::Poll { number: 1, .. }))
        ));
        let job = JobsJob::FanOut {
            organization_id: next.organization_id,
            campaign_id: next.id,
            shard: None,
        };
        assert_eq!(next.given_up(&job.into(), &polls(), at(4_000), GRACE), None);
    }
}
