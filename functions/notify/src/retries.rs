//! Tries deliveries again whose time has come.

use infra::clock;
use infra::table::{Called, EndpointOwner};
use shared::ids::EventId;
use shared::time::Timestamp;
use shared::webhook::Webhook;

use crate::App;
use crate::attempt::{CALL_SECONDS, attempt};

/// How soon a run follows one that found the endpoint busy.
const BUSY_SECONDS: i64 = 5;
const AT_ONCE: i32 = 20;

/// Tries a webhook's deliveries one after the other, until none is due, its endpoint fails too often, or
/// the time is up. What is left is owed.
pub(crate) async fn run(
    app: &App,
    owner: EndpointOwner,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    // The sweep comes back to it, in case webhooks are turned on again.
    if app.sealing.is_none() {
        return Ok(());
    }
    let webhooks = app.table.webhooks(owner.organization_id).await?;
    let webhook = webhooks.get(owner.webhook_id).filter(|webhook| webhook.disabled.is_none());
    let Some(webhook) = webhook else {
        return Ok(app.table.forget_retries(owner).await?);
    };
    let earliest = loop {
        let due = app.table.due_deliveries(owner.webhook_id, clock::now(), AT_ONCE).await?;
        if due.is_empty() {
            break clock::now();
        }
        if let Some(earliest) = try_all(app, owner, webhook, due, deadline).await? {
            break earliest;
        }
    };
    Ok(app.table.settle_retries(owner, earliest).await?)
}

/// Returns when to go on if the endpoint or the time doesn't allow it now.
async fn try_all(
    app: &App,
    owner: EndpointOwner,
    webhook: &Webhook,
    due: Vec<(EventId, Timestamp)>,
    deadline: Timestamp,
) -> anyhow::Result<Option<Timestamp>> {
    for (id, waited) in due {
        let now = clock::now();
        if now.plus_seconds(CALL_SECONDS) > deadline {
            return Ok(Some(now));
        }
        let Some(delivery) = app.table.delivery(owner.webhook_id, id).await? else {
            app.table.forget_retry(owner, id, waited).await?;
            continue;
        };
        match app.table.begin_call(owner, id, Some(waited), now).await? {
            Called::Begun(call) => attempt(app, owner, webhook, &call, delivery).await?,
            Called::Taken => {}
            Called::Busy => return Ok(Some(now.plus_seconds(BUSY_SECONDS))),
            Called::Closed { until } => return Ok(Some(until)),
        }
    }
    Ok(None)
}
