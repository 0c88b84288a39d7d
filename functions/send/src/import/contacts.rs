//! The second pass over a file: its rows become contacts.

use std::collections::HashSet;

use infra::clock;
use infra::table::{BATCH_WRITES, RowChange};
use shared::contact::Contact;
use shared::ids::ContactId;
use shared::import::{Batch, Content, Import, Reading, Row, RowError, Status};
use shared::organization::Organization;
use shared::time::Timestamp;

use super::Step;
use super::source::Source;
use crate::App;

/// Reads as many rows behind the import's progress as one transaction takes, or one batch.
pub(super) async fn read(
    app: &App,
    organization: &Organization,
    import: &Import,
    source: &mut Source,
) -> anyhow::Result<Step> {
    let mut batch = Batch::begin(clock::now());
    let mut step = Step::begin(import, batch.begun_at);
    let mut touched: HashSet<ContactId> = HashSet::new();
    let mut writes = 0;
    loop {
        source.fill().await?;
        let Some(reading) = source.rows.peek() else {
            step.after.status = Status::Done;
            return Ok(step);
        };
        if batch.is_full(clock::now()) {
            return Ok(step);
        }
        let reading = match reading {
            Ok(reading) => reading,
            Err(malformed) => return Ok(step.fail(&malformed)),
        };
        let progress = &mut step.after.progress;
        match &reading.content {
            Content::Blank => progress.skipped.blank += 1,
            Content::Refused(error) => {
                progress.rejected += 1;
                batch.rejected += 1;
                step.effects.rejected.push(error.clone());
            }
            Content::Row(row) => {
                batch.reads += usize::from(row.id.is_some());
                match change(app, organization, import, &reading, row, batch.begun_at).await? {
                    Err(error) => {
                        progress.rejected += 1;
                        batch.rejected += 1;
                        step.effects.rejected.push(error);
                    }
                    Ok(change) => {
                        // One transaction cannot write one contact twice.
                        let again = matches!(&change, RowChange::Update { before, .. } if !touched.insert(before.id));
                        if again || writes + change.writes() > BATCH_WRITES {
                            return Ok(step);
                        }
                        match change {
                            RowChange::Create(_) => progress.created += 1,
                            RowChange::Update { .. } => progress.updated += 1,
                        }
                        writes += change.writes();
                        step.effects.changes.push(change);
                    }
                }
            }
        }
        source.rows.pass();
        step.after.progress.second_pass = source.rows.position();
    }
}

async fn change(
    app: &App,
    organization: &Organization,
    import: &Import,
    reading: &Reading,
    row: &Row,
    now: Timestamp,
) -> anyhow::Result<Result<RowChange, RowError>> {
    let profile = row.profile.clone();
    let Some(id) = row.id else {
        return Ok(Ok(RowChange::Create(Contact {
            id: ContactId::of_row(import.id, reading.number),
            organization_id: organization.id,
            profile,
            created_at: now,
            updated_at: now,
        })));
    };
    Ok(match app.table.contact(organization, id).await? {
        Some(before) => {
            let updated_at = now.or_after(before.updated_at);
            let after = Contact { profile, updated_at, ..before.clone() };
            Ok(RowChange::Update { before, after })
        }
        None => {
            let reason = "refers to a contact that does not exist";
            Err(reading.refused(None, Some(id.to_string()), reason))
        }
    })
}
