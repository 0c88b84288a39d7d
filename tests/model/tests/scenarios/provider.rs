//! A provider that refuses, throttles, is out of reach, halts, or whose answer is lost.

use model::provider::Mood;
use model::scenario::Scenario;
use model::world::Kind::{Drain, Poll, Sweep};

use crate::{depth, explored, phones};

pub(crate) fn silence() -> Scenario {
    Scenario::fanned_out(&phones(2), 1)
        .moods(&[Mood::AcceptsUnheard, Mood::Unheard, Mood::Refuses, Mood::RefusesOptedOut])
        .faults(1, 0, depth(0, 1))
        .until(depth(0, 120))
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn an_answer_is_lost_or_a_message_refused() {
    explored("lost answers and refusals", &silence());
}

/// A claim that is given back must be free for others, and only once.
pub(crate) fn throttles() -> Scenario {
    Scenario::fanned_out(&phones(1), 1)
        .moods(&[Mood::Throttles, Mood::Throttles])
        .faults(1, 1, 1)
        .until(depth(40, 120))
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn it_asks_to_wait() {
    explored("throttles", &throttles());
}

#[test]
fn it_asks_to_wait_in_the_middle_of_a_chunk() {
    let scenario = Scenario::fanned_out(&phones(2), 1)
        .moods(&[Mood::Throttles, Mood::Unreachable])
        .faults(1, 0, 1)
        .until(depth(40, 120))
        .without(&[Poll, Drain, Sweep]);
    explored("throttles and no connection, two messages", &scenario);
}

#[test]
fn it_serves_the_account_no_more() {
    let scenario = Scenario::fanned_out(&phones(2), 1)
        .moods(&[Mood::Halts, Mood::Throttles])
        .faults(1, depth(0, 1), 1)
        .until(depth(0, 80))
        .without(&[Poll, Sweep]);
    explored("halts", &scenario);
}
