//! What people write back, and what is done with it.

mod decisions;
mod list;
mod replies;

pub(crate) use decisions::{__path_dismiss_inbound, __path_suppress_inbound};
pub(crate) use decisions::{dismiss_inbound, suppress_inbound};
pub(crate) use list::{__path_list_inbound, list_inbound};
pub(crate) use replies::{__path_reply_inbound, reply_inbound};

use axum::extract::State;
use shared::ids::{InboundId, OrganizationId};
use shared::inbound::InboundMessage;

use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, Volley};
use crate::views::InboundView;

/// Get an inbound message
///
/// With the replies to it.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/inbound/{inboundId}", tag = "Inbound",
    responses((status = 200, description = "The message.", body = InboundView)))]
pub(crate) async fn get_inbound(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<InboundId>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    let found = find(&app, organization, id).await?;
    let replies = app.table.replies(organization, id).await?;
    Reply::ok(&InboundView::from(found).with_replies(replies))
}

async fn find(
    app: &Volley,
    organization: OrganizationId,
    id: InboundId,
) -> Result<InboundMessage, Problem> {
    app.table.inbound_message(organization, id).await?.ok_or_else(Problem::not_found)
}
