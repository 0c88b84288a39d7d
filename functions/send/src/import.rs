//! Running an import: rows become contacts, in batches that move the import's progress with them.

use std::collections::HashSet;

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{BATCH_WRITES, ImportSaved, RowChange};
use shared::contact::Contact;
use shared::ids::{ContactId, ImportId, OrganizationId};
use shared::import::{Import, InvalidHeader, Row, RowError, Rows, Status};
use shared::job::{Due, Job};
use shared::organization::Organization;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::App;

const RESERVE_SECONDS: i64 = 20;
/// A batch whose contacts were changed meanwhile is read again so many times.
const RACES_MOST: usize = 10;
const OPT_OUTS_AT_ONCE: usize = 16;

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    import_id: ImportId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let import = app.table.import(organization_id, import_id).await?;
    let Some((organization, (mut import, Some(mut due)))) = organization.zip(import) else {
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
        let Batch { changes, opt_outs, after } = batch;
        // Before their contacts are there, so that no campaign meets one without the other.
        stream::iter(
            opt_outs.iter().map(|opt_out| app.table.register(opt_out, organization.shards)),
        )
        .buffer_unordered(OPT_OUTS_AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await?;
        let next = owed_after(&after, &due, app.repair_seconds);
        let saved = app.table.save_import(
            &organization,
            (&import, &due),
            (&after, next.as_ref()),
            &changes,
        );
        if saved.await? == ImportSaved::Done {
            let Some(next) = next else {
                let (rows, status) = (after.progress.rows, after.status);
                tracing::info!(import.id = %import_id, rows, ?status, "ended an import");
                return Ok(());
            };
            (import, due, races) = (after, next, 0);
            continue;
        }
        races += 1;
        anyhow::ensure!(races < RACES_MOST, "import {import_id} lost every race for its rows");
        match app.table.import(organization_id, import_id).await? {
            Some((found, Some(owed))) => (import, due) = (found, owed),
            // Another run has ended it.
            _ => return Ok(()),
        }
    }
}

/// Rows that are written together, and the import as it is after them.
struct Batch {
    changes: Vec<RowChange>,
    opt_outs: Vec<Preference>,
    after: Import,
}

/// What is owed after a batch: nothing once the import has ended, else the same job. Its time
/// moves forward now and then, so that the sweep leaves an import that gets on alone.
fn owed_after(after: &Import, due: &Due, repair_seconds: i64) -> Option<Due> {
    if matches!(after.status, Status::Done | Status::Failed) {
        return None;
    }
    let is_near = after.updated_at.plus_seconds(repair_seconds / 2) > due.at;
    let at = if is_near { after.updated_at.plus_seconds(repair_seconds) } else { due.at };
    Some(Due { at, job: due.job.clone() })
}

fn refused(import: &Import, refusal: &InvalidHeader) -> Batch {
    let after = Import {
        status: Status::Failed,
        failure: Some(refusal.to_string()),
        updated_at: clock::now(),
        ..import.clone()
    };
    Batch { changes: Vec::new(), opt_outs: Vec::new(), after }
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
    let mut opt_outs: Vec<Preference> = Vec::new();
    let mut touched: HashSet<ContactId> = HashSet::new();
    let mut writes = 0;
    while let Some((number, row)) = rows.look(organization.default_region) {
        let opt_out = row.as_ref().ok().and_then(|row| opt_out(import, number, row));
        let change = match row {
            Ok(row) => change(app, organization, import.id, number, row, now).await?,
            Err(error) => Err(error),
        };
        match change {
            Ok(change) => {
                // One transaction cannot write one contact twice.
                let again = matches!(&change, RowChange::Update { before, .. } if !touched.insert(before.id));
                if again || writes + change.writes() > BATCH_WRITES {
                    return Ok(Batch { changes, opt_outs, after });
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
        opt_outs.extend(opt_out);
        after.progress.rows = number;
        rows.take();
    }
    after.status = Status::Done;
    Ok(Batch { changes, opt_outs, after })
}

/// The opt-out that a row tells, also of a contact that is not there. It is as old as the import, so
/// that a repeated job does not overtake what a person has said since.
fn opt_out(import: &Import, number: u64, row: &Row) -> Option<Preference> {
    let phone = row.profile.phone.clone().filter(|_| row.is_opted_out)?;
    Some(Preference {
        organization_id: import.organization_id,
        phone,
        subscribed: false,
        changed_at: import.created_at,
        source: Source::Import,
        campaign_id: None,
        evidence: Some(format!("import {}, row {number}", import.id)),
        changed_by: import.changed_by.clone(),
    })
}

async fn change(
    app: &App,
    organization: &Organization,
    import: ImportId,
    number: u64,
    row: Row,
    now: Timestamp,
) -> anyhow::Result<Result<RowChange, RowError>> {
    let Row { id, profile, .. } = row;
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
            let updated_at = now.or_after(before.updated_at);
            let after = Contact { profile, updated_at, ..before.clone() };
            Ok(RowChange::Update { before, after })
        }
        None => Err(RowError {
            row: number,
            column: None,
            reason: "names a contact that does not exist".to_owned(),
        }),
    })
}
