//! Runs an export: pages of rows become parts of a compressed file.

#[cfg(test)]
mod deaths;
mod packer;
mod pages;
#[cfg(test)]
mod scene;
mod writer;

use infra::clock;
use infra::files::{FileError, FileFailure};
use infra::table::Saved;
use shared::campaign::Campaign;
use shared::export::{Export, RUN_SECONDS, Stage};
use shared::ids::{ExportId, OrganizationId};
use shared::import::Batch;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::time::Timestamp;

use crate::App;
use pages::Pages;

pub(crate) const CONTENT_TYPE: &str = "application/gzip";
const EXPIRED: &str =
    "the export took longer than a day, or its parts were removed; start another one";
const NO_CAMPAIGN: &str = "the campaign was deleted";

/// A run of an export.
struct Run<'a> {
    app: &'a App,
    organization: Organization,
    /// The campaign whose rows are exported.
    campaign: Option<Campaign>,
    export: Export,
    due: Due,
    deadline: Timestamp,
    /// Whether no other run may write the next part.
    has_claimed: bool,
}

/// How a run goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Next,
    /// Another run has saved, so this one stops.
    Overtaken,
}

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    export_id: ExportId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let export = app.table.export(organization_id, export_id).await?;
    let Some((organization, (export, Some(due)))) = organization.zip(export) else {
        return Ok(());
    };
    let campaign = match export.campaign_id {
        Some(id) => app.table.campaign(organization_id, id).await?,
        None => None,
    };
    let has_claimed = false;
    let mut run = Run { app, organization, campaign, export, due, deadline, has_claimed };
    loop {
        match run.step().await? {
            Turn::Next if run.export.stage() == Stage::Over => {
                let (rows, status) = (run.export.rows, run.export.status);
                tracing::info!(rows, ?status, "ended an export");
                return Ok(());
            }
            Turn::Next if run.has_time() => {}
            Turn::Next => {
                let job = JobsJob::Export { organization_id, export_id };
                return Ok(app.queues.send(&job.into(), 0).await?);
            }
            Turn::Overtaken => return Ok(()),
        }
    }
}

impl Run<'_> {
    async fn step(&mut self) -> anyhow::Result<Turn> {
        if self.export.kind.is_of_campaign() && self.campaign.is_none() {
            return self.fail(NO_CAMPAIGN).await;
        }
        match self.export.stage() {
            // Nothing is owed of an export that has ended.
            Stage::Over => Ok(Turn::Overtaken),
            Stage::Attributes => self.search().await,
            Stage::Rows => match self.write().await {
                Err(error) if is_gone(&error) => self.fail(EXPIRED).await,
                turn => turn,
            },
            Stage::Complete => self.complete().await,
        }
    }

    fn has_time(&self) -> bool {
        Batch::fits(clock::now(), self.deadline)
    }

    fn pages(&self) -> Pages<'_> {
        let Self { app, organization, campaign, export, .. } = self;
        Pages::new(&app.table, organization, campaign.as_ref(), export.kind)
    }

    /// Looks for attributes that need a column.
    async fn search(&mut self) -> anyhow::Result<Turn> {
        let mut found = Vec::new();
        let mut at = Some(self.export.position.clone());
        while let Some(place) = &at {
            let (names, next) = self.pages().attributes(place).await?;
            found.extend(names);
            found.sort_unstable();
            found.dedup();
            at = next;
            if !self.has_time() {
                break;
            }
        }
        self.save(self.export.searched(found, at, clock::now())).await
    }

    /// Joins the parts. A run that died after it had joined them has left the file.
    async fn complete(&mut self) -> anyhow::Result<Turn> {
        let Export { parts, .. } = &self.export;
        let (key, size) = (self.export.key(), parts.size());
        let upload = parts.upload.clone().unwrap_or_default();
        let joined = self.app.files.complete_parts(&key, &upload, &parts.written).await;
        match joined {
            Ok(_) => {}
            Err(error) if error.reason == FileFailure::Changed => {
                let found = self.app.files.find(key).await?;
                if found.is_none_or(|file| file.size != size) {
                    return self.fail(EXPIRED).await;
                }
            }
            Err(error) => return Err(error.into()),
        }
        self.save(self.export.completed(size, clock::now())).await
    }

    /// Ends the export with a reason, and gives up what was written.
    async fn fail(&mut self, reason: &str) -> anyhow::Result<Turn> {
        self.save(self.export.failed(reason, clock::now())).await
    }

    /// Saves the export after a step. What is left of a failed one is removed.
    async fn save(&mut self, after: Export) -> anyhow::Result<Turn> {
        let stage = after.stage();
        let job = self.due.job.clone();
        let at = after.updated_at.plus_seconds(RUN_SECONDS);
        let next = (stage != Stage::Over).then_some(Due { at, job });
        let table = &self.app.table;
        let saved = table.save_export((&self.export, &self.due), (&after, next.as_ref())).await?;
        if saved != Saved::Done {
            return Ok(Turn::Overtaken);
        }
        let before = std::mem::replace(&mut self.export, after);
        self.export.version = before.version + 1;
        self.due = next.unwrap_or(Due { at, job: self.due.job.clone() });
        self.clean(&before).await;
        Ok(Turn::Next)
    }

    /// Removes what an export no longer needs. What is left is removed by the bucket's lifecycle rules.
    async fn clean(&self, before: &Export) {
        let files = &self.app.files;
        if let Some(rest) =
            before.parts.rest.as_ref().filter(|rest| self.export.parts.rest.as_ref() != Some(*rest))
            && let Err(error) = files.remove(&rest.key).await
        {
            tracing::warn!(error = ?error, "failed to remove a rest of an export");
        }
        if self.export.failure.is_some()
            && let Some(upload) = &self.export.parts.upload
        {
            files.abandon_parts(&self.export.key(), upload).await;
        }
    }
}

/// Whether the parts of an upload are gone.
fn is_gone(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<FileError>();
    error.is_some_and(|error| error.reason == FileFailure::Changed)
}
