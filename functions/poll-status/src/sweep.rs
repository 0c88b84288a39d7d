//! The sweep: arms again what is owed and has not happened.
//!
//! Every step of the work leaves an item that says by when the next step must have replaced it.
//! One that is overdue means that its job was lost, or its worker died, so the job is sent once
//! more. Jobs that no longer match do nothing, so sending one too often does no harm.

use infra::clock;
use infra::table::{Owed, Table};
use shared::job::{Due, Job};
use shared::time::Timestamp;

use crate::App;

pub(crate) async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = clock::now();
    let partitions =
        (0..Table::due_partitions()).map(|partition| app.table.overdue(partition, now));
    for owed in futures::future::try_join_all(partitions).await?.into_iter().flatten() {
        // One item that fails must not keep the others waiting.
        if let Err(error) = arm(app, &owed, now).await {
            tracing::error!(error = ?error, "failed to arm overdue work");
        }
    }
    Ok(())
}

async fn arm(app: &App, owed: &Owed, now: Timestamp) -> anyhow::Result<()> {
    if !is_owed(app, &owed.job).await? {
        return Ok(app.table.forget_overdue(owed).await?);
    }
    if app.table.take_overdue(owed, now.plus_seconds(app.repair_seconds)).await? {
        // A drain comes by the sweep each time; any other job here had been lost.
        if !matches!(owed.job, Job::Drain { .. }) {
            tracing::warn!(job = owed.job.name(), attempts = owed.attempts, "armed overdue work");
        }
        app.queues.send(&owed.job, 0).await?;
    }
    Ok(())
}

/// Whether the work's owner still owes it. An item without an owner would be armed for ever.
async fn is_owed(app: &App, job: &Job) -> anyhow::Result<bool> {
    let owes = |due: Option<&Due>| due.is_some_and(|due| due.job == *job);
    Ok(match job {
        Job::Send { organization_id, campaign_id, .. }
        | Job::FanOut { organization_id, campaign_id, .. }
        | Job::Poll { organization_id, campaign_id, .. }
        | Job::Drain { organization_id, campaign_id, .. } => {
            app.table.campaign(*organization_id, *campaign_id).await?.is_some_and(|campaign| {
                owes(campaign.step.as_ref()) || owes(campaign.drain.as_ref())
            })
        }
        Job::Import { organization_id, import_id } => app
            .table
            .import(*organization_id, *import_id)
            .await?
            .is_some_and(|(_, due)| owes(due.as_ref())),
        Job::Test { organization_id, campaign_id, message_id } => app
            .table
            .test(*organization_id, *campaign_id, *message_id)
            .await?
            .is_some_and(|test| test.message.status().rank() == 0),
        Job::Chunk { .. } => false,
    })
}
