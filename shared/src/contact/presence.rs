//! Where a contact was at which time.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// When a contact was to be found under one phone.
///
/// An edit of a phone moves the contact to another key, and a fan-out that reads one key before
/// the move and the other after it would meet the contact twice or never. So the old key keeps a
/// tombstone, both keys say since when and until when they held the contact, and a campaign counts
/// the key that held it at the moment the campaign was sent. Empty means: since ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Presence(Vec<Move>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Move {
    In(Timestamp),
    Out(Timestamp),
}

/// The moment of a move that is written while `last_send` is the organization's last: after it, and
/// no later than that of any send to come, so it is by no clock at all.
#[must_use]
pub fn moment_of_move(last_send: Option<Timestamp>) -> Timestamp {
    last_send.map_or(Timestamp::EPOCH, |at| at.plus_millis(1))
}

/// The moment of a send that is written after `last_send`: now, unless the clock is behind.
#[must_use]
pub fn moment_of_send(last_send: Option<Timestamp>, now: Timestamp) -> Timestamp {
    now.max(moment_of_move(last_send))
}

/// More moves than anyone makes while one fan-out runs.
const MOVES_KEPT: usize = 8;

impl Presence {
    /// The presence under a phone that the contact gets by a move.
    #[must_use]
    pub fn arrive(self, moment: Timestamp) -> Self {
        self.with(Move::In(moment))
    }

    /// The presence that the tombstone keeps when the contact leaves by a move.
    #[must_use]
    pub fn leave(self, moment: Timestamp) -> Self {
        self.with(Move::Out(moment))
    }

    fn with(mut self, step: Move) -> Self {
        self.0.push(step);
        let surplus = self.0.len().saturating_sub(MOVES_KEPT);
        self.0.drain(..surplus);
        self
    }

    #[must_use]
    pub fn is_simple(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the contact was here at `moment`.
    #[must_use]
    pub fn holds_at(&self, moment: Timestamp) -> bool {
        let last_before = self.0.iter().rev().find(|step| step.at() <= moment);
        match last_before {
            Some(step) => matches!(step, Move::In(_)),
            // Before the first known move the contact was here exactly if that move was away.
            None => self.0.first().is_none_or(|first| matches!(first, Move::Out(_))),
        }
    }
}

impl Move {
    fn at(self) -> Timestamp {
        match self {
            Self::In(at) | Self::Out(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    proptest! {
        /// However often a contact moves between two phones, at each moment exactly one holds it.
        #[test]
        fn exactly_one_phone_holds_a_contact(moves in proptest::collection::vec(0_i64..50, 0..6)) {
            let mut now = 0;
            let mut phones = Phones::default();
            for gap in moves {
                now += gap;
                phones.swap(at(now));
            }
            for second in 0..=now + 1 {
                let holders = phones.hold_at(at(second)).into_iter().filter(|holds| *holds).count();
                prop_assert_eq!(holders, 1, "at {}", second);
            }
        }

        /// Each send finds the contact where the moves that were written before it left it,
        /// regardless of clocks.
        #[test]
        fn a_send_finds_what_was_written_before_it(
            steps in proptest::collection::vec((any::<bool>(), 0_i64..100), 1..8)
        ) {
            let (mut phones, mut last_send) = (Phones::default(), None);
            let mut found = Vec::new();
            for (moves, clock) in steps {
                if moves {
                    phones.swap(moment_of_move(last_send));
                } else {
                    let moment = moment_of_send(last_send, at(clock));
                    prop_assert!(last_send.is_none_or(|last| last < moment));
                    last_send = Some(moment);
                    found.push((moment, phones.is_second));
                }
            }
            for (moment, is_second) in found {
                prop_assert_eq!(phones.hold_at(moment), [!is_second, is_second]);
            }
        }
    }

    /// A contact's two phones.
    #[derive(Default)]
    struct Phones {
        first: Presence,
        second: Option<Presence>,
        is_second: bool,
    }

    impl Phones {
        fn swap(&mut self, moment: Timestamp) {
            let first = std::mem::take(&mut self.first);
            let second = self.second.take().unwrap_or_default();
            (self.first, self.second) = if self.is_second {
                (first.arrive(moment), Some(second.leave(moment)))
            } else {
                (first.leave(moment), Some(second.arrive(moment)))
            };
            self.is_second = !self.is_second;
        }

        fn hold_at(&self, moment: Timestamp) -> [bool; 2] {
            let second = self.second.as_ref();
            [self.first.holds_at(moment), second.is_some_and(|second| second.holds_at(moment))]
        }
    }
}
