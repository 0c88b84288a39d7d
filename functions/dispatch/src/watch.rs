//! What the provider's responses to some messages of a slice mean for the others.

use std::cell::RefCell;

use infra::gateway::Halt;
use shared::breaker::{Answers, Place, Recent};

use crate::send::Answered;
use crate::settle::{GivenBack, Settled};

/// Watches the provider's responses while a slice is being sent.
pub(crate) struct Watch(RefCell<Seen>);

#[derive(Default)]
struct Seen {
    /// Why no other message is sent, if sending has stopped.
    stops: Option<GivenBack>,
    answers: Answers,
    /// Messages in a row that did not reach the provider.
    unreached: u32,
}

/// Why a worker stops sending its slice, if its campaign has to be paused because of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The provider currently accepts no message.
    Halted(Halt),
    /// Its responses are ambiguous, so each further message would become `unknown`.
    Silent,
}

/// After this many messages in a row that did not reach the provider, the others are not tried.
const MAX_UNREACHED_IN_A_ROW: u32 = 3;

impl Watch {
    /// Continues after the responses to other workers.
    pub(crate) fn new(recent: Recent) -> Self {
        Self(RefCell::new(Seen { answers: Answers::after(recent), ..Seen::default() }))
    }

    /// Records that a message is about to be sent, or returns the reason not to send it.
    pub(crate) fn ask(&self) -> Result<Place, GivenBack> {
        let mut seen = self.0.borrow_mut();
        seen.stops.map_or_else(|| Ok(seen.answers.ask()), Err)
    }

    /// Records its response.
    pub(crate) fn hear(&self, place: Place, answered: &Answered) {
        self.0.borrow_mut().hear(place, answered);
    }

    /// Why no other message is sent, if sending has stopped.
    pub(crate) fn stops(&self) -> Option<GivenBack> {
        self.0.borrow().stops
    }

    pub(crate) fn recent(&self) -> Recent {
        self.0.borrow().answers.recent()
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
    fn hear(&mut self, place: Place, answered: &Answered) {
        match answered {
            Answered::Outcome(_) => self.answered(place, false),
            Answered::Closed(Settled::Unknown) => {
                self.answered(place, true);
                let is_halted = matches!(self.stops, Some(GivenBack::Halted(_)));
                if self.answers.recent().trips() && !is_halted {
                    self.stops = Some(GivenBack::Silent);
                }
            }
            Answered::Closed(Settled::GivenBack(reason)) => self.hear_given_back(place, *reason),
            Answered::Closed(Settled::ByThisWorker | Settled::Before | Settled::Busy { .. }) => {}
        }
    }

    fn hear_given_back(&mut self, place: Place, reason: GivenBack) {
        match reason {
            // What a person has to fix takes precedence over what passes by itself.
            GivenBack::Halted(_) => {
                self.answered(place, false);
                self.stops = Some(reason);
            }
            GivenBack::Throttled { .. } => {
                self.answered(place, false);
                self.stops = self.stops.or(Some(reason));
            }
            GivenBack::Unreachable => {
                self.unreached += 1;
                if self.unreached >= MAX_UNREACHED_IN_A_ROW {
                    self.stops = self.stops.or(Some(reason));
                }
            }
            GivenBack::Silent => {}
        }
    }

    fn answered(&mut self, place: Place, is_ambiguous: bool) {
        self.answers.hear(place, is_ambiguous);
        self.unreached = 0;
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
            let places: Vec<Place> = answers.iter().filter_map(|_| watch.ask().ok()).collect();
            for (place, answered) in places.into_iter().zip(answers) {
                watch.hear(place, answered);
            }
            assert_eq!(watch.stops(), stops, "{answers:?}");
        }
    }
}
