//! Deleting an organization.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::Saved;
use serde::Deserialize;
use shared::actor::Actor;
use shared::deletion::Deletion;
use shared::ids::OrganizationId;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use utoipa::IntoParams;

use super::view;
use crate::auth::DeploymentOnly;
use crate::json::Reply;
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::OrganizationView;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeletionQuery {
    /// The organization's name, so that no other is deleted by mistake.
    confirm: String,
}

/// Delete an organization
///
/// Requires the deployment's admin key. From the response on, the organization is not found anymore, and
/// its keys and members have no access. Within seconds, none of its messages is handed over. After a
/// quarter of an hour, when everything that had begun has ended, its contacts, campaigns, messages, texts,
/// files and settings are removed in the background. Nothing can be restored but from backups.
///
/// Hashes of the phones that opted out are kept, so that an organization that later gets one of its numbers
/// does not text them. A number stays reserved for 30 days. Repeating the request is safe.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}", tag = "Organizations",
    params(DeletionQuery),
    responses(
        (status = 202, description = "The organization as it was. It is being deleted.",
            body = OrganizationView),
        (status = 400, description = "`invalid_query`: `confirm` is not the organization's name."),
        (status = 409, description = "`erasure_unavailable`: the deployment has no keys, without which \
                                      opt-outs can't be kept."),
    ))]
pub(crate) async fn delete_organization(
    State(app): State<App>,
    _: DeploymentOnly,
    Segment(id): Segment<OrganizationId>,
    Query(DeletionQuery { confirm }): Query<DeletionQuery>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let Some(organization) = app.table.organization(id).await? else {
            let underway = app.table.deletion(id).await?.ok_or_else(Problem::not_found)?;
            return reply(&app, &underway.0.organization);
        };
        if organization.name != confirm {
            let detail = "confirm must be the organization's name";
            return Err(Problem::new(Code::InvalidQuery, detail));
        }
        if request(&app, &organization).await? == Saved::Done {
            return reply(&app, &organization);
        }
    }
    Err(Problem::raced())
}

async fn request(app: &Volley, organization: &Organization) -> Result<Saved, Problem> {
    let now = clock::now();
    let job = JobsJob::Delete { organization_id: organization.id };
    let due = Due { at: app.grace.after(now), job: job.into() };
    let deletion = Deletion::new(organization.clone(), Actor::Deployment, now);
    let saved = app.table.request_deletion(&deletion, &due).await?;
    if saved == Saved::Done {
        tracing::warn!(organization.id = %organization.id, "an organization is being deleted");
        app.arm(&due.job, now, now).await;
    }
    Ok(saved)
}

fn reply(app: &Volley, organization: &Organization) -> Result<Reply, Problem> {
    Reply::new(StatusCode::ACCEPTED, &view(app, organization))
}
