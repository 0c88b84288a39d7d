//! The first try of an event's deliveries to webhooks.
//!
//! The queue carries only first tries. What an endpoint doesn't take waits in the table, so a message
//! never stays on the queue because of an endpoint, and no other tenant waits for it.

use anyhow::Context;
use futures::future::join_all;
use infra::clock;
use infra::table::{Called, EndpointOwner};
use shared::event::Event;
use shared::time::Timestamp;
use shared::webhook::{Delivery, Webhook};

use crate::App;
use crate::attempt::{CALL_SECONDS, attempt};

/// Sends an event to every webhook that wants it, at the same time. If that fails for one of them, the
/// others recognize the event when it is sent again.
pub(crate) async fn deliver(app: &App, event: &Event, deadline: Timestamp) -> anyhow::Result<()> {
    // The bus may be on alone. Webhooks from an earlier time must not fail meanwhile.
    if app.sealing.is_none() {
        return Ok(());
    }
    let webhooks = app.table.webhooks(event.organization_id).await?;
    let body = serde_json::to_string(event).context("an event is not JSON")?;
    let wanting = webhooks.all.iter().filter(|webhook| webhook.selects(event.kind));
    let sent = wanting.map(|webhook| first_try(app, webhook, event, &body, deadline));
    join_all(sent).await.into_iter().collect()
}

async fn first_try(
    app: &App,
    webhook: &Webhook,
    event: &Event,
    body: &str,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let owner = EndpointOwner { organization_id: event.organization_id, webhook_id: webhook.id };
    if webhook.disabled.is_some() {
        return Ok(app.table.count_dropped(owner).await?);
    }
    if app.table.delivery(webhook.id, event.id).await?.is_some() {
        return Ok(());
    }
    let now = clock::now();
    let kind = event.kind.as_str().to_owned();
    let delivery = Delivery::new(event.id, kind, body.to_owned(), now);
    if now.plus_seconds(CALL_SECONDS) > deadline {
        app.table.owe_delivery(owner, &delivery, None).await?;
        return Ok(());
    }
    let waits_until = match app.table.begin_call(owner, event.id, None, now).await? {
        Called::Begun(call) => return attempt(app, owner, webhook, &call, delivery).await,
        Called::Busy | Called::Taken => now,
        Called::Closed { until } => until,
    };
    app.table.owe_delivery(owner, &delivery.postponed(waits_until), None).await?;
    Ok(())
}
