//! An organization's API keys.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::Saved;
use serde::Deserialize;
use shared::access::{ApiKey, Role, SecretHash, write_key};
use shared::ids::KeyId;
use shared::organization::NAME_LONGEST;
use shared::text;
use shared::time::Timestamp;
use utoipa::ToSchema;

use crate::auth::{Access, Admin};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::App;
use crate::views::{ApiKeyCreatedView, ApiKeyView, Time, labels};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApiKeyDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = labels::Role)]
    role: Role,
    /// When the key expires. Without it, the key never expires.
    expires_at: Option<Time>,
}

/// Create an API key
///
/// The secret is only in this response.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/api-keys", tag = "API keys",
    request_body = ApiKeyDraft,
    responses((status = 201, description = "The new key.", body = ApiKeyCreatedView)))]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    access: Access<Admin>,
    once: Once,
    Json(draft): Json<ApiKeyDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let (name, expires_at) = draft.checked(now)?;
    let key = ApiKey {
        id: KeyId::new(now, clock::entropy()),
        organization_id: access.organization.id,
        name,
        role: draft.role,
        created_at: now,
        expires_at,
        changed_by: Some(access.actor),
    };
    let secret = write_key(key.id, &clock::secret());
    let hash = SecretHash::of(&secret);
    let reply = |secret| {
        let key = ApiKeyView::from(&key);
        Reply::new(StatusCode::CREATED, &ApiKeyCreatedView { key, secret })
    };
    // The secret is not stored, so the response for the idempotency key lacks it.
    let remember = once.remember(&reply(None)?, now);
    let saved = app.table.create_api_key(&key, hash, remember.as_ref());
    match saved.await? {
        Saved::Done => reply(Some(secret)),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// List the organization's API keys
///
/// Oldest first, without their secrets.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/api-keys", tag = "API keys",
    params(Paging),
    responses((status = 200, description = "A page of keys.", body = ListView<ApiKeyView>)))]
pub(crate) async fn list_api_keys(
    State(app): State<App>,
    access: Access<Admin>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/api-keys"), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (keys, next) = app.table.api_keys(id, list.limit.into(), after).await?;
    list.reply(keys.iter().map(ApiKeyView::from), next)
}

/// Delete an API key
///
/// It stops working immediately.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/api-keys/{keyId}",
    tag = "API keys",
    responses((status = 204, description = "The key was deleted.")))]
pub(crate) async fn delete_api_key(
    State(app): State<App>,
    access: Access<Admin>,
    Segment(id): Segment<KeyId>,
) -> Result<StatusCode, Problem> {
    if app.table.delete_api_key(access.organization.id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

impl ApiKeyDraft {
    fn checked(&self, now: Timestamp) -> Result<(String, Option<Timestamp>), Problem> {
        let mut checks = Checks::default();
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let expires_at = match self.expires_at {
            Some(Time(end)) if end <= now => Err("must be in the future"),
            end => Ok(end.map(|Time(end)| end)),
        };
        let expires_at = checks.take("/expiresAt", expires_at);
        match (name, expires_at) {
            (Some(name), Some(expires_at)) => Ok((name, expires_at)),
            _ => Err(checks.problem()),
        }
    }
}
