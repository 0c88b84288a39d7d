//! The second pass over a file, which turns its rows into contacts.

use std::collections::HashSet;

use infra::clock;
use infra::table::{BATCH_WRITES, RowChange};
use shared::contact::Contact;
use shared::ids::ContactId;
use shared::import::{Batch, Content, Import, Row, RowError, Rows, Status};
use shared::organization::Organization;
use shared::time::Timestamp;

use super::Step;
use crate::App;

/// Reads rows after the import's progress, as many as fit into a transaction and a batch.
pub(super) async fn read(
    app: &App,
    organization: &Organization,
    import: &Import,
    rows: &mut Rows<'_>,
) -> anyhow::Result<Step> {
    rows.go_to(import.progress.rows);
    let mut batch = Batch::begin(clock::now());
    let mut step = Step::begin(import, batch.begun_at);
    let mut touched: HashSet<ContactId> = HashSet::new();
    let mut writes = 0;
    while let Some(reading) = rows.peek() {
        if batch.is_full(clock::now()) {
            return Ok(step);
        }
        let reading = match reading {
            Ok(reading) => reading,
            Err(malformed) => return Ok(step.fail(&malformed)),
        };
        match reading.content {
            Content::Blank => step.after.progress.blank += 1,
            Content::Refused(error) => step.after.progress.reject(error),
            Content::Row(row) => {
                batch.reads += usize::from(row.id.is_some());
                let at = Place { import, number: reading.number, line: reading.line };
                match change(app, organization, &at, row, batch.begun_at).await? {
                    Reading::Refused(error) => step.after.progress.reject(error),
                    Reading::Change(change) => {
                        // A transaction can't write the same contact twice.
                        let again = matches!(&*change, RowChange::Update { before, .. } if !touched.insert(before.id));
                        if again || writes + change.writes() > BATCH_WRITES {
                            return Ok(step);
                        }
                        match *change {
                            RowChange::Create(_) => step.after.progress.created += 1,
                            RowChange::Update { .. } => step.after.progress.updated += 1,
                        }
                        writes += change.writes();
                        step.changes.push(*change);
                    }
                }
            }
        }
        step.after.progress.rows = reading.number;
        rows.pass();
    }
    step.after.status = Status::Done;
    Ok(step)
}

/// Where a row is.
struct Place<'i> {
    import: &'i Import,
    number: u64,
    line: u64,
}

/// What a row comes to.
enum Reading {
    Change(Box<RowChange>),
    Refused(RowError),
}

async fn change(
    app: &App,
    organization: &Organization,
    at: &Place<'_>,
    row: Row,
    now: Timestamp,
) -> anyhow::Result<Reading> {
    let Row { id, profile } = row;
    let Some(id) = id else {
        let create = RowChange::Create(Contact {
            id: ContactId::of_row(at.import.id, at.number),
            organization_id: organization.id,
            profile,
            import_id: Some(at.import.id),
            created_at: now,
            updated_at: now,
        });
        return Ok(Reading::Change(Box::new(create)));
    };
    Ok(match app.table.contact(organization, id).await? {
        Some(before) => {
            let updated_at = now.or_after(before.updated_at);
            let profile = profile.keeping_unlisted(&before.profile);
            let after = Contact { profile, updated_at, ..before.clone() };
            Reading::Change(Box::new(RowChange::Update { before, after }))
        }
        None => Reading::Refused(RowError {
            row: at.number,
            line: Some(at.line),
            column: None,
            reason: "refers to a contact that does not exist".to_owned(),
        }),
    })
}
