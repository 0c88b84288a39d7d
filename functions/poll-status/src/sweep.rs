//! The sweep: queues owed work again that has not happened.
//!
//! Every step leaves a due item, which the next step must replace before a certain time. If that
//! time has passed, the job was lost or its worker died, so the job is sent again. Outdated jobs do
//! nothing, so sending one too many is harmless.

use infra::table::{EndpointOwner, KeptReconciliation, Owed, RowEffects, Table};
use infra::trace::Scope;
use infra::{clock, metrics};
use shared::ids::{ExportId, ImportId, OrganizationId};
use shared::job::{Envelope, Job, JobsJob, NotifyJob, PollsJob};
use shared::reconciliation::GIVEN_UP;
use shared::time::Timestamp;

use crate::{App, single};

/// Work that has been queued this many times without finishing is given up.
const MAX_ATTEMPTS: u32 = 5;
/// The grace of queued work doubles at most this many times.
const GRACE_DOUBLINGS: u32 = 4;
/// When a webhook's retries are tried again after they could not be run.
const RETRIES_AGAIN_SECONDS: i64 = 3_600;

/// Queues everything that is overdue. A failing item must not block the others, but the sweep fails
/// at its end, so that its alarm fires.
pub(crate) async fn sweep(app: &App, request_id: &str) -> anyhow::Result<()> {
    let now = clock::now();
    let (mut failures, mut repairs) = (0_u32, 0);
    for partition in 0..Table::due_partitions() {
        let overdue = app.table.overdue(partition, now).await.unwrap_or_else(|error| {
            tracing::error!(error = ?anyhow::Error::from(error), partition, "failed to read due work");
            failures += 1;
            Vec::new()
        });
        for owed in overdue {
            let Ok(owed) = owed.inspect_err(|error| {
                tracing::error!(%error, partition, "failed to read an item of due work");
            }) else {
                failures += 1;
                continue;
            };
            // What is overdue goes on in the trace that it was owed in.
            let scope = Scope::of_job(request_id, &owed.job, owed.trace);
            match scope.run(queue(app, &owed, now)).await {
                Some(Queued::Again) => repairs += 1,
                Some(Queued::Ended | Queued::Planned) => {}
                None => failures += 1,
            }
        }
    }
    anyhow::ensure!(failures == 0, "failed to queue {failures} items of due work");
    metrics::count_sweep(repairs, now);
    Ok(())
}

/// What the sweep did about an overdue item.
enum Queued {
    Again,
    /// No one owes it anymore.
    Ended,
    /// It was queued, and its time is only now.
    Planned,
}

/// Queues one item. Returns `None` if that failed.
async fn queue(app: &App, owed: &Owed, now: Timestamp) -> Option<Queued> {
    let log = |error: &anyhow::Error| {
        tracing::error!(error = ?error, "failed to queue due work");
    };
    arm(app, owed, now).await.inspect_err(log).ok()
}

async fn arm(app: &App, owed: &Owed, now: Timestamp) -> anyhow::Result<Queued> {
    if !is_owed(app, &owed.job).await? {
        app.table.forget_overdue(owed).await?;
        return Ok(Queued::Ended);
    }
    if owed.attempts >= MAX_ATTEMPTS {
        give_up(app, owed, now).await?;
        return Ok(Queued::Ended);
    }
    // Sent first: a failed send is not an attempt, and one too many is harmless.
    app.queues.send(&owed.job, 0).await?;
    // Work that is not lost but takes long must not be begun again and again beside itself.
    let grace = app.grace.doubled(owed.attempts.min(GRACE_DOUBLINGS));
    let is_taken = app.table.take_overdue(owed, grace.after(now)).await?;
    // A daily reconciliation begins this way.
    let is_planned = matches!(
        owed.job,
        Job::Notify(NotifyJob::Retries { .. }) | Job::Jobs(JobsJob::Reconcile { .. })
    );
    if is_planned && owed.attempts == 0 {
        return Ok(Queued::Planned);
    }
    if is_taken {
        tracing::warn!(attempts = owed.attempts, "queued overdue work");
    }
    Ok(Queued::Again)
}

/// Ends work that always fails. Its owner records why it doesn't continue.
async fn give_up(app: &App, owed: &Owed, now: Timestamp) -> anyhow::Result<()> {
    tracing::error!("gave up work that always fails");
    match &owed.job {
        Job::Jobs(JobsJob::Import { organization_id, import_id }) => {
            give_up_import(app, *organization_id, *import_id, now).await
        }
        Job::Jobs(JobsJob::Export { organization_id, export_id }) => {
            give_up_export(app, *organization_id, *export_id, now).await
        }
        Job::Jobs(JobsJob::Reconcile { organization_id }) => {
            give_up_reconciliation(app, *organization_id, now).await
        }
        Job::Jobs(
            JobsJob::Send { organization_id, campaign_id, .. }
            | JobsJob::FanOut { organization_id, campaign_id, .. }
            | JobsJob::Prepare { organization_id, campaign_id },
        )
        | Job::Polls(
            PollsJob::Poll { organization_id, campaign_id, .. }
            | PollsJob::Drain { organization_id, campaign_id, .. },
        ) => {
            let given_up = app
                .table
                .update_campaign(*organization_id, *campaign_id, |campaign| {
                    campaign.given_up(&owed.job, &app.polls, now, app.grace)
                })
                .await?;
            if let Some(campaign) = given_up {
                app.arm_next(campaign.step.as_ref(), now).await;
            }
            Ok(())
        }
        // A person's right is not given up. It is tried again every hour, and each time is logged.
        // Nor is an organization's deletion, for the same reason.
        Job::Jobs(JobsJob::Erase { .. } | JobsJob::Delete { .. }) => {
            app.queues.send(&owed.job, 0).await?;
            app.table.take_overdue(owed, now.plus_seconds(3_600)).await?;
            Ok(())
        }
        Job::Dispatch(job) => match job.single() {
            Some(message) => single::give_up(app, owed, &message, now).await,
            // The drain queues chunks.
            None => Ok(app.table.forget_overdue(owed).await?),
        },
        // They are asked for again.
        Job::Jobs(JobsJob::Quote { .. } | JobsJob::Preview { .. })
        | Job::Notify(NotifyJob::Messages { .. } | NotifyJob::BusMessages { .. }) => {
            Ok(app.table.forget_overdue(owed).await?)
        }
        // A person can send it again from there.
        Job::Notify(NotifyJob::Event { .. }) => {
            let letter = serde_json::to_string(&Envelope::new(owed.job.clone()))?;
            let is_kept = app.dead_letters.keep(&letter, "an event could not be sent").await;
            anyhow::ensure!(is_kept, "failed to keep an event");
            Ok(app.table.forget_overdue(owed).await?)
        }
        Job::Notify(NotifyJob::Retries { organization_id, webhook_id }) => {
            let (organization_id, webhook_id) = (*organization_id, *webhook_id);
            let owner = EndpointOwner { organization_id, webhook_id };
            Ok(app.table.retry_at(owner, now.plus_seconds(RETRIES_AGAIN_SECONDS)).await?)
        }
    }
}

/// Ends an import that makes no progress, and reports from which row on it is incomplete.
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
    Ok(())
}

/// Ends an export that makes no progress. The bucket's lifecycle rule removes what it has written.
async fn give_up_export(
    app: &App,
    organization_id: OrganizationId,
    export_id: ExportId,
    now: Timestamp,
) -> anyhow::Result<()> {
    if let Some((before, Some(due))) = app.table.export(organization_id, export_id).await? {
        let after = before.failed("the export failed repeatedly; start another one", now);
        app.table.save_export((&before, &due), (&after, None)).await?;
    }
    Ok(())
}

/// Ends a reconciliation that makes no progress. A daily one is tried again a day later.
async fn give_up_reconciliation(
    app: &App,
    organization_id: OrganizationId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let kept = app.table.reconciliation(organization_id).await?;
    if let Some((organization, kept)) = organization.zip(kept) {
        let after = kept.reconciliation.failed(GIVEN_UP, now);
        let due = KeptReconciliation::due_of(&after, &organization);
        app.table.save_reconciliation(&kept, &after, due.as_ref()).await?;
    }
    Ok(())
}

/// Whether the work's owner still owes it. An item without an owner would be queued forever.
async fn is_owed(app: &App, job: &Job) -> anyhow::Result<bool> {
    Ok(match job {
        Job::Jobs(
            JobsJob::Send { organization_id, campaign_id, .. }
            | JobsJob::FanOut { organization_id, campaign_id, .. }
            | JobsJob::Prepare { organization_id, campaign_id },
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
        Job::Jobs(JobsJob::Export { organization_id, export_id }) => app
            .table
            .export(*organization_id, *export_id)
            .await?
            .is_some_and(|(_, due)| due.is_some_and(|due| due.job == *job)),
        Job::Jobs(JobsJob::Reconcile { organization_id }) => app
            .table
            .reconciliation(*organization_id)
            .await?
            .is_some_and(|kept| kept.due.is_some_and(|due| due.job == *job)),
        Job::Dispatch(job) => match job.single() {
            Some(message) => app
                .table
                .single_message(&message)
                .await?
                .is_some_and(|single| single.message.is_single_owed(clock::now())),
            None => false,
        },
        Job::Jobs(JobsJob::Quote { .. } | JobsJob::Preview { .. })
        | Job::Notify(NotifyJob::Messages { .. } | NotifyJob::BusMessages { .. }) => false,
        // The item itself keeps the event.
        Job::Notify(NotifyJob::Event { .. }) => true,
        Job::Notify(NotifyJob::Retries { webhook_id, .. }) => {
            app.table.endpoint_health(*webhook_id).await?.due.is_some_and(|due| due.job == *job)
        }
        Job::Jobs(JobsJob::Delete { organization_id }) => {
            app.table.deletion(*organization_id).await?.is_some_and(|(_, due)| due.job == *job)
        }
        Job::Jobs(JobsJob::Erase { organization_id, hash }) => app
            .table
            .erasure(*organization_id, hash)
            .await?
            .is_some_and(|(_, due)| due.is_some_and(|due| due.job == *job)),
    })
}
