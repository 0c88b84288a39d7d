//! Webhooks: endpoints that get an organization's events.

use std::collections::BTreeSet;

use axum::extract::State;
use futures::future::try_join_all;
use http::StatusCode;
use infra::clock;
use infra::endpoints::{IS_LOCAL_ALLOWED, Target};
use infra::sealing::Sealing;
use infra::table::{EndpointHealth, EndpointOwner, Saved};
use serde::Deserialize;
use shared::event::EventType;
use shared::ids::{OrganizationId, WebhookId};
use shared::webhook::{MAX_WEBHOOKS, SigningSecret, Webhook};
use utoipa::ToSchema;

use crate::auth::{Access, TenantAdmin};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::ListView;
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{WebhookView, labels};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookDraft {
    /// An https:// URL at a public address, on port 443.
    #[schema(max_length = 1000, example = "https://hooks.example.com/volley")]
    url: String,
    /// The types of events to send. If empty or absent, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<labels::EventType>>)]
    types: BTreeSet<EventType>,
}

/// Fields that are absent stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookPatch {
    #[schema(max_length = 1000)]
    url: Option<String>,
    #[schema(value_type = Option<Vec<labels::EventType>>)]
    types: Option<BTreeSet<EventType>>,
    /// Whether it gets events. Enabling it also tries deliveries again that are still pending.
    enabled: Option<bool>,
}

/// Create a webhook
///
/// Volley posts each event to the URL, signed by Standard Webhooks, and tries it again for three days.
/// The signing secret is only in this response. Requires an admin of the organization.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/webhooks", tag = "Webhooks",
    request_body = WebhookDraft,
    responses(
        (status = 201, description = "The new webhook, with its secret.", body = WebhookView),
        (status = 409, description = "`webhooks_off`: this deployment has no webhooks. \
                                      `too_many_webhooks`: delete one first."),
    ))]
pub(crate) async fn create_webhook(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    once: Once,
    Json(draft): Json<WebhookDraft>,
) -> Result<Reply, Problem> {
    let sealing = sealing(&app)?;
    let (now, organization) = (clock::now(), access.organization.id);
    let id = WebhookId::new(now, clock::entropy());
    let secret = SigningSecret::new(clock::secret());
    let webhook = Webhook {
        id,
        url: checked(&draft.url)?,
        types: draft.types,
        secrets: Vec::new(),
        disabled: None,
        changed_by: Some(access.actor),
        created_at: now,
        updated_at: now,
    }
    .rotated(sealing.seal(id, &secret).await?, now);
    let reply = |secret| {
        let view = WebhookView::new(organization, &webhook, &EndpointHealth::default());
        Reply::new(StatusCode::CREATED, &view.with_secret(secret))
    };
    // The response for the idempotency key lacks the secret.
    let remember = once.remember(&reply(None)?, now);
    for _ in 0..MAX_RACES {
        let before = app.table.webhooks(organization).await?;
        if before.all.len() >= MAX_WEBHOOKS {
            let detail =
                format!("an organization has at most {MAX_WEBHOOKS} webhooks; delete one first");
            return Err(Problem::new(Code::TooManyWebhooks, detail));
        }
        let all = [&before.all[..], std::slice::from_ref(&webhook)].concat();
        match app.table.save_webhooks(organization, &before, all, remember.as_ref()).await? {
            Saved::Done => return reply(Some(secret.to_text())),
            Saved::Answered => return Err(Problem::raced()),
            Saved::Stale => {}
        }
    }
    Err(Problem::raced())
}

/// List webhooks
///
/// All of them, oldest first, without their secrets. Requires an admin of the organization.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/webhooks", tag = "Webhooks",
    responses((status = 200, description = "The webhooks.", body = ListView<WebhookView>)))]
pub(crate) async fn list_webhooks(
    State(app): State<App>,
    access: Access<TenantAdmin>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    let webhooks = app.table.webhooks(organization).await?.all;
    let views = try_join_all(webhooks.iter().map(|webhook| view(&app, organization, webhook)));
    let list = app.cursors.list(format!("{organization}/webhooks"), None)?;
    list.reply(views.await?, None::<u8>)
}

/// Get a webhook
///
/// Requires an admin of the organization.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}",
    tag = "Webhooks",
    responses((status = 200, description = "The webhook.", body = WebhookView)))]
pub(crate) async fn get_webhook(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(id): Segment<WebhookId>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    let webhook = find(&app, organization, id).await?;
    Reply::ok(&view(&app, organization, &webhook).await?)
}

/// Change a webhook
///
/// Requires an admin of the organization.
#[utoipa::path(patch, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}",
    tag = "Webhooks", request_body = WebhookPatch,
    responses((status = 200, description = "The webhook.", body = WebhookView)))]
pub(crate) async fn patch_webhook(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(id): Segment<WebhookId>,
    Json(patch): Json<WebhookPatch>,
) -> Result<Reply, Problem> {
    let url = patch.url.as_deref().map(checked).transpose()?;
    let organization = access.organization.id;
    for _ in 0..MAX_RACES {
        let before = app.table.webhooks(organization).await?;
        let webhook = before.get(id).cloned().ok_or_else(Problem::not_found)?;
        let (now, was_disabled) = (clock::now(), webhook.disabled.is_some());
        let is_enabled = patch.enabled.unwrap_or(!was_disabled);
        let after = Webhook {
            url: url.clone().unwrap_or_else(|| webhook.url.clone()),
            types: patch.types.clone().unwrap_or_else(|| webhook.types.clone()),
            changed_by: Some(access.actor.clone()),
            updated_at: now,
            ..webhook
        }
        .enabled(is_enabled, now);
        let all = before.with(&after);
        if app.table.save_webhooks(organization, &before, all, None).await? != Saved::Done {
            continue;
        }
        if was_disabled && is_enabled {
            let owner = EndpointOwner { organization_id: organization, webhook_id: id };
            app.table.pardon(owner, now).await?;
        }
        return Reply::ok(&view(&app, organization, &after).await?);
    }
    Err(Problem::raced())
}

/// Delete a webhook
///
/// Its deliveries are no longer listed. Requires an admin of the organization.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}",
    tag = "Webhooks",
    responses((status = 204, description = "The webhook was deleted.")))]
pub(crate) async fn delete_webhook(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(id): Segment<WebhookId>,
) -> Result<StatusCode, Problem> {
    let organization = access.organization.id;
    for _ in 0..MAX_RACES {
        let before = app.table.webhooks(organization).await?;
        before.get(id).ok_or_else(Problem::not_found)?;
        let all = before.without(id);
        if app.table.save_webhooks(organization, &before, all, None).await? == Saved::Done {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Problem::raced())
}

/// Rotate a webhook's secret
///
/// The new secret is only in this response. For a day, deliveries have two signatures: one by the new
/// secret and one by the secret before it. An older secret stops signing at once. Requires an admin of
/// the organization.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/webhooks/{webhookId}/rotate",
    tag = "Webhooks",
    responses(
        (status = 200, description = "The webhook, with its new secret.", body = WebhookView),
        (status = 409, description = "`webhooks_off`: this deployment has no webhooks."),
    ))]
pub(crate) async fn rotate_secret(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(id): Segment<WebhookId>,
    once: Once,
) -> Result<Reply, Problem> {
    let sealing = sealing(&app)?;
    let organization = access.organization.id;
    let secret = SigningSecret::new(clock::secret());
    let sealed = sealing.seal(id, &secret).await?;
    for _ in 0..MAX_RACES {
        let before = app.table.webhooks(organization).await?;
        let webhook = before.get(id).cloned().ok_or_else(Problem::not_found)?;
        let now = clock::now();
        let after = Webhook { changed_by: Some(access.actor.clone()), ..webhook };
        let after = after.rotated(sealed.clone(), now);
        let endpoint = app.table.endpoint_health(id).await?;
        let reply = |secret| {
            Reply::ok(&WebhookView::new(organization, &after, &endpoint).with_secret(secret))
        };
        let remember = once.remember(&reply(None)?, now);
        let all = before.with(&after);
        match app.table.save_webhooks(organization, &before, all, remember.as_ref()).await? {
            Saved::Done => return reply(Some(secret.to_text())),
            Saved::Answered => return Err(Problem::raced()),
            Saved::Stale => {}
        }
    }
    Err(Problem::raced())
}

/// What encrypts secrets, if this deployment has webhooks.
pub(super) fn sealing(app: &Volley) -> Result<&Sealing, Problem> {
    let detail =
        "this deployment has no webhooks; its operator sets the parameter WebhooksEncryption";
    app.sealing.as_ref().ok_or_else(|| Problem::new(Code::WebhooksOff, detail))
}

pub(super) async fn find(
    app: &Volley,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Webhook, Problem> {
    let webhooks = app.table.webhooks(organization).await?;
    webhooks.get(id).cloned().ok_or_else(Problem::not_found)
}

async fn view(
    app: &Volley,
    organization: OrganizationId,
    webhook: &Webhook,
) -> Result<WebhookView, Problem> {
    let endpoint = app.table.endpoint_health(webhook.id).await?;
    Ok(WebhookView::new(organization, webhook, &endpoint))
}

fn checked(url: &str) -> Result<String, Problem> {
    let target = Target::parse(url.trim(), IS_LOCAL_ALLOWED);
    let target = target.map_err(|error| Problem::field("/url", error.to_string()))?;
    Ok(target.as_str().to_owned())
}
