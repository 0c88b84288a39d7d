//! Two workers with one chunk.

use model::scenario::Scenario;

use crate::{explored, phones};

#[test]
fn two_workers_race_for_a_claim() {
    let scenario = Scenario::fanned_out(&phones(1), 1).faults(0, 0, 1).until(0);
    explored("copies", &scenario);
}

#[test]
fn crash() {
    let scenario = Scenario::fanned_out(&phones(1), 1).faults(1, 0, 1).until(0);
    explored("one crash", &scenario);
}

#[test]
fn crash_waits() {
    let scenario = Scenario::fanned_out(&phones(1), 1).faults(1, 0, 1).until(180);
    explored("one crash, 180 s", &scenario);
}
