//! The sweep: arms again what is owed and has not happened.
//!
//! Every step of the work leaves an item that says by when the next step must have replaced it.
//! One that is overdue means that its job was lost, or its worker died, so the job is sent once
//! more. Jobs that no longer match do nothing, so sending one too often does no harm.

use infra::clock;
use infra::table::{Owed, RowEffects, Table};
use shared::ids::{ImportId, OrganizationId};
use shared::job::{DispatchJob, Job, JobsJob, PollsJob};
use shared::time::Timestamp;

use crate::App;

/// Work that has been queued this many times without finishing is given up.
const MAX_ATTEMPTS: u32 = 5;
/// The patience with queued work doubles as often as this.
const PATIENCE_DOUBLINGS: u32 = 4;

/// Queues all that is overdue. One item that fails must not keep the others waiting, but the sweep
/// fails at its end, so that its alarm sounds.
pub(crate) async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = clock::now();
    let mut failures = 0_u32;
    for partition in 0..Table::due_partitions() {
        let overdue = app.table.overdue(partition, now).await.unwrap_or_else(|error| {
            tracing::error!(error = ?anyhow::Error::from(error), partition, "failed to read due work");
            failures += 1;
            Vec::new()
        });
        for owed in overdue {
            if let Err(error) = arm(app, &owed, now).await {
                tracing::error!(error = ?error, job = owed.job.name(), "failed to queue due work");
                failures += 1;
            }
        }
    }
    anyhow::ensure!(failures == 0, "failed to queue {failures} items of due work");
    Ok(())
}

async fn arm(app: &App, owed: &Owed, now: Timestamp) -> anyhow::Result<()> {
    if !is_owed(app, &owed.job).await? {
        return Ok(app.table.forget_overdue(owed).await?);
    }
    if owed.attempts >= MAX_ATTEMPTS {
        return give_up(app, owed, now).await;
    }
    // It is sent first: a send that fails is not an attempt, and one too many does no harm.
    app.queues.send(&owed.job, 0).await?;
    // Work that is not lost but takes long must not be begun again and again beside itself.
    let patience = app.repair_seconds << owed.attempts.min(PATIENCE_DOUBLINGS);
    if app.table.take_overdue(owed, now.plus_seconds(patience)).await? {
        tracing::warn!(job = owed.job.name(), attempts = owed.attempts, "queued overdue work");
    }
    Ok(())
}

/// Ends work that fails each time: its owner says why it does not go on.
async fn give_up(app: &App, owed: &Owed, now: Timestamp) -> anyhow::Result<()> {
    tracing::error!(job = owed.job.name(), "gave up work that always fails");
    match &owed.job {
        Job::Jobs(JobsJob::Import { organization_id, import_id }) => {
            give_up_import(app, *organization_id, *import_id, now).await
        }
        Job::Jobs(
            JobsJob::Send { organization_id, campaign_id, .. }
            | JobsJob::FanOut { organization_id, campaign_id, .. },
        )
        | Job::Polls(
            PollsJob::Poll { organization_id, campaign_id, .. }
            | PollsJob::Drain { organization_id, campaign_id, .. },
        ) => {
            let given_up = app
                .table
                .update_campaign(*organization_id, *campaign_id, |campaign| {
                    campaign.given_up(&owed.job, &app.polls, now, app.repair_seconds)
                })
                .await?;
            if let Some(campaign) = given_up {
                app.arm_next(campaign.step.as_ref(), now).await;
            }
            Ok(())
        }
        // Its message stays pending, as the person who asked for it sees.
        Job::Dispatch(DispatchJob::Test { .. } | DispatchJob::Chunk { .. }) => {
            Ok(app.table.forget_overdue(owed).await?)
        }
    }
}

/// Ends an import that does not get on, and says from where its rows are missing.
async fn give_up_import(
    app: &App,
    organization_id: OrganizationId,
    import_id: ImportId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let import = app.table.import(organization_id, import_id).await?;
    let Some((organization, (before, Some(due)))) = organization.zip(import) else {
        return Ok(());
    };
    let after = before.given_up(now);
    let effects = RowEffects::default();
    app.table.save_import(&organization, (&before, &due), (&after, None), &effects).await?;
    tracing::error!(import.id = %import_id, "gave up an import");
    Ok(())
}

/// Whether the work's owner still owes it. An item without an owner would be armed for ever.
async fn is_owed(app: &App, job: &Job) -> anyhow::Result<bool> {
    Ok(match job {
        Job::Jobs(
            JobsJob::Send { organization_id, campaign_id, .. }
            | JobsJob::FanOut { organization_id, campaign_id, .. },
        )
        | Job::Polls(
            PollsJob::Poll { organization_id, campaign_id, .. }
            | PollsJob::Drain { organization_id, campaign_id, .. },
        ) => app
            .table
            .campaign(*organization_id, *campaign_id)
            .await?
            .is_some_and(|campaign| campaign.owes(job)),
        Job::Jobs(JobsJob::Import { organization_id, import_id }) => app
            .table
            .import(*organization_id, *import_id)
            .await?
            .is_some_and(|(_, due)| due.is_some_and(|due| due.job == *job)),
        Job::Dispatch(DispatchJob::Test { organization_id, campaign_id, message_id }) => app
            .table
            .test_message(*organization_id, *campaign_id, *message_id)
            .await?
            .is_some_and(|test| test.message.is_test_owed(clock::now())),
        Job::Dispatch(DispatchJob::Chunk { .. }) => false,
    })
}
