//! Runs an import: rows become opt-outs and then contacts, in batches that also save the import's
//! progress.

mod contacts;
#[cfg(test)]
mod deaths;
pub(crate) mod gunzip;
mod inspect;
mod lookup;
#[cfg(test)]
mod matches;
mod opt_outs;
mod phones;
mod rehearsal;
mod report;
#[cfg(test)]
mod scene;
mod source;
mod undo;
mod unpack;

use infra::clock;
use infra::files::{FileError, FileFailure};
use infra::table::{ImportSaved, RowEffects};
use shared::grace::Grace;
use shared::ids::{ImportId, OrganizationId};
use shared::import::limits::{LONG_STEP_SECONDS, MAX_REPORT_ROWS};
use shared::import::{Batch, Import, MatchBy, Stage, Status};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::App;
use phones::Phones;
use rehearsal::Rehearsal;
use source::Source;

/// How often a batch is read again if its contacts change in the meantime.
const MAX_RACES: usize = 10;
const CHANGED: &str = "the file changed or was removed after the import started; import it again";

/// Rows that are written together, and the import after them.
struct Step {
    effects: RowEffects,
    opt_outs: Vec<Preference>,
    after: Import,
}

impl Step {
    /// A step without rows.
    fn begin(import: &Import, now: Timestamp) -> Self {
        let after = Import { updated_at: now, former_errors: Vec::new(), ..import.clone() };
        Self { effects: RowEffects::default(), opt_outs: Vec::new(), after }
    }

    /// The same for an import that reads its file.
    fn begin_reading(import: &Import, now: Timestamp) -> Self {
        let mut step = Self::begin(import, now);
        step.after.status = Status::Running;
        step
    }

    fn end(mut self, status: Status) -> Self {
        self.after = self.after.ended(status);
        self
    }

    /// The same step, but it ends the import because the rest of the file can't be read.
    fn fail(mut self, reason: &impl ToString) -> Self {
        self.after.failure = Some(reason.to_string());
        self.end(Status::Failed)
    }
}

/// A run of an import, and what it keeps from one step to the next.
struct Run<'a> {
    app: &'a App,
    organization: Organization,
    deadline: Timestamp,
    source: Option<Source>,
    /// Those that contacts may have, once a pass matches rows by phone.
    phones: Option<Phones>,
    rehearsal: Rehearsal,
    /// From which the ids of contacts are derived that are found by phone.
    match_key: [u8; 32],
    /// Saves that were lost in a row to other writers.
    races: usize,
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
    let match_key = app.table.match_key(organization_id).await?;
    let mut run = Run {
        app,
        organization,
        deadline,
        source: None,
        phones: None,
        rehearsal: Rehearsal::new(&import),
        match_key,
        races: 0,
    };
    let mut is_fresh = true;
    while Batch::fits(clock::now(), deadline) && (is_fresh || !import.is_step_long()) {
        is_fresh = false;
        let step = match run.next_step(&import).await {
            Ok(Some(step)) => step,
            Ok(None) => return Ok(()),
            Err(error) if has_changed(&error) => Step::begin(&import, clock::now()).fail(&CHANGED),
            Err(error) => return Err(error),
        };
        // The progress must not be saved without them.
        let step = opt_outs::register(app, &run.organization, step).await?;
        let next = owed_after(&step.after, &due, app.grace);
        let saved = app.table.save_import(
            &run.organization,
            (&import, &due),
            (&step.after, next.as_ref()),
            &step.effects,
        );
        if saved.await? == ImportSaved::Done {
            let Some(next) = next else {
                let (rows, status) = (step.after.progress.rows(), step.after.status);
                tracing::info!(rows, ?status, "ended an import");
                return Ok(());
            };
            import = Import { version: import.version + 1, ..step.after };
            (due, run.races) = (next, 0);
            continue;
        }
        run.races += 1;
        run.source = None;
        anyhow::ensure!(run.races < MAX_RACES, "import {import_id} lost every race for its rows");
        match app.table.import(organization_id, import_id).await? {
            Some((found, Some(owed))) => (import, due) = (found, owed),
            // It has ended.
            Some((_, None)) | None => return Ok(()),
        }
        run.rehearsal = Rehearsal::new(&import);
    }
    let job = JobsJob::Import { organization_id, import_id };
    Ok(app.queues.send(&job.into(), 0).await?)
}

impl Run<'_> {
    /// Does what the import needs next; `None` if that is nothing.
    async fn next_step(&mut self, import: &Import) -> anyhow::Result<Option<Step>> {
        let (app, organization) = (self.app, &self.organization);
        let stage = import.stage();
        Ok(Some(match stage {
            // Nothing is owed, though an earlier version thought so.
            Stage::Over => Step::begin(import, clock::now()),
            Stage::Expire => match inspect::expire(app, import).await? {
                Some(step) => step,
                None => return Ok(None),
            },
            Stage::Discard => match inspect::discard(app, import).await? {
                Some(step) => step,
                None => return Ok(None),
            },
            Stage::Inspect => inspect::inspect(app, organization, import).await?,
            Stage::Unpack => inspect::unpack(app, organization, import, self.deadline).await?,
            Stage::Report => report::write(app, import, MAX_REPORT_ROWS, self.deadline).await?,
            Stage::Undo => undo::remove(app, organization, import).await?,
            Stage::FirstPass | Stage::SecondPass => {
                if let Err(refusal) = self.open(import).await? {
                    return Ok(Some(Step::begin(import, clock::now()).fail(&refusal)));
                }
                if stage == Stage::FirstPass {
                    self.read_opt_outs(import).await?
                } else {
                    self.know_phones(import).await?;
                    self.read_contacts(import).await?
                }
            }
        }))
    }

    /// Finds out once which phones contacts have, if rows are matched by phone.
    async fn know_phones(&mut self, import: &Import) -> anyhow::Result<()> {
        if self.phones.is_none() && import.match_by() == MatchBy::Phone {
            let (app, organization) = (self.app, &self.organization);
            self.phones = Some(Phones::read(app, organization, import, self.deadline).await?);
        }
        Ok(())
    }

    /// Opens the file where the import goes on, unless it is open there; `Err` says why it cannot be
    /// read.
    async fn open(&mut self, import: &Import) -> Result<Result<(), String>, FileError> {
        if self.source.as_ref().is_some_and(|source| source.is_at(import)) {
            return Ok(Ok(()));
        }
        Ok(match Source::open(self.app, import).await? {
            Ok(source) => {
                self.source = Some(source);
                Ok(())
            }
            Err(refusal) => Err(refusal),
        })
    }
}

fn has_changed(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<FileError>();
    error.is_some_and(|error| error.reason == FileFailure::Changed)
}

/// What is owed after a batch: nothing once the import has ended, else the same job. Its time
/// moves forward now and then, so that the sweep ignores an import that makes progress.
fn owed_after(after: &Import, due: &Due, grace: Grace) -> Option<Due> {
    if after.stage() == Stage::Over {
        return None;
    }
    if after.is_step_long() {
        let at = after.updated_at.plus_seconds(LONG_STEP_SECONDS);
        return Some(Due { at, job: due.job.clone() });
    }
    let is_near = grace.halved().after(after.updated_at) > due.at;
    let at = if is_near { grace.after(after.updated_at) } else { due.at };
    Some(Due { at, job: due.job.clone() })
}
