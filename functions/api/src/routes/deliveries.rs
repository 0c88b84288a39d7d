//! Deliveries of webhooks: pings, lists and replays.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{EndpointOwner, Saved};
use serde_json::json;
use shared::ids::{EventId, WebhookId};
use shared::job::NotifyJob;
use shared::webhook::{Delivery, Webhook};

use super::webhooks::{find, sealing};
use crate::auth::{Access, TenantAdmin};
use crate::idempotency::Once;
use crate::json::Reply;
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::DeliveryView;

/// Ping a webhook
///
/// Sends an event of the type `ping`, even if the webhook does not select that type. Its delivery shows the outcome.
/// Requires an admin of the organization.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}/ping",
    tag = "Webhooks",
    responses(
        (status = 202, description = "The delivery.", body = DeliveryView),
        (status = 409, description = "`webhook_disabled`: enable it first. `webhooks_off`: this \
                                      deployment has no webhooks."),
    ))]
pub(crate) async fn ping_webhook(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(webhook_id): Segment<WebhookId>,
    once: Once,
) -> Result<Reply, Problem> {
    let organization_id = access.organization.id;
    sealing(&app)?;
    enabled(&find(&app, organization_id, webhook_id).await?)?;
    let now = clock::now();
    let id = EventId::new(now, clock::entropy());
    let body = json!({
        "id": id,
        "type": "ping",
        "occurredAt": now,
        "organizationId": organization_id,
        "data": {},
    });
    let delivery = Delivery::new(id, "ping".to_owned(), body.to_string(), now);
    owe(&app, EndpointOwner { organization_id, webhook_id }, delivery, &once).await
}

/// List a webhook's deliveries
///
/// Newest first, with each attempt. They are listed for seven days. Requires an admin of the organization.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries",
    tag = "Webhooks", params(Paging),
    responses((status = 200, description = "A page of deliveries.", body = ListView<DeliveryView>)))]
pub(crate) async fn list_deliveries(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(id): Segment<WebhookId>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    find(&app, organization, id).await?;
    let list = app.cursors.list(format!("{organization}/webhooks/{id}"), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (deliveries, next) = app.table.deliveries(id, list.limit.into(), after).await?;
    list.reply(deliveries.into_iter().map(DeliveryView::from), next)
}

/// Replay a delivery
///
/// Sends the same event with the same ID again, and tries it for another three days. Requires an admin of
/// the organization.
#[utoipa::path(post,
    path = "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay",
    tag = "Webhooks",
    responses(
        (status = 202, description = "The delivery.", body = DeliveryView),
        (status = 409, description = "`delivery_pending`: it is still tried. `webhook_disabled`: \
                                      enable it first. `webhooks_off`: this deployment has no webhooks."),
    ))]
pub(crate) async fn replay_delivery(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(webhook_id): Segment<WebhookId>,
    Segment(id): Segment<EventId>,
    once: Once,
) -> Result<Reply, Problem> {
    let organization_id = access.organization.id;
    sealing(&app)?;
    enabled(&find(&app, organization_id, webhook_id).await?)?;
    let delivery = app.table.delivery(webhook_id, id).await?.ok_or_else(Problem::not_found)?;
    let replayed = delivery.replayed(clock::now()).ok_or_else(pending)?;
    owe(&app, EndpointOwner { organization_id, webhook_id }, replayed, &once).await
}

/// Writes a delivery that is to be tried now, and has it tried.
async fn owe(
    app: &Volley,
    owner: EndpointOwner,
    delivery: Delivery,
    once: &Once,
) -> Result<Reply, Problem> {
    let now = delivery.tried_since;
    let reply = Reply::new(StatusCode::ACCEPTED, &DeliveryView::from(delivery.clone()))?;
    let remember = once.remember(&reply, now);
    match app.table.owe_delivery(owner, &delivery, remember.as_ref()).await? {
        Saved::Done => {}
        Saved::Stale => return Err(pending()),
        Saved::Answered => return Err(Problem::raced()),
    }
    let EndpointOwner { organization_id, webhook_id } = owner;
    let job = NotifyJob::Retries { organization_id, webhook_id };
    app.arm(&job.into(), now, now).await;
    Ok(reply)
}

fn enabled(webhook: &Webhook) -> Result<(), Problem> {
    let detail = "the webhook is disabled; enable it first";
    let refused = || Problem::new(Code::WebhookDisabled, detail);
    if webhook.disabled.is_none() { Ok(()) } else { Err(refused()) }
}

fn pending() -> Problem {
    Problem::new(Code::DeliveryPending, "the delivery is still tried; wait for its end")
}
