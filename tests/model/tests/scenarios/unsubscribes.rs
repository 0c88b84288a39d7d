//! People who opt out while their campaign is running.

use model::scenario::Scenario;
use model::world::Act;
use model::world::Kind::{Drain, Poll, Sweep};

use crate::{depth, explored, phones};

/// Two recipients, of whom one opts out at any time after the fan-out.
pub(crate) fn after_the_fan_out() -> Scenario {
    let phones = phones(2);
    Scenario::fanned_out(&phones, 1)
        .acts(&[Act::Unsubscribe(phones[0].clone())])
        .faults(1, 0, 1)
        .until(depth(0, 120))
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn one_opts_out_after_the_fan_out() {
    explored("an opt-out after the fan-out", &after_the_fan_out());
}

pub(crate) fn during_the_fan_out() -> Scenario {
    let phones = phones(2);
    Scenario::scheduled(&phones, 1, None)
        .acts(&[Act::Unsubscribe(phones[1].clone())])
        .faults(depth(0, 1), 0, 1)
        .until(0)
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn one_opts_out_during_the_fan_out() {
    explored("an opt-out during the fan-out", &during_the_fan_out());
}
