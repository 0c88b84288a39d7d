//! A provider that refuses, throttles, is unreachable, halts, or whose response is lost.

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

/// A claim that was given back must be free for others, but only once.
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

/// Four recipients of a provider that accepts nothing and doesn't respond.
pub(crate) fn dead() -> Scenario {
    Scenario::fanned_out(&phones(4), 1)
        .at_once(1)
        .moods(&[Mood::Unheard, Mood::Unheard, Mood::Unheard, Mood::Unheard])
        .until(0)
        .without(&[Poll, Drain, Sweep])
}

/// The third ambiguous response in a row pauses the campaign, and no further message is lost.
#[test]
fn three_ambiguous_answers_in_a_row_pause() {
    explored("ambiguous answers", &dead());
}

/// Nothing is sent, and every message stays pending until a probe is settled.
pub(crate) fn outage() -> Scenario {
    Scenario::fanned_out(&phones(depth(1, 2)), 1)
        .at_once(depth(1, 2))
        .moods(&[Mood::Unreachable, Mood::Unreachable])
        .faults(1, 0, 0)
        .until(depth(60, 120))
        .ticks(60)
        .without(&[Poll, Sweep])
}

#[test]
fn it_is_out_of_reach_and_comes_back() {
    explored("an outage", &outage());
}

/// From any state, the campaign ends or is paused with a reason within two hours.
pub(crate) fn for_good(mood: Mood) -> Scenario {
    Scenario::fanned_out(&phones(1), 1).at_once(1).until(0).lasting(mood).without(&[Sweep])
}

#[test]
fn a_provider_that_stays_as_it_is_ends_in_a_pause() {
    for mood in [Mood::Throttles, Mood::Unreachable, Mood::Halts, Mood::Unheard] {
        explored("a provider that stays as it is", &for_good(mood));
    }
}
