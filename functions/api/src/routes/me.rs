//! The caller: who it is, what it may do, and where.

use axum::extract::State;

use crate::auth::Caller;
use crate::json::Reply;
use crate::memberships;
use crate::problem::Problem;
use crate::state::App;
use crate::views::MeView;

/// Get the caller
///
/// Shows whose key or token the request carries, and the organizations that it can work in. A person who
/// was invited becomes a member with the first such request.
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
        Caller::Person(person) => {
            let found = memberships::with_organizations(&app, &person).await?;
            Reply::ok(&MeView::person(&person, &found))
        }
    }
}
