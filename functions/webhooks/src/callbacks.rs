//! Webhooks over HTTP. Each is durable before the response: a receipt is on its queue, and an
//! inbound text is in the table or, if that fails, on the queue as it was received.

use std::time::Duration;

use infra::clock;
use infra::gateway::ProviderEvent;
use infra::gateway::webhook::{About, Endpoint, Webhook};
use infra::metrics;
use infra::trace::Scope;
use shared::receipt::Delivery;
use shared::time::Timestamp;

use crate::App;
use crate::authenticate::{Belief, believe};
use crate::confirm::{self, Reply};
use crate::hearers::Hearers;
use crate::http::{Request, Response};
use crate::inbound::{self, Arrival};

/// How long a webhook may take before it is left to the queue. That write must fit into the rest of
/// the 15 seconds that providers wait and the function runs.
const HANDLED_WITHIN: Duration = Duration::from_secs(8);

/// What to do about a webhook.
enum Work {
    Refuse(u16),
    Keep(Delivery),
    Hear(infra::gateway::Inbound, Hearers),
    Nothing,
}

pub(crate) async fn answer(app: &App, request: &Request, request_id: &str) -> Response {
    let received_at = clock::now();
    let route = request.route();
    let Some((endpoint, webhooks)) =
        route.and_then(|(kind, endpoint)| Some((endpoint, app.gateways.webhooks(kind)?)))
    else {
        return Response::status(404);
    };
    let read = match request.webhook(endpoint, &app.public_url) {
        Ok(read) => read,
        Err(status) => return refuse(status),
    };
    let webhook = match webhooks.open(&read) {
        Ok(webhook) => webhook,
        Err(status) => return refuse(status),
    };
    let job = match endpoint {
        Endpoint::Status => "status_callback",
        Endpoint::Inbound => "inbound_callback",
    };
    let scope = scope(&*webhook, request_id, job);
    scope.run(take(app, request, &*webhook, received_at)).await
}

/// The scope of a webhook. Until the signature is checked, its ids are only what the caller claims.
fn scope<'a>(webhook: &dyn Webhook, request_id: &'a str, job: &'a str) -> Scope<'a> {
    let scope = Scope::new(request_id, job, webhook.trace());
    match webhook.about() {
        About::Message(message) => scope.about(&message),
        About::Addresses(_) | About::Nothing => scope,
    }
}

/// Handles a webhook, or leaves it to the queue.
async fn take(
    app: &App,
    request: &Request,
    webhook: &dyn Webhook,
    received_at: Timestamp,
) -> Response {
    let handled = tokio::time::timeout(HANDLED_WITHIN, handle(app, webhook, received_at)).await;
    let error = match handled {
        Ok(Ok(response)) => return response,
        Ok(Err(error)) => error,
        Err(elapsed) => elapsed.into(),
    };
    tracing::error!(error = ?error, "failed to handle a webhook: left it to the queue");
    match app.receipts.send_webhook(request, received_at).await {
        Ok(()) => webhook.response(None).into(),
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to keep a webhook");
            Response::status(503)
        }
    }
}

fn refuse(status: u16) -> Response {
    metrics::count_refused_webhook(status, clock::now());
    Response::status(status)
}

async fn handle(app: &App, webhook: &dyn Webhook, now: Timestamp) -> anyhow::Result<Response> {
    Ok(match judge(app, webhook, now).await? {
        Work::Refuse(status) => refuse(status),
        Work::Keep(delivery) => {
            app.receipts.send(&delivery).await?;
            tracing::info!(status = ?delivery.receipt.status, "kept a receipt");
            webhook.response(None).into()
        }
        Work::Hear(inbound, hearers) => {
            let heard = inbound::hear(app, &inbound, hearers, Arrival::Now).await?;
            if webhook.can_reply() {
                return Ok(webhook.response(confirm::reply_to_all(&heard, clock::now())).into());
            }
            if let Some(reply) = confirm::reply(&inbound, &heard, clock::now()) {
                confirm::send_one(app, &reply).await;
            }
            webhook.response(None).into()
        }
        Work::Nothing => webhook.response(None).into(),
    })
}

/// The result of a webhook that was left to the queue.
pub(crate) enum Retaken {
    Receipt(Delivery),
    Reply(Option<Reply>),
    Nothing,
}

/// Handles a webhook that was left to the queue.
pub(crate) async fn retake(
    app: &App,
    request: &Request,
    received_at: Timestamp,
) -> anyhow::Result<Retaken> {
    let opened = request.route().and_then(|(kind, endpoint)| {
        let read = request.webhook(endpoint, &app.public_url).ok()?;
        Some((app.gateways.webhooks(kind)?, read))
    });
    let Some((webhooks, read)) = opened else {
        return Ok(Retaken::Nothing);
    };
    let Ok(webhook) = webhooks.open(&read) else {
        return Ok(Retaken::Nothing);
    };
    Ok(match judge(app, &*webhook, received_at).await? {
        Work::Refuse(status) => {
            metrics::count_refused_webhook(status, clock::now());
            Retaken::Nothing
        }
        Work::Keep(delivery) => Retaken::Receipt(delivery),
        Work::Hear(inbound, hearers) => {
            let heard = inbound::hear(app, &inbound, hearers, Arrival::Late(received_at)).await?;
            Retaken::Reply(confirm::reply(&inbound, &heard, clock::now()))
        }
        Work::Nothing => Retaken::Nothing,
    })
}

async fn judge(app: &App, webhook: &dyn Webhook, now: Timestamp) -> anyhow::Result<Work> {
    let hearers = match believe(app, webhook).await? {
        Belief::Refused => return Ok(Work::Refuse(403)),
        Belief::Held(hearers) => hearers,
    };
    Ok(match webhook.event(now) {
        Err(status) => Work::Refuse(status),
        Ok(ProviderEvent::Receipt(delivery)) => Work::Keep(delivery),
        Ok(ProviderEvent::Inbound(inbound)) => Work::Hear(inbound, hearers),
        Ok(ProviderEvent::Ignored) => Work::Nothing,
    })
}

#[cfg(test)]
mod tests;
