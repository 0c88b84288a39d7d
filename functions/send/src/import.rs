//! Running an import: rows become opt-outs and then contacts, in batches that move the import's
//! progress with them.

mod contacts;
mod inspect;
mod opt_outs;
mod source;

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::files::{FileError, FileFailure};
use infra::table::{ImportSaved, RowEffects};
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Batch, Import, Stage, Status};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::App;
use source::Source;

/// A batch whose contacts changed meanwhile is read again at most this many times.
const MAX_RACES: usize = 10;
const OPT_OUTS_AT_ONCE: usize = 16;
const CHANGED: &str = "the file changed or was removed after the import started; import it again";

/// Rows that are written together, and the import as it is after them.
struct Step {
    effects: RowEffects,
    opt_outs: Vec<Preference>,
    after: Import,
}

impl Step {
    /// A step that has not read a row.
    fn begin(import: &Import, now: Timestamp) -> Self {
        let former_errors = Vec::new();
        let after =
            Import { status: Status::Running, updated_at: now, former_errors, ..import.clone() };
        Self { effects: RowEffects::default(), opt_outs: Vec::new(), after }
    }

    /// The same step, which ends the import because the file cannot be read any further.
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
    let mut source = None;
    let mut races = 0;
    while Batch::fits(clock::now(), deadline) {
        let step = match next_step(app, &organization, &import, &mut source).await {
            Ok(Some(step)) => step,
            Ok(None) => return Ok(()),
            Err(error) if has_changed(&error) => Step::begin(&import, clock::now()).fail(&CHANGED),
            Err(error) => return Err(error),
        };
        // Their progress must not be there without them.
        register(app, &organization, &step.opt_outs).await?;
        let next = owed_after(&step.after, &due, app.repair_seconds);
        let saved = app.table.save_import(
            &organization,
            (&import, &due),
            (&step.after, next.as_ref()),
            &step.effects,
        );
        if saved.await? == ImportSaved::Done {
            let Some(next) = next else {
                let (rows, status) = (step.after.progress.rows(), step.after.status);
                tracing::info!(import.id = %import_id, rows, ?status, "ended an import");
                return Ok(());
            };
            import = Import { version: import.version + 1, ..step.after };
            (due, races) = (next, 0);
            continue;
        }
        races += 1;
        source = None;
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

/// Does what the import needs next; `None` if that is nothing.
async fn next_step(
    app: &App,
    organization: &Organization,
    import: &Import,
    source: &mut Option<Source>,
) -> anyhow::Result<Option<Step>> {
    let stage = import.stage();
    match stage {
        Stage::Over => return Ok(None),
        Stage::Inspect => return Ok(Some(inspect::inspect(app, organization, import).await?)),
        Stage::FirstPass | Stage::SecondPass => {}
    }
    let opened = match source.take().filter(|source| source.is_at(import)) {
        Some(source) => source,
        None => match Source::open(app, import).await? {
            Ok(source) => source,
            Err(refusal) => return Ok(Some(Step::begin(import, clock::now()).fail(&refusal))),
        },
    };
    let opened = source.insert(opened);
    let step = if stage == Stage::FirstPass {
        opt_outs::read(app, organization, import, opened).await?
    } else {
        contacts::read(app, organization, import, opened).await?
    };
    Ok(Some(step))
}

fn has_changed(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<FileError>();
    error.is_some_and(|error| error.reason == FileFailure::Changed)
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
/// moves forward now and then, so that the sweep leaves an import alone that makes progress.
fn owed_after(after: &Import, due: &Due, repair_seconds: i64) -> Option<Due> {
    if after.stage() == Stage::Over {
        return None;
    }
    let is_near = after.updated_at.plus_seconds(repair_seconds / 2) > due.at;
    let at = if is_near { after.updated_at.plus_seconds(repair_seconds) } else { due.at };
    Some(Due { at, job: due.job.clone() })
}
