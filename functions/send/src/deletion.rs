//! Deletes an organization, in steps that can be repeated.
//!
//! A run that dies leaves its due item, and the next one repeats the stage.

#[cfg(test)]
mod tests;

use infra::clock;
use infra::table::{CampaignPosition, ExportPosition, ImportPosition, Removed, Saved};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::deletion::{Deletion, Stage};
use shared::ids::OrganizationId;
use shared::import::Batch;
use shared::job::{Due, JobsJob};
use shared::time::Timestamp;

use crate::App;
use crate::erasure::files::files_of;

const CAMPAIGNS_AT_ONCE: i32 = 50;
const FILES_AT_ONCE: i32 = 50;
/// How long before its end a run stops removing items.
const END_SECONDS: i64 = 30;

/// The result of a step.
enum Step {
    Done(Box<Deletion>),
    /// Someone may still be working for the organization.
    Wait {
        seconds: u32,
    },
}

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let Some((mut deletion, mut due)) = app.table.deletion(organization_id).await? else {
        return Ok(());
    };
    loop {
        if deletion.stage == Stage::Over {
            if app.table.end_deletion(&deletion, &due).await? == Saved::Done {
                tracing::info!("deleted an organization");
            }
            return Ok(());
        }
        let (after, wait) = match step(app, &deletion, deadline).await? {
            Step::Done(after) => (*after, 0),
            Step::Wait { seconds } => {
                (Deletion { updated_at: clock::now(), ..deletion.clone() }, seconds)
            }
        };
        let job = JobsJob::Delete { organization_id };
        let until = deadline.plus_seconds(wait.into());
        let next = Due { at: app.grace.after(until), job: job.into() };
        let saved = app.table.save_deletion((&deletion, &due), (&after, &next)).await?;
        if saved != Saved::Done {
            return Ok(());
        }
        deletion = Deletion { version: deletion.version + 1, ..after };
        due = next;
        if wait > 0 || !Batch::fits(clock::now(), deadline) {
            return Ok(app.queues.send(&due.job, wait).await?);
        }
    }
}

async fn step(app: &App, deletion: &Deletion, deadline: Timestamp) -> anyhow::Result<Step> {
    let now = clock::now();
    let organization = &deletion.organization;
    match deletion.stage {
        Stage::Wait => {
            let quiet_at = deletion.quiet_at(app.claim_seconds);
            if now < quiet_at {
                return Ok(Step::Wait { seconds: quiet_at.seconds_from(now).clamp(1, 900) });
            }
        }
        Stage::Schedules => return schedules(app, deletion).await,
        Stage::Imports => return imports(app, deletion).await,
        Stage::Exports => return exports(app, deletion).await,
        Stage::Items => {
            let until = deadline.plus_seconds(-END_SECONDS);
            if app.table.remove_organization(organization, until).await? == Removed::Some {
                return Ok(Step::Wait { seconds: 1 });
            }
        }
        Stage::Numbers => app.table.leave_numbers(organization, now).await?,
        Stage::Over => {}
    }
    Ok(Step::Done(Box::new(deletion.next(clock::now()))))
}

/// Deletes the schedules of what campaigns owe. Their jobs would find nothing to do.
async fn schedules(app: &App, deletion: &Deletion) -> anyhow::Result<Step> {
    let after: Option<CampaignPosition> = position(deletion)?;
    let id = deletion.organization.id;
    let (campaigns, next) = app.table.campaigns(id, None, CAMPAIGNS_AT_ONCE, after).await?;
    for due in campaigns.iter().flat_map(|campaign| campaign.owed()).flatten() {
        app.schedules.delete(&due.job).await?;
    }
    turned(deletion, next.as_ref())
}

async fn imports(app: &App, deletion: &Deletion) -> anyhow::Result<Step> {
    let after: Option<ImportPosition> = position(deletion)?;
    let (imports, next) = app.table.imports(deletion.organization.id, FILES_AT_ONCE, after).await?;
    for key in imports.iter().flat_map(files_of).flatten() {
        app.files.remove(&key).await?;
    }
    turned(deletion, next.as_ref())
}

async fn exports(app: &App, deletion: &Deletion) -> anyhow::Result<Step> {
    let after: Option<ExportPosition> = position(deletion)?;
    let (exports, next) = app.table.exports(deletion.organization.id, FILES_AT_ONCE, after).await?;
    for export in &exports {
        app.files.remove(&export.key()).await?;
        app.files.remove(&export.rest_key()).await?;
    }
    turned(deletion, next.as_ref())
}

/// Where a stage goes on.
fn position<P: DeserializeOwned>(deletion: &Deletion) -> anyhow::Result<Option<P>> {
    Ok(deletion.after.as_deref().map(serde_json::from_str).transpose()?)
}

/// The step after a page.
fn turned(deletion: &Deletion, next: Option<&impl Serialize>) -> anyhow::Result<Step> {
    let now = clock::now();
    Ok(Step::Done(Box::new(match next {
        None => deletion.next(now),
        Some(next) => deletion.at(serde_json::to_string(next)?, now),
    })))
}
