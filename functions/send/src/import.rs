//! Runs an import: rows become opt-outs and then contacts, in batches that also save the import's
//! progress.

mod contacts;
mod opt_outs;

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{ImportSaved, RowChange};
use shared::grace::Grace;
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Batch, Import, Rows, Status};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::App;

/// How often a batch is read again if its contacts change in the meantime.
const MAX_RACES: usize = 10;
const OPT_OUTS_AT_ONCE: usize = 16;

/// Rows that are written together, and the import after them.
struct Step {
    changes: Vec<RowChange>,
    opt_outs: Vec<Preference>,
    after: Import,
}

impl Step {
    /// A step without rows.
    fn begin(import: &Import, now: Timestamp) -> Self {
        let after = Import { status: Status::Running, updated_at: now, ..import.clone() };
        Self { changes: Vec::new(), opt_outs: Vec::new(), after }
    }

    /// The same step, but it ends the import because the rest of the file can't be read.
    fn fail(mut self, reason: &impl ToString) -> Self {
        self.after.status = Status::Failed;
        self.after.failure = Some(reason.to_string());
        self
    }
}

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
    let region = organization.default_region;
    let charset = import.charset(&content, region).map_err(|unclear| unclear.to_string());
    let open = |charset| Rows::open(&content, charset, &import.columns, region);
    let mut rows = charset.and_then(|it| open(it).map_err(|refusal| refusal.to_string()));
    let mut races = 0;
    while Batch::fits(clock::now(), deadline) {
        let step = match &mut rows {
            Ok(rows) if import.progress.first_pass.is_done => {
                contacts::read(app, &organization, &import, rows).await?
            }
            Ok(rows) => opt_outs::read(app, &organization, &import, rows).await?,
            Err(refusal) => Step::begin(&import, clock::now()).fail(refusal),
        };
        // The progress must not be saved without them.
        register(app, &organization, &step.opt_outs).await?;
        let next = owed_after(&step.after, &due, app.grace);
        let saved = app.table.save_import(
            &organization,
            (&import, &due),
            (&step.after, next.as_ref()),
            &step.changes,
        );
        if saved.await? == ImportSaved::Done {
            let Some(next) = next else {
                let (rows, status) = (step.after.progress.rows, step.after.status);
                tracing::info!(rows, ?status, "ended an import");
                return Ok(());
            };
            (import, due, races) = (step.after, next, 0);
            continue;
        }
        races += 1;
        anyhow::ensure!(races < MAX_RACES, "import {import_id} lost every race for its rows");
        match app.table.import(organization_id, import_id).await? {
            Some((found, Some(owed))) => (import, due) = (found, owed),
            // Another run has ended it.
            Some((_, None)) | None => return Ok(()),
        }
    }
    let job = JobsJob::Import { organization_id, import_id };
    Ok(app.queues.send(&job.into(), 0).await?)
}

async fn register(
    app: &App,
    organization: &Organization,
    opt_outs: &[Preference],
) -> anyhow::Result<()> {
    let writes = opt_outs.iter().map(|opt_out| app.table.register(opt_out, organization.shards));
    let mut writes = stream::iter(writes).buffer_unordered(OPT_OUTS_AT_ONCE);
    while writes.try_next().await?.is_some() {}
    Ok(())
}

/// What is owed after a batch: nothing once the import has ended, else the same job. Its time
/// moves forward now and then, so that the sweep leaves an import that gets on alone.
fn owed_after(after: &Import, due: &Due, grace: Grace) -> Option<Due> {
    if matches!(after.status, Status::Done | Status::Failed) {
        return None;
    }
    let is_near = grace.halved().after(after.updated_at) > due.at;
    let at = if is_near { grace.after(after.updated_at) } else { due.at };
    Some(Due { at, job: due.job.clone() })
}
