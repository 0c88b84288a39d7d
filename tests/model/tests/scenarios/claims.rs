//! Several workers on one chunk.

use model::scenario::Scenario;
use model::world::Kind::{Drain, Poll, Sweep};

use crate::{depth, explored, phones};

/// One message and two workers, which race, die, lose responses and stall beyond their claims.
pub(crate) fn race() -> Scenario {
    Scenario::fanned_out(&phones(1), 1)
        .faults(depth(0, 1), 1, 1)
        .until(depth(120, 160))
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn two_workers_race_for_a_message() {
    explored("two workers, one message", &race());
}

#[test]
fn two_workers_race_for_two_messages() {
    let scenario = Scenario::fanned_out(&phones(2), 1)
        .faults(depth(1, 2), 0, 1)
        .until(depth(120, 160))
        .without(&[Poll, Drain, Sweep]);
    explored("two workers, two messages", &scenario);
}

#[test]
fn three_workers_race_for_a_message() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .at_once(3)
        .faults(depth(1, 2), 0, 2)
        .until(depth(40, 120))
        .without(&[Poll, Drain, Sweep]);
    explored("three workers, one message", &scenario);
}

#[test]
fn two_workers_die_one_after_the_other() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .faults(2, 0, 1)
        .until(depth(120, 200))
        .without(&[Poll, Drain, Sweep]);
    explored("two crashes, one message", &scenario);
}
