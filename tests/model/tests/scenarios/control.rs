//! People who pause, resume, stop and cancel a campaign.

use model::programs::Program;
use model::protocol::Control;
use model::scenario::Scenario;
use model::world::Act;
use model::world::Kind::{Chunk, Poll, Sweep};

use crate::{depth, explored, phones};

fn asks(control: Control) -> Act {
    Act::Ask(Program::Control(control))
}

#[test]
fn a_pause_and_a_resume_race_the_workers() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .acts(&[asks(Control::Pause), asks(Control::Resume)])
        .faults(1, 0, depth(0, 1))
        .until(depth(0, 80))
        .without(&[Poll, Sweep]);
    explored("pause and resume", &scenario);
}

/// A stop fails unclaimed messages only.
pub(crate) fn stop() -> Scenario {
    Scenario::fanned_out(&phones(2), 1)
        .acts(&[asks(Control::Stop)])
        .faults(1, 0, 0)
        .until(depth(0, 120))
        .without(&[Poll, Sweep])
}

#[test]
fn a_stop_races_the_workers() {
    explored("stop", &stop());
}

#[test]
fn a_stop_races_a_claim_whose_worker_died() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .acts(&[asks(Control::Stop)])
        .faults(1, 0, 0)
        .until(depth(80, 120))
        .without(&[Poll, Sweep]);
    explored("stop and an abandoned claim", &scenario);
}

/// Two people change the campaign at once.
pub(crate) fn pause_and_stop() -> Scenario {
    Scenario::fanned_out(&phones(1), 1)
        .at_once(depth(2, 3))
        .acts(&[asks(Control::Pause), asks(Control::Stop)])
        .faults(1, depth(0, 1), 0)
        .until(0)
        .without(&[Poll, Sweep])
}

#[test]
fn a_pause_and_a_stop_race_the_workers() {
    explored("pause and stop", &pause_and_stop());
}

/// One conditional write decides between the send and a cancel.
pub(crate) fn cancel() -> Scenario {
    Scenario::scheduled(&phones(1), 1, None)
        .acts(&[asks(Control::Cancel)])
        .faults(1, 1, depth(0, 1))
        .until(0)
        .without(&[Poll, Sweep, Chunk])
}

#[test]
fn a_cancel_races_the_send() {
    explored("cancel", &cancel());
}

/// A fan-out continues while its campaign is paused.
pub(crate) fn pause_in_fan_out() -> Scenario {
    Scenario::scheduled(&phones(1), 1, None)
        .at_once(depth(1, 2))
        .acts(&[asks(Control::Pause), asks(Control::Resume)])
        .faults(1, 0, 0)
        .until(0)
        .without(&[Poll, Sweep])
}

#[test]
fn a_pause_races_the_fan_out() {
    explored("pause during the fan-out", &pause_in_fan_out());
}
