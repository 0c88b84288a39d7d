//! The provider's newest responses, one by one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Which of the provider's newest responses were ambiguous: one bit per message in the order of
/// sending, with the newest lowest. A bit is set if the provider may or may not have accepted the
/// message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recent(u32);

/// The number of responses that are remembered.
const RECENT_ANSWERS: u32 = 20;
/// A provider counts as failing once this many of the remembered responses were ambiguous ...
const MAX_AMBIGUOUS: u32 = 5;
/// ... or three in a row.
const IN_A_ROW: [u32; 3] = [0, 1, 2];

impl Recent {
    #[must_use]
    pub fn with(self, is_ambiguous: bool) -> Self {
        Self((self.0 << 1 | u32::from(is_ambiguous)) & ((1 << RECENT_ANSWERS) - 1))
    }

    /// Whether to stop sending.
    #[must_use]
    pub fn trips(self) -> bool {
        let is_row = IN_A_ROW.iter().fold(u32::MAX, |row, place| row & self.0 >> place) != 0;
        is_row || self.0.count_ones() >= MAX_AMBIGUOUS
    }
}

/// The responses to a worker's concurrent messages. A timeout arrives long after the responses to
/// the messages around it, so what counts is the order of sending, not the order of arrival.
/// Otherwise a few timeouts among hundreds of clear responses would look like a provider that has
/// stopped responding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The responses before those in `open`.
    settled: Recent,
    /// Whether each response was ambiguous, from the first message without a response on. `None` if
    /// the response is pending, or says nothing about the provider.
    open: VecDeque<Option<bool>>,
    /// The position of the first entry of `open`.
    first: usize,
}

/// A message's position in the order of sending.
#[derive(Clone, Copy, Debug)]
pub struct Place(usize);

impl Answers {
    /// Continues after the responses to other workers.
    #[must_use]
    pub fn after(recent: Recent) -> Self {
        Self { settled: recent, ..Self::default() }
    }

    /// Records that a message is sent.
    pub fn ask(&mut self) -> Place {
        self.open.push_back(None);
        Place(self.first + self.open.len() - 1)
    }

    /// Records its response.
    pub fn hear(&mut self, place: Place, is_ambiguous: bool) {
        if let Some(answer) =
            place.0.checked_sub(self.first).and_then(|index| self.open.get_mut(index))
        {
            *answer = Some(is_ambiguous);
        }
        // Only the newest count, so don't wait for the oldest.
        while self.open.front().is_some_and(Option::is_some)
            || self.open.len() > RECENT_ANSWERS as usize
        {
            if let Some(answer) = self.open.pop_front() {
                self.first += 1;
                self.settled = self.settled.with(answer.unwrap_or(false));
            }
        }
    }

    /// What is known so far. A missing response doesn't count against the provider.
    #[must_use]
    pub fn recent(&self) -> Recent {
        let heard = self.open.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let known = self.open.iter().take(heard);
        known.fold(self.settled, |recent, answer| recent.with(answer.unwrap_or(false)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(answers: &str) -> Recent {
        let all = answers.chars().map(|answer| answer == '?');
        all.fold(Recent::default(), Recent::with)
    }

    #[test]
    fn a_provider_fails_with_3_ambiguous_answers_in_a_row_or_5_of_20() {
        let trips = |answers: &str| recent(answers).trips();
        assert!(!trips("??.??."));
        assert!(trips("..???"));
        assert!(trips("???."));
        assert!(!trips(&format!("???{}", ".".repeat(20))), "they are forgotten");
        assert!(trips("?...?...?...?...?"));
        assert!(!trips("?...?...?...?....."));
        assert!(!trips("?....?....?....?....?"), "the first is forgotten");
    }

    /// Sends one message per letter, and records the responses in this order.
    fn heard(answers: &str, order: impl IntoIterator<Item = usize>) -> Answers {
        let answers: Vec<bool> = answers.chars().map(|answer| answer == '?').collect();
        let mut all = Answers::default();
        let places: Vec<Place> = answers.iter().map(|_| all.ask()).collect();
        for index in order {
            all.hear(places[index], answers[index]);
        }
        all
    }

    #[test]
    fn timeouts_that_come_last_are_not_in_a_row() {
        let late = heard("..?....?...?..", [0, 1, 3, 4, 5, 6, 8, 9, 10, 12, 13, 2, 7, 11]);
        assert_eq!(late.recent(), recent("..?....?...?.."));
        assert!(!late.recent().trips());
        assert_eq!(heard("..?....?...?..", 0..14), Answers { first: 14, ..late });
    }

    #[test]
    fn a_dead_provider_is_found_by_the_third_timeout_in_any_order() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            assert!(heard("???????", order).recent().trips(), "{order:?}");
        }
        assert!(heard("??????????", [0, 3, 5, 7, 9]).recent().trips());
        assert!(!heard("???????", [0, 2, 4]).recent().trips(), "others are to come");
    }

    #[test]
    fn what_others_have_heard_counts() {
        let mut answers = Answers::after(recent(".??"));
        let place = answers.ask();
        assert!(!answers.recent().trips());
        answers.hear(place, true);
        assert!(answers.recent().trips());
    }

    #[test]
    fn an_answer_that_never_comes_is_not_waited_for() {
        let mut answers = Answers::default();
        let never = answers.ask();
        for _ in 0..100 {
            let place = answers.ask();
            answers.hear(place, false);
        }
        answers.hear(never, true);
        assert_eq!(answers.recent(), Recent::default());
        assert!(answers.open.len() <= 20);
    }
}
