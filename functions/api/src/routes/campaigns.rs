//! Campaigns: drafts and reads.

mod draft;
mod target;

pub(super) use target::freeze;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{CampaignPosition, Deleted, Saved};
use serde::Deserialize;
use shared::campaign::{Campaign, Status};
use shared::ids::{CampaignId, OrganizationId};
use utoipa::IntoParams;

use self::draft::CampaignDraft;
use self::target::check_target;
use super::Ids;
use super::bodies::warnings;
use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::ListView;
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{CampaignView, labels};

/// The number of pages that a filtered list reads.
const MAX_LIST_READS: usize = 10;

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
    /// Only campaigns with this tag.
    tag: Option<String>,
    /// Only campaigns whose name contains this, in any case.
    q: Option<String>,
    /// Archived campaigns instead of the others.
    #[serde(default)]
    archived: bool,
}

impl CampaignQuery {
    /// The list's name among all lists: a cursor of other filters is another list's.
    fn scope(&self, organization: OrganizationId) -> String {
        let filters = (self.status.map(Status::as_str), &self.tag, &self.q, self.archived);
        let filters = serde_json::to_string(&filters).unwrap_or_default();
        format!("{organization}/campaigns?{filters}")
    }

    fn keeps(&self, campaign: &Campaign) -> bool {
        let name = || campaign.name.to_lowercase();
        campaign.archived_at.is_some() == self.archived
            && self.tag.as_ref().is_none_or(|tag| campaign.tags.contains(tag))
            && self.q.as_ref().is_none_or(|q| name().contains(&q.trim().to_lowercase()))
    }
}

/// Create a draft
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    request_body = CampaignDraft,
    responses(
        (status = 201, description = "The new draft.", body = CampaignView),
        (status = 422, description = "`target_missing`: a segment of the target does not exist or cannot \
                                      be used."),
    ))]
pub(crate) async fn create_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(draft): Json<CampaignDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let checked = draft.checked(&app, &access.organization, None).await?;
    let id = CampaignId::new(now, clock::entropy());
    let (name, body) = (checked.name.clone(), checked.body.clone());
    let campaign = Campaign::create(id, access.organization.id, name, body, now).by(access.actor);
    let body = campaign.body.as_ref();
    let written = draft.defaults.as_ref();
    let warnings = warnings(&app, &access.organization, body, written).await?;
    let campaign = checked.applied(draft, campaign)?;
    check_target(&app, &access.organization, campaign.target.as_ref()).await?;
    let view = CampaignView::from(&campaign).with_warnings(warnings);
    let reply = Reply::new(StatusCode::CREATED, &view)?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_campaign(&campaign, remember.as_ref());
    match saved.await? {
        Saved::Done => Ok(reply),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// List campaigns
///
/// Newest first, without archived ones. A page of a filtered list may be short, even empty, although
/// the list continues.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns", tag = "Campaigns",
    params(CampaignQuery),
    responses((status = 200, description = "A page of campaigns.", body = ListView<CampaignView>)))]
pub(crate) async fn list_campaigns(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<CampaignQuery>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(query.scope(id), query.limit)?;
    let mut after: Option<CampaignPosition> = list.position(query.cursor.as_deref())?;
    let limit = usize::from(list.limit);
    let mut kept: Vec<Campaign> = Vec::new();
    for _ in 0..MAX_LIST_READS {
        let left = i32::try_from(limit - kept.len()).unwrap_or(i32::MAX);
        let (campaigns, next) = app.table.campaigns(id, query.status, left, after).await?;
        kept.extend(campaigns.into_iter().filter(|campaign| query.keeps(campaign)));
        after = next;
        if after.is_none() || kept.len() >= limit {
            break;
        }
    }
    list.reply(kept.iter().map(CampaignView::from), after)
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
/// Without `bodyFormat`, an unchanged body keeps its format, and without `defaults` or `tags`, these stay
/// as they are.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}",
    tag = "Campaigns", request_body = CampaignDraft,
    responses(
        (status = 200, description = "The changed draft.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`: the campaign is not a draft."),
        (status = 422, description = "`target_missing`: a segment of the target does not exist or cannot \
                                      be used."),
    ))]
pub(crate) async fn update_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    Json(draft): Json<CampaignDraft>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let before = find(&app, access.organization.id, id).await?;
        let checked = draft.checked(&app, &access.organization, Some(&before)).await?;
        let (name, body) = (checked.name.clone(), checked.body.clone());
        let after = before.clone().update(name, body, clock::now())?;
        let after = checked.applied(draft.clone(), after)?.by(access.actor.clone());
        if after.target != before.target {
            check_target(&app, &access.organization, after.target.as_ref()).await?;
        }
        if app.table.save_campaign(&before, &after, None).await? == Saved::Done {
            let (body, written) = (after.body.as_ref(), draft.defaults.as_ref());
            let warnings = warnings(&app, &access.organization, body, written).await?;
            return Reply::ok(&CampaignView::from(&after).with_warnings(warnings));
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
