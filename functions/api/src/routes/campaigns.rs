//! Campaigns: drafts and their reading.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Deleted, Saved};
use serde::Deserialize;
use shared::body::Body;
use shared::campaign::{Campaign, Status};
use shared::ids::{CampaignId, OrganizationId};
use shared::organization::{NAME_LONGEST, Organization};
use shared::text;
use utoipa::{IntoParams, ToSchema};

use super::Ids;
use crate::auth::{Access, Sender, Viewer};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::ListView;
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, RACES_MOST, Volley};
use crate::views::{CampaignView, words};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What is sent, as it is written. A campaign without one cannot be sent.
    #[schema(min_length = 1, max_length = 1600)]
    body: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignQuery {
    /// How many items to answer at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
    /// Only campaigns of this status.
    #[param(value_type = Option<words::CampaignStatus>)]
    status: Option<Status>,
}

/// Makes a draft.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    request_body = CampaignDraft,
    responses((status = 201, description = "The new draft.", body = CampaignView)))]
pub(crate) async fn create_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(draft): Json<CampaignDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let (name, body) = draft.checked(&access.organization)?;
    let id = CampaignId::new(now, clock::entropy());
    let campaign = Campaign::create(id, access.organization.id, name, body, now).by(access.actor);
    let reply = Reply::new(StatusCode::CREATED, &CampaignView::from(&campaign))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_campaign(&campaign, remember.as_ref());
    match saved.await? {
        Saved::Done => Ok(reply),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// Lists campaigns, newest first.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    params(CampaignQuery),
    responses((status = 200, description = "A page of campaigns.", body = ListView<CampaignView>)))]
pub(crate) async fn list_campaigns(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<CampaignQuery>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let status = query.status.map_or("", Status::as_str);
    let list = app.cursors.list(format!("{id}/campaigns?status={status}"), query.limit)?;
    let after = list.position(query.cursor.as_deref())?;
    let found = app.table.campaigns(id, query.status, list.limit.into(), after);
    let (campaigns, next) = found.await?;
    list.reply(campaigns.iter().map(CampaignView::from), next)
}

/// Answers a campaign.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns",
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
pub(crate) async fn get_campaign(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
) -> Result<Reply, Problem> {
    let campaign = find(&app, access.organization.id, id).await?;
    Reply::ok(&CampaignView::from(&campaign))
}

/// Replaces a draft's name and body.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns", request_body = CampaignDraft,
    responses(
        (status = 200, description = "The draft as it is now.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`"),
    ))]
pub(crate) async fn update_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    Json(draft): Json<CampaignDraft>,
) -> Result<Reply, Problem> {
    let (name, body) = draft.checked(&access.organization)?;
    for _ in 0..RACES_MOST {
        let before = find(&app, access.organization.id, id).await?;
        let after = before.clone().update(name.clone(), body.clone(), clock::now())?;
        let after = after.by(access.actor.clone());
        if app.table.save_campaign(&before, &after, None).await? == Saved::Done {
            return Reply::ok(&CampaignView::from(&after));
        }
    }
    Err(Problem::raced())
}

/// Deletes a draft.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns",
    responses(
        (status = 204, description = "The draft is gone."),
        (status = 409, description = "`campaign_not_draft`"),
    ))]
pub(crate) async fn delete_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
) -> Result<StatusCode, Problem> {
    delete_drafts(&app, access.organization.id, &[id]).await
}

/// Deletes up to 100 drafts, all or none.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    request_body = Ids,
    responses(
        (status = 204, description = "The drafts are gone."),
        (status = 409, description = "`campaign_not_draft`: one is no draft, and none was deleted."),
    ))]
pub(crate) async fn delete_campaigns(
    State(app): State<App>,
    access: Access<Sender>,
    Json(ids): Json<Ids>,
) -> Result<StatusCode, Problem> {
    let ids = ids.checked(CampaignId)?;
    delete_drafts(&app, access.organization.id, &ids).await
}

/// The campaign, or 404.
pub(super) async fn find(
    app: &Volley,
    organization: OrganizationId,
    id: CampaignId,
) -> Result<Campaign, Problem> {
    let campaign = app.table.campaign(organization, id).await?;
    campaign.ok_or_else(Problem::not_found)
}

async fn delete_drafts(
    app: &Volley,
    organization: OrganizationId,
    ids: &[CampaignId],
) -> Result<StatusCode, Problem> {
    for _ in 0..RACES_MOST {
        if app.table.delete_drafts(organization, ids).await? == Deleted::Done {
            return Ok(StatusCode::NO_CONTENT);
        }
        // The table does not say which of them stood in the way.
        for id in ids {
            find(app, organization, *id).await?.ensure_draft()?;
        }
    }
    Err(Problem::raced())
}

/// Refuses a body that the organisation's provider would refuse for every recipient.
pub(super) fn check_body(organization: &Organization, body: Option<&Body>) -> Result<(), Problem> {
    let provider = &organization.sender.provider;
    let checked = body.map(|body| provider.check_body(body.as_str())).transpose();
    checked.map(drop).map_err(|error| Problem::field("/body", error.to_string()))
}

impl CampaignDraft {
    fn checked(&self, organization: &Organization) -> Result<(String, Option<Body>), Problem> {
        let mut checks = Checks::default();
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let body = checks.take("/body", self.body.as_deref().map(Body::parse).transpose());
        let checked = name.zip(body).ok_or_else(|| checks.problem())?;
        check_body(organization, checked.1.as_ref())?;
        Ok(checked)
    }
}
