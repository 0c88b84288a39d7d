//! Concurrent fan-outs, and contacts that move in the meantime.

use model::programs::Program;
use model::scenario::{Scenario, phone};
use model::table::contact_id;
use model::world::Act;
use model::world::Kind::{Chunk, Drain, Poll, Sweep};

use crate::{depth, explored, phones};

/// Either two contacts each move to a phone in the other's shard while a run reads both shards, or
/// one contact moves while two runs read.
pub(crate) fn moves() -> Scenario {
    let (first, second) = (phone(1, 0, 2), phone(2, 1, 2));
    let acts = [
        Act::Ask(Program::Move { contact: contact_id(1), to: phone(3, 1, 2) }),
        // Before the other contact's key, which is read first.
        Act::Ask(Program::Move { contact: contact_id(2), to: phone(0, 0, 2) }),
    ];
    Scenario::scheduled(&[first, second], 2, None)
        .acts(&acts[..depth(2, 1)])
        .faults(0, 0, depth(0, 1))
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk])
}

#[test]
fn contacts_move_between_shards_while_they_are_read() {
    explored("contacts that move", &moves());
}

/// A run that dies halfway.
pub(crate) fn one_run() -> Scenario {
    Scenario::scheduled(&phones(1), 1, None).at_once(1).faults(1, 0, 0).until(0)
}

#[test]
fn a_run_dies() {
    explored("one run", &one_run());
}

#[test]
fn two_runs_cut_two_shards() {
    let phones = [phone(0, 0, 2), phone(1, 1, 2)];
    let scenario = Scenario::scheduled(&phones, 2, None)
        .faults(1, depth(0, 1), 1)
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk]);
    explored("two runs, two shards", &scenario);
}

#[test]
fn two_runs_begin_with_a_limit() {
    let scenario = Scenario::scheduled(&phones(1), 1, Some(10))
        .faults(1, 0, 1)
        .until(0)
        .without(&[Poll, Sweep]);
    explored("held until it is counted", &scenario);
    let scenario = Scenario::scheduled(&phones(2), 1, Some(1))
        .faults(1, 0, 1)
        .until(0)
        .without(&[Poll, Sweep]);
    explored("stopped for its limit", &scenario);
}

/// Two runs that see different unsubscribes would cut different chunks.
pub(crate) fn long_chain() -> Scenario {
    let watched = phones(101);
    let mut scenario = Scenario::scheduled(&[], 1, None);
    // Most of a chunk, then contacts that opt out and move at the point where it is cut.
    for (number, phone) in (1_000..).zip(&watched[..98]) {
        scenario.world.table.add_contact(number, Some(phone), scenario.world.now);
    }
    for (number, phone) in (1..).zip(&watched[98..]) {
        scenario.world.table.add_contact(number, Some(phone), scenario.world.now);
    }
    let opts_out = Act::Unsubscribe(watched[98].clone());
    let moves = Act::Ask(Program::Move { contact: contact_id(3), to: watched[99].clone() });
    scenario
        .acts(&[opts_out, moves][..depth(1, 2)])
        .faults(0, 0, 1)
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk])
}

#[test]
fn two_runs_cut_a_chain_of_two_chunks() {
    explored("two runs, two chunks", &long_chain());
}
