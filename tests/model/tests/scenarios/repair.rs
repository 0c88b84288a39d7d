//! Polls, the drain and the sweep, running beside the workers.

use model::provider::Mood;
use model::scenario::Scenario;
use model::world::Kind::Poll;
use shared::chunk_state::MAX_CRASHED_STARTS;

use crate::{depth, explored, phones};

/// A stalled chunk is queued again while its worker may still be alive.
pub(crate) fn drains() -> Scenario {
    Scenario::fanned_out(&phones(1), 1).faults(1, 0, 0).until(depth(80, 120)).without(&[Poll])
}

#[test]
fn the_drain_races_the_workers() {
    explored("drains and sweeps", &drains());
}

#[test]
fn polls_race_the_workers() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .faults(depth(0, 1), 0, 1)
        .until(80)
        .ticks(depth(80, 40));
    explored("polls, drains and sweeps", &scenario);
}

/// The campaign is paused, and the worker continues with what it has.
#[test]
fn a_chunk_is_poisoned_while_its_worker_lives() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .begun_in_vain(MAX_CRASHED_STARTS - 1)
        .moods(&[Mood::Unreachable])
        .faults(1, 0, depth(0, 1))
        .until(depth(80, 120))
        .without(&[Poll]);
    explored("a poisoned chunk", &scenario);
}
