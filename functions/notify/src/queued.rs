//! A batch of the queue, organization by organization.
//!
//! Organizations are served at the same time, and the jobs of one after the other: an endpoint gets only
//! two calls at once. Changes of messages are grouped again, because the queue brings a few of them at a
//! time.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use futures::future::{FutureExt, join_all};
use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::clock;
use infra::table::EndpointOwner;
use infra::trace::Scope;
use runtime::Invocation;
use shared::event::{Event, MessageChange, message_events};
use shared::ids::{EventId, OrganizationId};
use shared::job::{Envelope, NotifyJob};
use shared::time::Timestamp;

use crate::{App, event, retries};

/// A job with its queue message's ID.
type Queued = Parsed<Envelope<NotifyJob>>;

pub(crate) async fn run(app: &App, event: SqsEvent, call: &Invocation) -> BatchResponse {
    let mut response = BatchResponse::default();
    let parsed: Vec<Queued> = batch::parse(event, &app.dead_letters, &mut response).await;
    let mut by_organization = BTreeMap::<OrganizationId, Vec<Queued>>::new();
    for queued in parsed {
        by_organization.entry(queued.body.job.organization_id()).or_default().push(queued);
    }
    let done = by_organization.into_iter().map(|(organization, jobs)| async move {
        let ids: Vec<String> = jobs.iter().map(|queued| queued.message_id.clone()).collect();
        // A panic must not take the other organizations down.
        let served = AssertUnwindSafe(serve(app, organization, jobs, call)).catch_unwind().await;
        served.unwrap_or_else(|_panic| {
            tracing::error!("panicked at the jobs of an organization");
            ids
        })
    });
    for message_id in join_all(done).await.into_iter().flatten() {
        response.fail(message_id);
    }
    response.retry_soon(&app.dead_letters).await;
    response
}

/// Does an organization's jobs. Returns the IDs of those that failed.
async fn serve(
    app: &App,
    organization: OrganizationId,
    jobs: Vec<Queued>,
    call: &Invocation,
) -> Vec<String> {
    let (mut failed, mut changes, mut of_changes) = (Vec::new(), Vec::new(), Vec::new());
    for Parsed { message_id, body, .. } in jobs {
        let Envelope { job, trace, .. } = body;
        let scope = Scope::of_job(&call.request_id, &job.clone().into(), trace);
        let done = match job {
            NotifyJob::Event { event, .. } => {
                scope.run(event::send(app, &event, call.deadline)).await
            }
            NotifyJob::Retries { organization_id, webhook_id } => {
                let owner = EndpointOwner { organization_id, webhook_id };
                scope.run(retries::run(app, owner, call.deadline)).await
            }
            NotifyJob::Messages { changes: more, .. } => {
                changes.extend(more);
                of_changes.push(message_id);
                continue;
            }
        };
        if let Err(error) = done {
            let log = || tracing::error!(error = ?error, "failed to do a job");
            scope.log(log);
            failed.push(message_id);
        }
    }
    if let Err(error) = send_changes(app, organization, changes, call.deadline).await {
        tracing::error!(error = ?error, "failed to send changes of messages");
        failed.extend(of_changes);
    }
    failed
}

/// A failure repeats all of them, and receivers recognize each change.
async fn send_changes(
    app: &App,
    organization: OrganizationId,
    changes: Vec<MessageChange>,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let now = clock::now();
    let id = || EventId::new(now, clock::entropy());
    let events: Vec<Event> = message_events(organization, changes, now, id);
    for event in &events {
        event::deliver(app, event, deadline).await?;
    }
    Ok(())
}
