//! A campaign on trial: its first recipients are sent alone.

use model::programs::Program;
use model::protocol::Control;
use model::provider::Mood;
use model::scenario::{Scenario, phone};
use model::world::Act;
use model::world::Kind::{Drain, Poll, Sweep};

use crate::{depth, explored};

/// Two chunks, one of whose recipients is sent first.
pub(crate) fn two_chunks() -> Scenario {
    let phones = [phone(0, 0, 2), phone(1, 1, 2)];
    Scenario::on_trial(&phones, 2, 1).faults(1, 0, 0).until(0).without(&[Poll, Drain, Sweep])
}

#[test]
fn the_rest_waits_for_the_first_recipient() {
    explored("a trial of two chunks", &two_chunks());
}

#[test]
fn the_drain_races_the_worker_that_ends_the_trial() {
    let phones = [phone(0, 0, 2), phone(1, 1, 2)];
    let scenario = Scenario::on_trial(&phones, 2, 1)
        .once(model::world::Kind::Send)
        .faults(1, 0, depth(0, 1))
        .until(depth(60, 120))
        .ticks(60)
        .without(&[Poll, Sweep]);
    explored("a trial and its drain", &scenario);
}

/// The first recipients are part of a chunk.
#[test]
fn a_chunk_goes_on_after_its_first_recipient() {
    let phones = [phone(0, 0, 1), phone(1, 0, 1)];
    let scenario = Scenario::on_trial(&phones, 1, 1)
        .once(model::world::Kind::Send)
        .at_once(depth(1, 2))
        .moods(&[Mood::Throttles])
        .faults(1, 0, 0)
        .until(depth(60, 120))
        .ticks(60)
        .without(&[Poll, Sweep]);
    explored("a trial within a chunk", &scenario);
}

#[test]
fn a_pause_and_a_resume_race_the_trial() {
    let phones = [phone(0, 0, 1), phone(1, 0, 1)];
    let asks = |control| Act::Ask(Program::Control(control));
    let scenario = Scenario::on_trial(&phones, 1, 1)
        .once(model::world::Kind::Send)
        .acts(&[asks(Control::Pause), asks(Control::Resume)])
        .faults(depth(0, 1), 0, 0)
        .until(0)
        .without(&[Poll, Sweep]);
    explored("a trial, a pause and a resume", &scenario);
}
