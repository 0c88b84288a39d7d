//! Campaigns with a target and a merge field, whose contacts and segment change.

use model::protocol::{SMALL, Traits};
use model::scenario::Scenario;
use model::table::contact_id;
use model::world::Act;
use model::world::Kind::{Chunk, Drain, Poll, Send, Sweep};
use shared::chunk::Sizes;

use crate::{depth, explored, phones};

/// A contact gets another name, and a tag that may bring it into the target or out of it.
pub(crate) fn edit(contact: u128, tag: u8) -> Act {
    Act::Edit(contact_id(contact), Traits { tag, name: 7 })
}

/// Contacts with these tags.
fn targeted(tags: &[u8], sizes: Sizes) -> Scenario {
    let contacts: Vec<_> = phones(tags.len()).into_iter().zip(tags.iter().copied()).collect();
    Scenario::targeted(&contacts, sizes)
}

/// Two runs see different contacts, and would cut different chunks.
pub(crate) fn different_views() -> Scenario {
    let acts = [edit(1, 1), edit(2, 0)];
    targeted(&[0, 1, 1][..depth(2, 3)], SMALL)
        .acts(&acts[..depth(1, 2)])
        .faults(0, 0, 1)
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk])
}

#[test]
fn two_runs_cut_with_different_views() {
    explored("two runs, a contact edited into the target", &different_views());
    let renamed = different_views().acts(&[edit(2, 1)]);
    explored("two runs, a contact renamed", &renamed);
}

/// A contact is renamed, taken out of the target or deleted once its audience is cut. What it gets was
/// frozen.
pub(crate) fn between_cut_and_dispatch(act: Act) -> Scenario {
    targeted(&[1, 1], Sizes::default())
        .once(Send)
        .acts(&[act])
        .faults(1, 0, depth(0, 1))
        .until(0)
        .without(&[Poll, Drain, Sweep])
}

#[test]
fn a_contact_changes_between_cut_and_dispatch() {
    let renamed = between_cut_and_dispatch(edit(1, 1));
    explored("renamed between cut and dispatch", &renamed);
    let tagged = between_cut_and_dispatch(edit(1, 0));
    explored("tagged otherwise between cut and dispatch", &tagged);
    let deleted = between_cut_and_dispatch(Act::Delete(contact_id(1)));
    explored("deleted between cut and dispatch", &deleted);
}

/// The segment changes before or after the campaign is sent.
pub(crate) fn segment_changes() -> Scenario {
    targeted(&[1, 2], SMALL)
        .acts(&[Act::EditSegment(2)])
        .faults(depth(0, 1), 0, 1)
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk])
}

#[test]
fn a_segment_changes_around_the_send() {
    explored("a segment that changes", &segment_changes());
}

/// Marks after each contact, and chunks of two recipients, whose runs die between any two of them. A mark
/// has the first recipient of its chunk.
pub(crate) fn marks() -> Scenario {
    targeted(&[1, 0, 1, 1], Sizes { recipients: 2, ..SMALL })
        .faults(depth(1, 2), depth(0, 1), depth(0, 1))
        .until(0)
        .without(&[Poll, Drain, Sweep, Chunk])
}

#[test]
fn a_run_dies_between_two_marks() {
    explored("marks of a run that dies", &marks());
    let copies = marks().faults(0, 0, 1);
    explored("marks of two runs", &copies);
    let edited = marks().acts(&[edit(1, 0)]);
    explored("a contact edited behind a mark", &edited);
}
