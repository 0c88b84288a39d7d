//! A batch of the queue, organization by organization.
//!
//! Organizations are served at the same time, and the webhooks of one get its events one after the other: an
//! endpoint gets only two calls at once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use futures::future::{FutureExt, join, join_all};
use infra::batch::{self, BatchResponse, SqsEvent};
use infra::table::EndpointOwner;
use infra::trace::Scope;
use runtime::Invocation;
use shared::event::Event;
use shared::ids::{EventId, OrganizationId};
use shared::time::Timestamp;

use crate::sorted::{Owed, Queued, Sorted, sort};
use crate::{App, event, retries};

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

/// Does an organization's jobs. Returns the IDs of those that failed. The bus and the webhooks don't wait
/// for each other.
async fn serve(
    app: &App,
    organization: OrganizationId,
    jobs: Vec<Queued>,
    call: &Invocation,
) -> Vec<String> {
    let Sorted { owed, retries, mut for_webhooks, mut for_bus } = sort(jobs, &call.request_id);
    let changes = for_bus.events(organization);
    let to_bus: Vec<&Event> = owed.iter().map(|owed| &owed.event).chain(&changes).collect();
    let to_webhooks = async {
        let undelivered = deliver(app, &owed, call.deadline).await;
        let changes = for_webhooks.events(organization);
        let failed = send_changes(app, &changes, call.deadline).await;
        (undelivered, failed, retry(app, retries, call.deadline).await)
    };
    let (refused, (undelivered, have_changes_failed, mut failed)) =
        join(put(app, &to_bus), to_webhooks).await;
    for Owed { message_id, scope, event } in owed {
        let is_sent = !refused.contains(&event.id) && !undelivered.contains(&event.id);
        if !is_sent || !scope.run(forget(app, &event)).await {
            failed.push(message_id);
        }
    }
    if have_changes_failed {
        failed.extend(for_webhooks.message_ids);
    }
    if changes.iter().any(|event| refused.contains(&event.id)) {
        failed.extend(for_bus.message_ids);
    }
    failed
}

/// Puts events on the bus, if there is one. Returns those that it did not take.
async fn put(app: &App, events: &[&Event]) -> BTreeSet<EventId> {
    match &app.bus {
        Some(bus) => bus.put(events).await,
        None => BTreeSet::new(),
    }
}

/// Sends events to webhooks. Returns those that could not be sent.
async fn deliver(app: &App, owed: &[Owed<'_>], deadline: Timestamp) -> BTreeSet<EventId> {
    let mut failed = BTreeSet::new();
    for Owed { scope, event, .. } in owed {
        if let Err(error) = scope.run(event::deliver(app, event, deadline)).await {
            scope.log(|| tracing::error!(error = ?error, "failed to send an event to webhooks"));
            failed.insert(event.id);
        }
    }
    failed
}

/// Sends changes of messages to webhooks, and returns whether that failed. A failure repeats all of them,
/// and receivers recognize each change.
async fn send_changes(app: &App, events: &[Event], deadline: Timestamp) -> bool {
    for event in events {
        if let Err(error) = event::deliver(app, event, deadline).await {
            tracing::error!(error = ?error, "failed to send changes of messages");
            return true;
        }
    }
    false
}

/// Tries the deliveries of webhooks again. Returns the IDs of the jobs that failed.
async fn retry(
    app: &App,
    retries: Vec<(String, Scope<'_>, EndpointOwner)>,
    deadline: Timestamp,
) -> Vec<String> {
    let mut failed = Vec::new();
    for (message_id, scope, owner) in retries {
        if let Err(error) = scope.run(retries::run(app, owner, deadline)).await {
            scope.log(|| tracing::error!(error = ?error, "failed to try deliveries again"));
            failed.push(message_id);
        }
    }
    failed
}

/// Removes an event that was sent, and returns whether that succeeded.
async fn forget(app: &App, event: &Event) -> bool {
    let forgotten = app.table.forget_event(event).await;
    let forgotten = forgotten.map_err(anyhow::Error::from);
    forgotten
        .inspect_err(|error| tracing::error!(error = ?error, "failed to forget an event"))
        .is_ok()
}
