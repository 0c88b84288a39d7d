//! Members: the people who sign in with the team's identity provider.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Remember, Saved};
use serde::Deserialize;
use shared::access::Role;
use shared::ids::MemberId;
use shared::member::{Change, MemberEmail, Refusal, Roster};
use utoipa::ToSchema;

use crate::auth::{Access, Admin};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{MemberView, labels};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// The address that the identity provider verified for this person.
    #[schema(format = Email, max_length = 254, example = "ana@example.com")]
    email: String,
    #[schema(value_type = labels::Role)]
    role: Role,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    #[schema(value_type = labels::Role)]
    role: Role,
}

/// Invite a member
///
/// Nothing is mailed. The first person who signs in with this address, verified by the identity
/// provider, becomes the member. The invitation expires after seven days. Inviting the address again
/// renews it.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/members", tag = "Members",
    request_body = Invitation,
    responses(
        (status = 201, description = "The invited member.", body = MemberView),
        (status = 409, description = "`member_exists`: this person is a member already. \
                                      `too_many_members`: remove one first."),
    ))]
pub(crate) async fn invite_member(
    State(app): State<App>,
    access: Access<Admin>,
    once: Once,
    Json(invitation): Json<Invitation>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let email = MemberEmail::parse(&invitation.email)
        .map_err(|error| Problem::field("/email", error.to_string()))?;
    let id = MemberId::new(now, clock::entropy());
    for _ in 0..MAX_RACES {
        let roster = app.table.roster(access.organization.id).await?;
        let actor = access.actor.clone();
        let change = roster.invite(id, email.clone(), invitation.role, actor, now)?;
        let reply = reply(StatusCode::CREATED, &change)?;
        let remember = once.remember(&reply, now);
        if let Some(reply) = saved(&app, &roster, &change, remember.as_ref(), reply).await? {
            return Ok(reply);
        }
    }
    Err(Problem::raced())
}

/// List the organization's members
///
/// In the order of their invitations, including those that no one has accepted.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/members", tag = "Members",
    params(Paging),
    responses((status = 200, description = "A page of members.", body = ListView<MemberView>)))]
pub(crate) async fn list_members(
    State(app): State<App>,
    access: Access<Admin>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/members"), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (members, next) = app.table.members(id, list.limit.into(), after).await?;
    list.reply(members.iter().map(|member| MemberView::new(member, now)), next)
}

/// Change a member's role
///
/// It applies to the member's next request.
#[utoipa::path(patch, path = "/v1/organizations/{organizationId}/members/{memberId}",
    tag = "Members", request_body = MemberPatch,
    responses(
        (status = 200, description = "The changed member.", body = MemberView),
        (status = 409, description = "`last_admin`: the organization needs an admin."),
    ))]
pub(crate) async fn update_member(
    State(app): State<App>,
    access: Access<Admin>,
    Segment(id): Segment<MemberId>,
    Json(patch): Json<MemberPatch>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let roster = app.table.roster(access.organization.id).await?;
        let change = roster.set_role(id, patch.role, access.actor.clone())?;
        let reply = reply(StatusCode::OK, &change)?;
        if let Some(reply) = saved(&app, &roster, &change, None, reply).await? {
            return Ok(reply);
        }
    }
    Err(Problem::raced())
}

/// Remove a member
///
/// Their next request is refused. An invitation is withdrawn.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/members/{memberId}",
    tag = "Members",
    responses(
        (status = 204, description = "The member was removed."),
        (status = 409, description = "`last_admin`: the organization needs an admin."),
    ))]
pub(crate) async fn delete_member(
    State(app): State<App>,
    access: Access<Admin>,
    Segment(id): Segment<MemberId>,
) -> Result<StatusCode, Problem> {
    for _ in 0..MAX_RACES {
        let roster = app.table.roster(access.organization.id).await?;
        let change = roster.remove(id, &access.actor)?;
        let status = StatusCode::NO_CONTENT;
        if let Some(status) = saved(&app, &roster, &change, None, status).await? {
            return Ok(status);
        }
    }
    Err(Problem::raced())
}

fn reply(status: StatusCode, change: &Change) -> Result<Reply, Problem> {
    let member = change.after.as_ref().ok_or_else(Problem::not_found)?;
    Reply::new(status, &MemberView::new(member, clock::now()))
}

/// Writes a change and returns the response, or `None` if the roster changed in between.
async fn saved<T>(
    app: &Volley,
    roster: &Roster,
    change: &Change,
    remember: Option<&Remember>,
    response: T,
) -> Result<Option<T>, Problem> {
    match app.table.change_roster(roster, change, remember).await? {
        Saved::Done => Ok(Some(response)),
        Saved::Stale => Ok(None),
        Saved::Answered => Err(Problem::raced()),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Missing => Self::not_found(),
            Refusal::AlreadyMember => Self::new(Code::MemberExists, detail),
            Refusal::Full => Self::new(Code::TooManyMembers, detail),
            Refusal::LastAdmin => Self::new(Code::LastAdmin, detail),
        }
    }
}
