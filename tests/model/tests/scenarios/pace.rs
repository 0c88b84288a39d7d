//! Chunks of a slow sender: on no queue until the drain assigns a turn, then sent in slices.

use model::scenario::Scenario;
use model::world::Kind::{Drain, Poll, Send, Sweep};

use crate::{depth, explored, phones};

#[test]
fn what_has_no_turn_waits_for_the_drain() {
    let scenario = Scenario::slow(&phones(1), 1)
        .faults(1, 0, depth(0, 1))
        .until(depth(120, 160))
        .without(&[Poll, Sweep]);
    explored("a chunk without a turn", &scenario);
}

#[test]
fn workers_race_for_slices() {
    let scenario = Scenario::slow(&phones(2), 1)
        .once(Send)
        .once(Drain)
        .faults(1, 0, 1)
        .until(depth(120, 200))
        .ticks(10)
        .without(&[Poll, Drain, Sweep]);
    explored("two slices", &scenario);
}

#[test]
fn a_slice_is_lost() {
    let scenario = Scenario::slow(&phones(2), 1)
        .once(Send)
        .once(Drain)
        .faults(0, 1, 0)
        .until(depth(120, 240))
        .without(&[Poll, Sweep]);
    explored("two slices and lost answers", &scenario);
}
