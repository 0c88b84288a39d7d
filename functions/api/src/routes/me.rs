//! The caller: which key it is, what it allows, and where.

use axum::extract::State;

use crate::auth::Caller;
use crate::json::Reply;
use crate::problem::Problem;
use crate::state::App;
use crate::views::MeView;

/// Get the caller
///
/// Shows which key the request carries, its role, and the organizations that it can work in.
#[utoipa::path(get, path = "/v1/me", tag = "Service", responses(
    (status = 200, description = "The caller.", body = MeView),
))]
pub(crate) async fn get_me(State(app): State<App>, caller: Caller) -> Result<Reply, Problem> {
    match caller {
        Caller::Deployment => Reply::ok(&MeView::deployment()),
        Caller::Key(key) => {
            let organization = app.table.organization(key.organization_id).await?;
            Reply::ok(&MeView::key(&key, organization.as_ref()))
        }
    }
}
