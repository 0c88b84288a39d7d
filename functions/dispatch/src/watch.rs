//! What the provider's answers to some messages of a slice mean for the others.

use std::cell::Cell;

use infra::gateway::Halt;
use shared::breaker::Recent;

use crate::send::Answered;
use crate::settle::{GivenBack, Settled};

/// Watches the provider's answers while a slice is being sent.
pub(crate) struct Watch(Cell<Seen>);

#[derive(Clone, Copy, Default)]
struct Seen {
    /// Why no other message is sent, if that is so.
    stops: Option<GivenBack>,
    recent: Recent,
    /// Messages in a row that did not reach the provider.
    unreached: u32,
}

/// Why a worker sends nothing more of its slice, where its campaign has to be paused for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The provider takes no message now.
    Halted(Halt),
    /// Its answers are ambiguous, so each further message would become `unknown`.
    Silent,
}

/// After this many messages in a row that did not reach the provider, the others are not tried.
const MAX_UNREACHED_IN_A_ROW: u32 = 3;

impl Watch {
    pub(crate) fn new(recent: Recent) -> Self {
        Self(Cell::new(Seen { recent, ..Seen::default() }))
    }

    /// Why no other message is sent, if that is so.
    pub(crate) fn stops(&self) -> Option<GivenBack> {
        self.0.get().stops
    }

    pub(crate) fn hear(&self, answered: &Answered) {
        self.0.set(self.0.get().after(answered));
    }

    pub(crate) fn recent(&self) -> Recent {
        self.0.get().recent
    }

    pub(crate) fn ended(&self) -> Option<Ended> {
        match self.stops()? {
            GivenBack::Halted(halt) => Some(Ended::Halted(halt)),
            GivenBack::Silent => Some(Ended::Silent),
            GivenBack::Unreachable | GivenBack::Throttled { .. } => None,
        }
    }
}

impl Seen {
    fn after(self, answered: &Answered) -> Self {
        match answered {
            Answered::Outcome(_) => self.answered(false),
            Answered::Closed(Settled::Unknown) => {
                let seen = self.answered(true);
                let is_halted = matches!(seen.stops, Some(GivenBack::Halted(_)));
                if seen.recent.trips() && !is_halted {
                    return Self { stops: Some(GivenBack::Silent), ..seen };
                }
                seen
            }
            Answered::Closed(Settled::GivenBack(reason)) => self.after_given_back(*reason),
            Answered::Closed(Settled::ByThisWorker | Settled::Before | Settled::Busy { .. }) => {
                self
            }
        }
    }

    fn after_given_back(self, reason: GivenBack) -> Self {
        match reason {
            // What a person has to mend takes precedence over what passes by itself.
            GivenBack::Halted(_) => Self { stops: Some(reason), ..self.answered(false) },
            GivenBack::Throttled { .. } => {
                let stops = self.stops.or(Some(reason));
                Self { stops, ..self.answered(false) }
            }
            GivenBack::Unreachable => {
                let unreached = self.unreached + 1;
                let is_away = unreached >= MAX_UNREACHED_IN_A_ROW;
                Self { stops: self.stops.or(is_away.then_some(reason)), unreached, ..self }
            }
            GivenBack::Silent => self,
        }
    }

    fn answered(self, is_ambiguous: bool) -> Self {
        Self { recent: self.recent.with(is_ambiguous), unreached: 0, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const UNKNOWN: Answered = Answered::Closed(Settled::Unknown);
    const BEFORE: Answered = Answered::Closed(Settled::Before);

    fn back(reason: GivenBack) -> Answered {
        Answered::Closed(reason.into())
    }

    #[test]
    fn what_stops_the_others() {
        let throttled = GivenBack::Throttled { retry_after: Duration::from_secs(1) };
        let halted = GivenBack::Halted(Halt::Account);
        let away = || back(GivenBack::Unreachable);
        let cases: [(&[Answered], Option<GivenBack>); 8] = [
            (&[BEFORE, BEFORE], None),
            (&[UNKNOWN, UNKNOWN], None),
            (&[UNKNOWN, UNKNOWN, UNKNOWN], Some(GivenBack::Silent)),
            (&[back(throttled), UNKNOWN, back(halted)], Some(halted)),
            (&[back(halted), UNKNOWN, UNKNOWN, UNKNOWN], Some(halted)),
            (&[away(), away(), UNKNOWN, away()], None),
            (&[away(), BEFORE, away(), away()], Some(GivenBack::Unreachable)),
            (&[back(throttled), away(), away(), away()], Some(throttled)),
        ];
        for (answers, stops) in cases {
            let watch = Watch::new(Recent::default());
            for answered in answers {
                watch.hear(answered);
            }
            assert_eq!(watch.stops(), stops, "{answers:?}");
        }
    }
}
