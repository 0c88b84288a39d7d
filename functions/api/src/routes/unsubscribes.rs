//! Unsubscribes: phones that an organization's campaigns skip.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Lifted, Registered, Saved};
use serde::Deserialize;
use shared::actor::Actor;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::text;
use shared::unsubscribe::{Preference, Source};
use utoipa::ToSchema;

use crate::auth::{Access, Sender, TenantAdmin, Viewer};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment, WrittenPhone};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES};
use crate::views::{LiftView, UnsubscribeView};

/// The maximum length of a lift's reason, in characters.
const MAX_REASON: usize = 500;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftRequest {
    /// Why the person may be texted again, such as a request by telephone. It is stored as evidence.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// List unsubscribed phones
///
/// The order is unspecified.
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
    let view = |listed| UnsubscribeView::listed(organization.id, listed);
    list.reply(unsubscribes.into_iter().map(view), next)
}

/// Get a phone's unsubscribe
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

/// Unsubscribe a phone
///
/// The phone need not belong to a contact.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}",
    tag = "Unsubscribes",
    responses((status = 200, description = "The phone is unsubscribed.", body = UnsubscribeView)))]
pub(crate) async fn put_unsubscribe(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<Reply, Problem> {
    let phone = phone.read(&access.organization)?;
    let organization = &access.organization;
    let mut preference = said(organization, phone, false, access.actor);
    for _ in 0..MAX_RACES {
        match app.table.opt_out(&mut preference, organization.shards).await? {
            Registered::Done => return Reply::ok(&UnsubscribeView::from(preference)),
            Registered::Confirmed => {
                let kept = app.table.unsubscribe(organization, &preference.phone).await?;
                return Reply::ok(&UnsubscribeView::from(kept.ok_or_else(Problem::raced)?));
            }
            // Another entry has the same millisecond.
            Registered::Older { .. } => preference.changed_at = clock::now(),
        }
    }
    Err(Problem::raced())
}

/// Resubscribe a phone
///
/// Works for phones that the organization or an import unsubscribed. If the person opted out
/// themselves, an admin can lift that with a reason.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}",
    tag = "Unsubscribes",
    responses(
        (status = 204, description = "The phone is subscribed."),
        (status = 403, description = "The role does not allow the request, or \
                                      `opted_out_by_person`."),
    ))]
pub(crate) async fn delete_unsubscribe(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<StatusCode, Problem> {
    let phone = phone.read(&access.organization)?;
    let mut preference = said(&access.organization, phone, true, access.actor);
    for _ in 0..MAX_RACES {
        let shards = access.organization.shards;
        match app.table.lift_unless_persons_own(&preference, shards).await? {
            Lifted::Done => return Ok(StatusCode::NO_CONTENT),
            Lifted::Absent => return Err(Problem::not_found()),
            Lifted::PersonsOwn => return Err(opted_out_by_person()),
            Lifted::Older => preference.changed_at = clock::now(),
        }
    }
    Err(Problem::raced())
}

/// Lift an opt-out
///
/// Resubscribes a phone even if the person opted out themselves. Requires an admin key of the
/// organization and a reason, which is stored as evidence. A STOP that arrives during the request
/// takes precedence.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/unsubscribes/{phone}/lift",
    tag = "Unsubscribes", request_body = LiftRequest,
    responses(
        (status = 200, description = "The phone is subscribed.", body = LiftView),
        (status = 409, description = "`unsubscribe_changed`: the person opted out again during the \
                                      request."),
    ))]
pub(crate) async fn lift_unsubscribe(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(phone): Segment<WrittenPhone>,
    once: Once,
    Json(request): Json<LiftRequest>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let phone = phone.read(organization)?;
    let reason = text::name(&request.reason, MAX_REASON)
        .map_err(|error| Problem::field("/reason", error.to_string()))?;
    let standing = app.table.standing(organization, &phone).await?;
    let standing = standing.ok_or_else(Problem::not_found)?;
    let mut subscription = said(organization, phone, true, access.actor);
    if subscription.changed_at <= standing.last_said_at() {
        return Err(Problem::raced());
    }
    subscription.evidence = Some(reason);
    let reply = Reply::ok(&LiftView::new(standing.unsubscribe.clone(), &subscription))?;
    let remember = once.remember(&reply, subscription.changed_at);
    let saved = app.table.lift(&standing, &subscription, organization.shards, remember.as_ref());
    match saved.await? {
        Saved::Done => Ok(reply),
        Saved::Stale => {
            let detail =
                "the person opted out again during the request; read the unsubscribe again";
            Err(Problem::new(Code::UnsubscribeChanged, detail))
        }
        Saved::Answered => Err(Problem::raced()),
    }
}

/// A client's new preference for a phone.
fn said(organization: &Organization, phone: Phone, subscribed: bool, actor: Actor) -> Preference {
    Preference {
        organization_id: organization.id,
        phone,
        subscribed,
        changed_at: clock::now(),
        source: Source::Api,
        campaign_id: None,
        evidence: None,
        changed_by: Some(actor),
    }
}

fn opted_out_by_person() -> Problem {
    let detail = "the person opted out themselves; an admin key can lift that with a reason: \
                  POST .../unsubscribes/{phone}/lift {\"reason\": \"...\"}";
    Problem::new(Code::OptedOutByPerson, detail)
}
