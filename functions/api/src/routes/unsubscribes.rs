//! Unsubscribes: phones that an organisation's campaigns leave out.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::Registered;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source};

use crate::auth::{Access, Sender, Viewer};
use crate::json::Reply;
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment, WrittenPhone};
use crate::problem::Problem;
use crate::state::{App, RACES_MOST, Volley};
use crate::views::UnsubscribeView;

/// Lists the phones that are unsubscribed, in no order that means anything.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/unsubscribes", tag = "Unsubscribes",
    params(Paging),
    responses(
        (status = 200, description = "A page of unsubscribes.", body = ListView<UnsubscribeView>),
    ))]
pub(crate) async fn list_unsubscribes(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let scope = format!("{}/unsubscribes", organization.id);
    let list = app.cursors.list(scope, paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let found = app.table.unsubscribes(organization, list.limit.into(), after);
    let (unsubscribes, next) = found.await?;
    list.reply(unsubscribes.into_iter().map(UnsubscribeView::from), next)
}

/// Answers the unsubscribe of a phone.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}",
    tag = "Unsubscribes",
    responses((status = 200, description = "The phone is unsubscribed.", body = UnsubscribeView)))]
pub(crate) async fn get_unsubscribe(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<Reply, Problem> {
    let phone = phone.read(&access.organization)?;
    let found = app.table.unsubscribe(&access.organization, &phone).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Reply::ok(&UnsubscribeView::from(found))
}

/// Unsubscribes a phone. It may be one of no contact.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}",
    tag = "Unsubscribes",
    responses((status = 200, description = "The phone is unsubscribed.", body = UnsubscribeView)))]
pub(crate) async fn put_unsubscribe(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<Reply, Problem> {
    let phone = phone.read(&access.organization)?;
    let preference = register(&app, &access.organization, phone, false).await?;
    Reply::ok(&UnsubscribeView::from(preference))
}

/// Subscribes a phone again.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}",
    tag = "Unsubscribes",
    responses((status = 204, description = "The phone is subscribed.")))]
pub(crate) async fn delete_unsubscribe(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<StatusCode, Problem> {
    let phone = phone.read(&access.organization)?;
    let found = app.table.unsubscribe(&access.organization, &phone).await?;
    found.ok_or_else(Problem::not_found)?;
    register(&app, &access.organization, phone, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes a client's word as the newest. It is written even where the register says the same:
/// an older word to the contrary that arrives late must not win over it.
async fn register(
    app: &Volley,
    organization: &Organization,
    phone: Phone,
    subscribed: bool,
) -> Result<Preference, Problem> {
    let mut preference = Preference {
        organization_id: organization.id,
        phone,
        subscribed,
        changed_at: clock::now(),
        source: Source::Api,
        campaign_id: None,
        evidence: None,
    };
    for _ in 0..RACES_MOST {
        let registered = if subscribed {
            app.table.register(&preference, organization.shards).await?
        } else {
            app.table.opt_out(&mut preference, organization.shards).await?
        };
        match registered {
            Registered::Done => return Ok(preference),
            Registered::Confirmed => {
                let kept = app.table.unsubscribe(organization, &preference.phone).await?;
                return kept.ok_or_else(Problem::raced);
            }
            // Another word has this very millisecond.
            Registered::Older { .. } => preference.changed_at = clock::now(),
        }
    }
    Err(Problem::raced())
}
