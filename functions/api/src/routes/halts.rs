//! Halts: the switch that stops all sending, of the deployment or of one organization.

use axum::extract::State;
use infra::clock;
use infra::table::{Halt, HaltScope};
use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use utoipa::ToSchema;

use crate::auth::{Access, DeploymentOnly, Member};
use crate::json::{Json, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::App;
use crate::views::Time;

const MAX_REASON: usize = 200;

/// Whether campaigns may send.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Halt)]
pub(crate) struct HaltView {
    halted: bool,
    #[schema(required = true)]
    reason: Option<String>,
    /// Null if it was never changed.
    #[schema(required = true)]
    changed_at: Option<Time>,
}

impl From<Option<Halt>> for HaltView {
    fn from(halt: Option<Halt>) -> Self {
        match halt {
            None => Self { halted: false, reason: None, changed_at: None },
            Some(Halt { is_on, reason, changed_at }) => {
                Self { halted: is_on, reason, changed_at: Some(Time(changed_at)) }
            }
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HaltRequest {
    halted: bool,
    /// Why, for those who look later.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Get whether the deployment may send
#[utoipa::path(get, path = "/v1/halt", tag = "Sending", responses(
    (status = 200, description = "The deployment's halt.", body = HaltView),
))]
pub(crate) async fn get_halt(State(app): State<App>, _: DeploymentOnly) -> Result<Reply, Problem> {
    shown(&app, HaltScope::Deployment).await
}

/// Stop or allow sending for the deployment
///
/// Within seconds, no campaign of any organization hands over another message, and none begins. What is
/// with a provider already is not called back. Once it is off, campaigns continue where they were,
/// except that one whose time was more than an hour ago is canceled. Campaigns that someone paused
/// remain paused. Replies to STOP and HELP are still sent.
#[utoipa::path(put, path = "/v1/halt", tag = "Sending", request_body = HaltRequest, responses(
    (status = 200, description = "The deployment's halt.", body = HaltView),
))]
pub(crate) async fn put_halt(
    State(app): State<App>,
    _: DeploymentOnly,
    Json(request): Json<HaltRequest>,
) -> Result<Reply, Problem> {
    set(&app, HaltScope::Deployment, request).await
}

/// Get whether an organization may send
///
/// Shows its own halt, not the deployment's.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/halt", tag = "Sending", responses(
    (status = 200, description = "The organization's halt.", body = HaltView),
))]
pub(crate) async fn get_organization_halt(
    State(app): State<App>,
    access: Access<Member>,
) -> Result<Reply, Problem> {
    shown(&app, HaltScope::Organization(access.organization.id)).await
}

/// Stop or allow sending for an organization
///
/// Like the deployment's halt, for one organization. Requires the deployment's admin key.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/halt", tag = "Sending",
    request_body = HaltRequest,
    responses((status = 200, description = "The organization's halt.", body = HaltView)))]
pub(crate) async fn put_organization_halt(
    State(app): State<App>,
    _: DeploymentOnly,
    Segment(id): Segment<OrganizationId>,
    Json(request): Json<HaltRequest>,
) -> Result<Reply, Problem> {
    app.table.organization(id).await?.ok_or_else(Problem::not_found)?;
    set(&app, HaltScope::Organization(id), request).await
}

async fn shown(app: &App, scope: HaltScope) -> Result<Reply, Problem> {
    Reply::ok(&HaltView::from(app.table.halt(scope).await?))
}

async fn set(app: &App, scope: HaltScope, request: HaltRequest) -> Result<Reply, Problem> {
    let HaltRequest { halted, reason } = request;
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_REASON) {
        return Err(Problem::field("/reason", format!("must be at most {MAX_REASON} characters")));
    }
    let halt = Halt { is_on: halted, reason, changed_at: clock::now() };
    app.table.set_halt(scope, &halt).await?;
    tracing::warn!(halted, "changed a halt");
    shown(app, scope).await
}
