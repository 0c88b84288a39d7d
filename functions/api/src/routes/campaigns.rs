//! Campaigns: drafts and reads.

mod target;

pub(super) use target::freeze;

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

use self::target::{TargetDraft, check_target};
use super::Ids;
use crate::auth::{Access, Sender, Viewer};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Maybe, Reply};
use crate::page::ListView;
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{CampaignView, labels};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The text, sent exactly as written. A campaign without a body cannot be sent.
    #[schema(min_length = 1, max_length = 1600)]
    body: Option<String>,
    /// Who the campaign is for: null means everyone. Replacing a draft without it leaves it as it is.
    #[serde(default)]
    #[schema(value_type = Option<TargetDraft>)]
    target: Maybe<TargetDraft>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignQuery {
    /// The maximum number of items. A page may be shorter.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    cursor: Option<String>,
    /// Only campaigns with this status.
    #[param(value_type = Option<labels::CampaignStatus>)]
    status: Option<Status>,
}

/// Create a draft
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
    let target = target::changed(draft.target.clone(), None)?;
    check_target(&app, &access.organization, target.as_ref()).await?;
    let id = CampaignId::new(now, clock::entropy());
    let campaign = Campaign::create(id, access.organization.id, name, body, now).by(access.actor);
    let campaign = Campaign { target, ..campaign };
    let reply = Reply::new(StatusCode::CREATED, &CampaignView::from(&campaign))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_campaign(&campaign, remember.as_ref());
    match saved.await? {
        Saved::Done => Ok(reply),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// List campaigns
///
/// Newest first.
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

/// Get a campaign
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

/// Replace a draft
///
/// Without `body`, the draft has no body afterwards. Without `target`, the target stays as it is.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns", request_body = CampaignDraft,
    responses(
        (status = 200, description = "The changed draft.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`: the campaign is not a draft."),
    ))]
pub(crate) async fn update_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    Json(draft): Json<CampaignDraft>,
) -> Result<Reply, Problem> {
    let (name, body) = draft.checked(&access.organization)?;
    for _ in 0..MAX_RACES {
        let before = find(&app, access.organization.id, id).await?;
        let after = before.clone().update(name.clone(), body.clone(), clock::now())?;
        let target = target::changed(draft.target.clone(), before.target.clone())?;
        if target != before.target {
            check_target(&app, &access.organization, target.as_ref()).await?;
        }
        let after = Campaign { target, ..after.by(access.actor.clone()) };
        if app.table.save_campaign(&before, &after, None).await? == Saved::Done {
            return Reply::ok(&CampaignView::from(&after));
        }
    }
    Err(Problem::raced())
}

/// Delete a draft
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns",
    responses(
        (status = 204, description = "The draft was deleted."),
        (status = 409, description = "`campaign_not_draft`: the campaign is not a draft."),
    ))]
pub(crate) async fn delete_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
) -> Result<StatusCode, Problem> {
    delete_drafts(&app, access.organization.id, &[id]).await
}

/// Delete up to 100 drafts
///
/// Either all of them are deleted or none.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    request_body = Ids,
    responses(
        (status = 204, description = "The drafts were deleted."),
        (status = 409, description = "`campaign_not_draft`: a campaign is not a draft, so none was deleted."),
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
    for _ in 0..MAX_RACES {
        if app.table.delete_drafts(organization, ids).await? == Deleted::Done {
            return Ok(StatusCode::NO_CONTENT);
        }
        // The table does not report which campaign failed the condition.
        for id in ids {
            find(app, organization, *id).await?.ensure_draft()?;
        }
    }
    Err(Problem::raced())
}

/// Rejects a body that the organization's provider would reject for every recipient.
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
