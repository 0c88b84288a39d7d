//! Campaigns in a table that was restored to an earlier moment.
//!
//! What was claimed after that moment is missing, and nothing that is left can say who has been texted
//! since. To go on would text some people twice, so such campaigns end.

use super::{Broadcast, Campaign, Dispatch, Reason};
use crate::grace::Grace;
use crate::poll::PollSchedule;
use crate::time::Timestamp;

impl Campaign {
    /// The campaign after the table that holds it was restored. One that was still to send is stopped, and
    /// a scheduled one is canceled: it may have been sent or canceled since. `None` if nothing of it can
    /// have been sent since.
    #[must_use]
    pub fn restored(&self, polls: &PollSchedule, now: Timestamp, grace: Grace) -> Option<Self> {
        if let Ok(cancelled) = self.clone().cancel(now, Some(Reason::Restored)) {
            return Some(cancelled);
        }
        let broadcast = self.open_broadcast()?;
        let is_open = match broadcast.dispatch {
            Dispatch::Held | Dispatch::Running | Dispatch::Paused => true,
            // Workers that were sending when it was stopped may have claimed more since.
            Dispatch::Stopped => broadcast.dispatch_ended_at.is_none() && !broadcast.is_restored(),
            Dispatch::Done => false,
        };
        if !is_open {
            return None;
        }
        let mut stopped = broadcast.clone().entering(Dispatch::Stopped, Some(Reason::Restored));
        stopped.pauses.end(now);
        Some(self.with(stopped, now).owing_drain(now, grace).owing_counts(polls, now, grace))
    }
}

impl Broadcast {
    /// Whether it ended because the table was restored. Then it is unknown who was texted of those whom no
    /// one has claimed.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        self.reason == Some(Reason::Restored)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GRACE, at, draft, fanned_out, sent};
    use super::super::{DrainLook, Status};
    use super::*;

    fn polls() -> PollSchedule {
        PollSchedule::default()
    }

    fn restored(campaign: &Campaign) -> Option<Campaign> {
        campaign.restored(&polls(), at(50), GRACE)
    }

    #[test]
    fn what_was_still_to_send_is_stopped() {
        let paused = fanned_out(5).pause(None, at(20)).expect("running");
        let stopping = fanned_out(5).stop(&polls(), at(20), GRACE).expect("running");
        for open in [sent(), fanned_out(5), paused, stopping] {
            let stopped = restored(&open).expect("it is open");
            let broadcast = stopped.broadcast().expect("sent");
            assert_eq!(broadcast.dispatch, Dispatch::Stopped);
            assert!(broadcast.is_restored());
            assert!(broadcast.epoch > open.broadcast().expect("sent").epoch, "workers leave it");
            assert!(stopped.drain.is_some(), "its chunks are to be ended");
            assert!(stopped.step.is_some(), "receipts may settle some messages");
            assert_eq!(restored(&stopped), None, "once is enough");
        }
    }

    #[test]
    fn a_drain_that_is_given_up_does_not_make_the_rest_certain() {
        let stopped = restored(&fanned_out(5)).expect("it is open");
        let job = stopped.drain.clone().expect("a drain is owed").job;
        let given_up = stopped.given_up(&job, &polls(), at(4_000), GRACE).expect("owed");
        assert!(given_up.broadcast().expect("sent").is_restored());
        let again = given_up.stop(&polls(), at(5_000), GRACE).expect("a person may try again");
        assert!(again.broadcast().expect("sent").is_restored());
    }

    #[test]
    fn a_scheduled_one_is_canceled_and_the_others_stay() {
        let scheduled = draft(Some("Hi")).schedule(Some(at(60)), at(0), GRACE).expect("a draft");
        let cancelled = restored(&scheduled).expect("it may have been sent");
        assert_eq!(
            (cancelled.status(), cancelled.reason()),
            (Status::Cancelled, Some(Reason::Restored))
        );
        let job = fanned_out(5).drain.expect("a drain is owed").job;
        let look = DrainLook { are_chunks_done: true, ..DrainLook::default() };
        let done = fanned_out(5).drain_checked(&job, &look, at(40), GRACE).expect("owed");
        for over in [draft(None), cancelled, done] {
            assert_eq!(restored(&over), None, "{:?}", over.status());
        }
    }
}
