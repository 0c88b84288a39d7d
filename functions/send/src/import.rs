//! Running an import: rows become contacts, in batches that move the import's progress with them.

use std::collections::HashSet;

use infra::clock;
use infra::table::{BATCH_WRITES, ImportSaved, RowChange};
use shared::contact::Contact;
use shared::ids::{ContactId, ImportId, OrganizationId};
use shared::import::{Import, InvalidHeader, Row, RowError, Rows, Status};
use shared::job::{Due, Job};
use shared::organization::Organization;
use shared::time::Timestamp;

use crate::App;

const RESERVE_SECONDS: i64 = 20;
/// A batch whose contacts were changed meanwhile is read again so many times.
const RACES_MOST: usize = 10;

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    import_id: ImportId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let import = app.table.import(organization_id, import_id).await?;
    let Some((organization, (mut import, Some(due)))) = organization.zip(import) else {
        return Ok(());
    };
    let content = app.files.get(organization_id, import_id).await?;
    let mut rows = Rows::open(&content, &import.columns);
    let mut races = 0;
    loop {
        if clock::now() >= deadline.plus_seconds(-RESERVE_SECONDS) {
            return Ok(app.queues.send(&Job::Import { organization_id, import_id }, 0).await?);
        }
        let batch = match &mut rows {
            Ok(rows) => read_batch(app, &organization, &import, rows).await?,
            Err(refusal) => refused(&import, refusal),
        };
        let saved = save(app, &organization, &import, &due, &batch).await?;
        if saved == ImportSaved::Done {
            if batch.after.status == Status::Done {
                tracing::info!(import.id = %import_id, rows = batch.after.progress.rows, "imported");
                return Ok(());
            }
            if batch.after.status == Status::Failed {
                return Ok(());
            }
            (import, races) = (batch.after, 0);
            continue;
        }
        races += 1;
        anyhow::ensure!(races < RACES_MOST, "import {import_id} lost every race for its rows");
        match app.table.import(organization_id, import_id).await? {
            Some((found, Some(_))) => import = found,
            // Another run has ended it.
            _ => return Ok(()),
        }
    }
}

/// Rows that are written together, and the import as it is after them.
struct Batch {
    changes: Vec<RowChange>,
    after: Import,
}

async fn save(
    app: &App,
    organization: &Organization,
    before: &Import,
    due: &Due,
    batch: &Batch,
) -> anyhow::Result<ImportSaved> {
    let saved =
        app.table.save_import(organization, before, Some(due), &batch.after, &batch.changes);
    Ok(saved.await?)
}

fn refused(import: &Import, refusal: &InvalidHeader) -> Batch {
    let after = Import {
        status: Status::Failed,
        failure: Some(refusal.to_string()),
        updated_at: clock::now(),
        ..import.clone()
    };
    Batch { changes: Vec::new(), after }
}

/// Reads as many rows behind the import's progress as one transaction takes.
async fn read_batch(
    app: &App,
    organization: &Organization,
    import: &Import,
    rows: &mut Rows<'_>,
) -> anyhow::Result<Batch> {
    let now = clock::now();
    let mut after = Import { status: Status::Running, updated_at: now, ..import.clone() };
    rows.go_to(import.progress.rows);
    let mut changes: Vec<RowChange> = Vec::new();
    let mut touched: HashSet<ContactId> = HashSet::new();
    let mut writes = 0;
    while let Some((number, row)) = rows.look(organization.default_region) {
        let change = match row {
            Ok(row) => change(app, organization, import.id, number, row, now).await?,
            Err(error) => Err(error),
        };
        match change {
            Ok(change) => {
                // One transaction cannot write one contact twice.
                let again = matches!(&change, RowChange::Update { before, .. } if !touched.insert(before.id));
                if again || writes + change.writes() > BATCH_WRITES {
                    return Ok(Batch { changes, after });
                }
                match change {
                    RowChange::Create(_) => after.progress.created += 1,
                    RowChange::Update { .. } => after.progress.updated += 1,
                }
                writes += change.writes();
                changes.push(change);
            }
            Err(error) => after.progress.reject(error),
        }
        after.progress.rows = number;
        rows.take();
    }
    after.status = Status::Done;
    Ok(Batch { changes, after })
}

async fn change(
    app: &App,
    organization: &Organization,
    import: ImportId,
    number: u64,
    row: Row,
    now: Timestamp,
) -> anyhow::Result<Result<RowChange, RowError>> {
    let Row { id, profile } = row;
    let Some(id) = id else {
        return Ok(Ok(RowChange::Create(Contact {
            id: ContactId::of_row(import, number),
            organization_id: organization.id,
            profile,
            created_at: now,
            updated_at: now,
        })));
    };
    Ok(match app.table.contact(organization, id).await? {
        Some(before) => {
            let after = Contact { profile, updated_at: now, ..before.clone() };
            Ok(RowChange::Update { before, after })
        }
        None => Err(RowError {
            row: number,
            column: None,
            reason: "names a contact that does not exist".to_owned(),
        }),
    })
}
