//! Receipts that come first, twice, out of order or never.

use model::provider::{Mood, Word};
use model::scenario::Scenario;
use model::world::Kind::{Drain, Poll, Sweep};

use crate::{depth, explored, phones};

/// Receipts of a message whose response arrives or is lost, or whose worker dies.
pub(crate) fn race() -> Scenario {
    Scenario::fanned_out(&phones(1), 1)
        .words(&[Word::Sent, Word::Delivered])
        .moods(&[Mood::AcceptsUnheard, Mood::Throttles])
        .faults(1, 0, 1)
        .until(0)
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn receipts_race_the_answer() {
    explored("receipts", &race());
}

#[test]
fn receipts_race_the_repair_of_a_claim() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .words(&[Word::Failed])
        .moods(&[Mood::AcceptsUnheard])
        .faults(1, depth(0, 1), 1)
        .until(120)
        .without(&[Poll, Drain, Sweep]);
    explored("receipts and abandoned claims", &scenario);
}

#[test]
fn receipts_race_a_poll() {
    let scenario = Scenario::fanned_out(&phones(1), 1)
        .words(&[Word::Sent, Word::FailedOptedOut])
        .moods(&[Mood::AcceptsUnheard])
        .faults(depth(0, 1), depth(0, 1), 0)
        .until(80)
        .without(&[Drain, Sweep]);
    explored("receipts and polls", &scenario);
}
