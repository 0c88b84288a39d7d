//! Organizations.

mod deletion;
mod drafts;

pub(crate) use deletion::*;
pub(crate) use drafts::{OrganizationDraft, OrganizationPatch};

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::OrganizationSaved;
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::organization::{Authority, Organization, change_sender};
use shared::sender::Sender;

use self::drafts::Checked;
use super::reconciliations;
use crate::auth::{Access, Admin, Caller, DeploymentOnly, Member};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::memberships;
use crate::page::{ListView, Paging};
use crate::params::Query;
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::OrganizationView;

/// Create an organization
///
/// Requires the deployment's admin key.
#[utoipa::path(post, path = "/v1/organizations", tag = "Organizations",
    request_body = OrganizationDraft,
    responses(
        (status = 201, description = "The new organization.", body = OrganizationView),
        (status = 409, description = "`sender_taken`: another organization has one of the numbers."),
    ))]
pub(crate) async fn create_organization(
    State(app): State<App>,
    _: DeploymentOnly,
    once: Once,
    Json(draft): Json<OrganizationDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let Checked { name, phone, region, zone, provider, sender, tests_per_day } = draft.checked()?;
    let id = OrganizationId::new(now, clock::entropy());
    let organization = Organization {
        default_region: region,
        time_zone: zone,
        tests_per_day,
        changed_by: Some(Actor::Deployment),
        ..Organization::new(id, name, Sender::new(phone, provider), now)
    };
    let organization = change_sender(organization, sender, Authority::Deployment)?;
    let reply = Reply::new(StatusCode::CREATED, &view(&app, &organization))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_organization(&organization, remember.as_ref()).await?;
    match saved {
        OrganizationSaved::Done => Ok(reply),
        OrganizationSaved::SenderTaken => Err(sender_taken()),
        OrganizationSaved::TooManyAddresses => Err(too_many_addresses()),
        OrganizationSaved::Stale | OrganizationSaved::Answered => Err(Problem::raced()),
    }
}

/// List the organizations that the caller can access
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/organizations", tag = "Organizations", params(Paging), responses(
    (status = 200, description = "A page of organizations.", body = ListView<OrganizationView>),
))]
pub(crate) async fn list_organizations(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let scope = format!("{}/organizations", caller.name());
    let list = app.cursors.list(scope, paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (organizations, next) = match caller {
        Caller::Deployment => app.table.organizations(list.limit.into(), after).await?,
        Caller::Key(key) => {
            let own = app.table.organization(key.organization_id).await?;
            (own.into_iter().collect(), None)
        }
        // One page: a person is a member of a few.
        Caller::Person(person) => {
            let found = memberships::with_organizations(&app, &person).await?;
            (found.into_iter().map(|(_, organization)| organization).collect(), None)
        }
    };
    list.reply(organizations.iter().map(|organization| view(&app, organization)), next)
}

/// Get an organization
#[utoipa::path(get, path = "/v1/organizations/{organizationId}", tag = "Organizations", responses(
    (status = 200, description = "The organization.", body = OrganizationView),
))]
pub(crate) async fn get_organization(
    State(app): State<App>,
    access: Access<Member>,
) -> Result<Reply, Problem> {
    Reply::ok(&view(&app, &access.organization))
}

/// Change an organization
///
/// Omitted fields stay as they are. An organization's admin can lower the rate and choose a sender
/// from `senderPhones`. Other sender settings require the deployment's admin key.
#[utoipa::path(patch, path = "/v1/organizations/{organizationId}", tag = "Organizations",
    request_body = OrganizationPatch,
    responses(
        (status = 200, description = "The changed organization.", body = OrganizationView),
        (status = 403, description = "The role does not allow the request, or \
                                      `deployment_only`, `sender_not_assigned`, `rate_above_limit`."),
        (status = 409, description = "`sender_taken`: another organization has one of the numbers."),
    ))]
pub(crate) async fn update_organization(
    State(app): State<App>,
    access: Access<Admin>,
    Json(patch): Json<OrganizationPatch>,
) -> Result<Reply, Problem> {
    let authority = match access.actor {
        Actor::Deployment => Authority::Deployment,
        Actor::Key { .. } | Actor::Member { .. } | Actor::System => Authority::Admin,
    };
    let mut before = access.organization;
    for _ in 0..MAX_RACES {
        let after = Organization {
            updated_at: clock::now().or_after(before.updated_at),
            changed_by: Some(access.actor.clone()),
            ..patch.applied(&before, authority)?
        };
        match app.table.save_organization(&before, &after).await? {
            OrganizationSaved::Done => {
                let is_new = !before.has_daily_reconciliation();
                if after.has_daily_reconciliation() && (is_new || patch.names_opt_out_list()) {
                    reconciliations::begin(&app, &after, &access.actor, None).await?;
                }
                return Reply::ok(&view(&app, &after));
            }
            OrganizationSaved::SenderTaken => return Err(sender_taken()),
            OrganizationSaved::TooManyAddresses => return Err(too_many_addresses()),
            OrganizationSaved::Stale | OrganizationSaved::Answered => {
                let found = app.table.organization(before.id).await?;
                before = found.ok_or_else(Problem::not_found)?;
            }
        }
    }
    Err(Problem::raced())
}

fn view(app: &Volley, organization: &Organization) -> OrganizationView {
    OrganizationView::new(organization, app.tests_per_day)
}

fn too_many_addresses() -> Problem {
    let detail = "the change adds and removes too many numbers at once; assign fewer at a time";
    Problem::field("/senderPhones", detail)
}

fn sender_taken() -> Problem {
    let detail = "one of the numbers belongs to another organization; choose a different one";
    Problem::new(Code::SenderTaken, detail)
}
