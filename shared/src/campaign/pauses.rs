//! A campaign's pauses: when, why and by whom.

use serde::{Deserialize, Serialize};

use super::{Campaign, Reason, State};
use crate::actor::Actor;
use crate::time::Timestamp;

/// The number of pauses that are kept. A campaign is written whole, so they must not grow.
const MAX_PAUSES: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    pub at: Timestamp,
    /// When it was resumed or stopped.
    pub until: Option<Timestamp>,
    /// What Volley found; none if a person paused it.
    pub reason: Option<Reason>,
    pub by: Option<Actor>,
}

/// The newest pauses, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    pub newest: Vec<Pause>,
    /// The number of pauses before them.
    pub earlier: u32,
}

impl Pauses {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    pub(super) fn begin(&mut self, reason: Option<Reason>, now: Timestamp) {
        if self.newest.len() >= MAX_PAUSES {
            self.newest.remove(0);
            self.earlier += 1;
        }
        let by = reason.map(|_| Actor::System);
        self.newest.push(Pause { at: now, until: None, reason, by });
    }

    pub(super) fn end(&mut self, now: Timestamp) {
        if let Some(pause) = self.newest.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(now);
        }
    }

    /// Records who made the pause that began at this time.
    fn by(&mut self, actor: &Actor, at: Timestamp) {
        let is_new = |pause: &&mut Pause| pause.at == at && pause.by.is_none();
        if let Some(pause) = self.newest.last_mut().filter(is_new) {
            pause.by = Some(actor.clone());
        }
    }
}

impl Campaign {
    /// Records `actor` as the last to change the campaign, and as who paused it if this change did.
    #[must_use]
    pub fn by(self, actor: Actor) -> Self {
        let mut changed = self;
        if let State::Sent(broadcast) = &mut changed.state {
            broadcast.pauses.by(&actor, changed.updated_at);
        }
        Self { changed_by: Some(actor), ..changed }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GRACE, at, fanned_out};
    use super::*;
    use crate::poll::PollSchedule;

    fn pauses(campaign: &Campaign) -> &Pauses {
        &campaign.broadcast().expect("sent").pauses
    }

    #[test]
    fn a_pause_has_a_cause_and_an_end() {
        let polls = PollSchedule::default();
        let person = Actor::Deployment;
        let paused = fanned_out(5).pause(None, at(60)).expect("running").by(person.clone());
        let resumed = paused.resume(&polls, at(70), GRACE).expect("paused").by(person.clone());
        let paused = resumed.pause(Some(Reason::SpendLimit), at(80)).expect("running");
        let stopped = paused.stop(&polls, at(90), GRACE).expect("paused").by(person.clone());
        let pause = |from, until, reason, by| Pause {
            at: at(from),
            until: Some(at(until)),
            reason,
            by: Some(by),
        };
        let expected =
            [pause(60, 70, None, person), pause(80, 90, Some(Reason::SpendLimit), Actor::System)];
        assert_eq!(pauses(&stopped).newest, expected);
    }

    #[test]
    fn only_the_newest_are_kept() {
        let polls = PollSchedule::default();
        let mut campaign = fanned_out(5);
        for second in 100..112 {
            campaign = campaign.pause(None, at(second)).expect("running");
            campaign = campaign.resume(&polls, at(second), GRACE).expect("paused");
        }
        let Pauses { newest, earlier } = pauses(&campaign);
        assert_eq!((newest.len(), *earlier, newest[0].at), (MAX_PAUSES, 2, at(102)));
    }
}
