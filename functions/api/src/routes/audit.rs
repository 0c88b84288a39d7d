//! The audit trail as a list.

use axum::extract::State;
use infra::clock;

use crate::auth::{Access, Admin};
use crate::json::Reply;
use crate::page::{ListView, Paging};
use crate::params::Query;
use crate::problem::Problem;
use crate::state::App;
use crate::views::ChangeView;

/// List who changed what
///
/// Newest first. Each request that changed something is an entry, a batch or an import is one. Entries name
/// things by their IDs only; whose opt-out was changed is in the unsubscribe's own record. They are kept for
/// the deployment's `AuditRetentionDays`.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/audit", tag = "Organizations",
    params(Paging),
    responses((status = 200, description = "A page of changes.", body = ListView<ChangeView>)))]
pub(crate) async fn list_audit(
    State(app): State<App>,
    access: Access<Admin>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let list = app.cursors.list(format!("{}/audit", organization.id), paging.limit)?;
    let from = list.position(paging.cursor.as_deref())?;
    let page = app.table.changes(organization, (list.limit.into(), clock::now()), from);
    let (changes, next) = page.await?;
    list.reply(changes.iter().map(ChangeView::from), next)
}
