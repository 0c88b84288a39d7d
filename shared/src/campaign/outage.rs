//! A campaign whose provider is unreachable, and the trial before the rest of its recipients get
//! turns.

use super::broadcast::NO_PROGRESS_SECONDS;
use super::{Broadcast, Campaign, Dispatch, Reason};
use crate::grace::Grace;
use crate::time::Timestamp;
use crate::trial::{PROBED_RECIPIENTS, Verdict};

/// How long a sender waits after its provider could not be reached or did not respond clearly. The
/// drain probes at the same interval.
pub const BACK_OFF_SECONDS: i64 = 60;

impl Campaign {
    /// Its broadcast, if messages are being sent in this epoch.
    #[must_use]
    pub fn running(&self, epoch: u32) -> Option<&Broadcast> {
        self.broadcast()
            .filter(|broadcast| broadcast.epoch == epoch && broadcast.dispatch == Dispatch::Running)
    }

    /// The campaign after a worker of this epoch found the provider unreachable. The jobs of all
    /// its chunks are dropped, and one recipient a minute is tried until one is settled. Nothing
    /// was sent, so all messages stay pending. After an hour, a person has to resume. `None` if the
    /// campaign has moved on.
    #[must_use]
    pub fn backing_off(&self, epoch: u32, now: Timestamp, grace: Grace) -> Option<Self> {
        let broadcast = self.running(epoch)?;
        let since = broadcast.unreachable_since.unwrap_or(now);
        if now >= since.plus_seconds(NO_PROGRESS_SECONDS) {
            return self.clone().pause(Some(Reason::ProviderUnreachable), now).ok();
        }
        let backing_off = Broadcast {
            trial: Some(PROBED_RECIPIENTS),
            unreachable_since: Some(since),
            ..broadcast.clone().entering(Dispatch::Running, None)
        };
        Some(self.with(backing_off, now).owing_drain(now, grace))
    }

    /// The campaign after a worker of this epoch has judged its trial. If turns are to be assigned,
    /// a new drain is owed and has to be sent at once. `None` if nothing changes.
    #[must_use]
    pub fn tried(
        &self,
        epoch: u32,
        verdict: Verdict,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        let broadcast = self.running(epoch).filter(|broadcast| broadcast.trial.is_some())?;
        match verdict {
            Verdict::Wait => None,
            Verdict::Pause(reason) => self.clone().pause(Some(reason), now).ok(),
            Verdict::Grant(_) => Some(self.clone().owing_drain(now, grace)),
            Verdict::Pass => {
                let passed =
                    Broadcast { trial: None, unreachable_since: None, ..broadcast.clone() };
                Some(self.with(passed, now).owing_drain(now, grace))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DrainLook;
    use super::super::tests::{GRACE, at, drain_checked, fanned_out};
    use super::*;
    use crate::trial;

    fn broadcast(campaign: &Campaign) -> &Broadcast {
        campaign.broadcast().expect("sent")
    }

    #[test]
    fn an_outage_is_waited_out_with_one_probe_a_minute_for_an_hour() {
        let mut campaign = fanned_out(5);
        for minute in 0..60 {
            let epoch = broadcast(&campaign).epoch;
            assert_eq!(campaign.backing_off(epoch + 1, at(20), GRACE), None);
            let now = at(20 + minute * BACK_OFF_SECONDS);
            campaign = campaign.backing_off(epoch, now, GRACE).expect("running");
            let after = broadcast(&campaign);
            assert_eq!((after.dispatch, after.reason), (Dispatch::Running, None), "{minute}");
            assert_eq!((after.epoch, after.trial), (epoch + 1, Some(1)));
            let due = campaign.drain.as_ref().expect("a drain is owed");
            assert_eq!(due.at, GRACE.after(now.plus_seconds(60)));
        }
        let epoch = broadcast(&campaign).epoch;
        let paused = campaign.backing_off(epoch, at(20 + 3_600), GRACE).expect("running");
        assert_eq!(broadcast(&paused).dispatch, Dispatch::Paused);
        assert_eq!(broadcast(&paused).reason, Some(Reason::ProviderUnreachable));
    }

    #[test]
    fn a_probe_that_is_settled_ends_the_outage() {
        let away = fanned_out(5).backing_off(0, at(20), GRACE).expect("running");
        let job = away.drain.clone().expect("owed").job;
        assert_eq!(away.tried(1, Verdict::Wait, at(80), GRACE), None);
        assert_eq!(away.tried(0, Verdict::Pass, at(80), GRACE), None);
        let back = away.tried(1, Verdict::Pass, at(80), GRACE).expect("on trial");
        assert_eq!((broadcast(&back).trial, broadcast(&back).unreachable_since), (None, None));
        assert!(!back.owes_drain(&job), "a drain that is under way does not take its place");
        assert!(back.drain.is_some());
        assert_eq!(back.tried(1, Verdict::Pass, at(81), GRACE), None);
        let look = DrainLook { trial: Some(Verdict::Pass), ..DrainLook::default() };
        let drained = drain_checked(&away, &look, at(80)).expect("owed");
        assert_eq!(broadcast(&drained).unreachable_since, None);
    }

    #[test]
    fn an_hour_of_outage_without_a_probe_is_told_as_one() {
        let away = fanned_out(5).backing_off(0, at(20), GRACE).expect("running");
        let look = DrainLook { due_since: Some(at(20)), ..DrainLook::default() };
        let paused = drain_checked(&away, &look, at(3_700)).expect("owed");
        assert_eq!(broadcast(&paused).reason, Some(Reason::ProviderUnreachable));
    }

    #[test]
    fn a_failed_trial_pauses() {
        let campaign = fanned_out(60);
        assert_eq!(broadcast(&campaign).trial, Some(trial::FIRST_RECIPIENTS));
        let verdict = Verdict::Pause(Reason::MessagesFiltered);
        let by_worker = campaign.tried(0, verdict, at(20), GRACE).expect("on trial");
        let look = DrainLook { trial: Some(verdict), ..DrainLook::default() };
        let by_drain = drain_checked(&campaign, &look, at(20)).expect("owed");
        for paused in [by_worker, by_drain] {
            assert_eq!(broadcast(&paused).dispatch, Dispatch::Paused);
            assert_eq!(broadcast(&paused).reason, Some(Reason::MessagesFiltered));
        }
    }
}
