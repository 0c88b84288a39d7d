//! Removing the contacts that an import created, page by page of all contacts.

use infra::clock;
use infra::table::{BATCH_WRITES, ContactFilter, RowChange, ShardPosition};
use shared::import::{Import, Status, UndoVerdict};
use shared::organization::Organization;

use super::Step;
use crate::App;

/// Contacts that are looked at together.
const PAGE: usize = 500;

/// Removes contacts of the next page of the audience. The progress moves past the page once all of
/// its contacts are removed, so that each is counted once.
pub(super) async fn remove(
    app: &App,
    organization: &Organization,
    import: &Import,
) -> anyhow::Result<Step> {
    let mut step = Step::begin(import, clock::now());
    let mut undo = import.undo.clone().unwrap_or_default();
    let position = ShardPosition::new(undo.shard, undo.after.clone());
    let all = ContactFilter::default();
    let (contacts, next) = app.table.contacts(organization, &all, PAGE, Some(position)).await?;
    let (mut changed, mut named, mut writes) = (0, 0, 0);
    let mut is_whole = true;
    for contact in contacts {
        match contact.undone(import.id) {
            UndoVerdict::Other => {}
            UndoVerdict::KeepChanged => changed += 1,
            UndoVerdict::KeepNamed => named += 1,
            UndoVerdict::Remove => {
                let change = RowChange::Remove(contact);
                if writes + change.writes() > BATCH_WRITES {
                    is_whole = false;
                    break;
                }
                writes += change.writes();
                undo.removed += 1;
                step.effects.changes.push(change);
            }
        }
    }
    if is_whole {
        undo.changed += changed;
        undo.named += named;
        match next.map(ShardPosition::into_parts) {
            Some((shard, after)) => (undo.shard, undo.after) = (shard, after),
            None => step.after.status = Status::Undone,
        }
    }
    step.after.undo = Some(undo);
    Ok(step)
}
