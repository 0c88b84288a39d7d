//! Copies of campaigns, and campaigns that lists leave out.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::Saved;
use serde::Deserialize;
use shared::campaign::Campaign;
use shared::ids::CampaignId;
use shared::organization::NAME_LONGEST;
use shared::text;
use utoipa::ToSchema;

use super::campaigns::find;
use super::controls::change;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::App;
use crate::views::CampaignView;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyRequest {
    /// The name of the copy. Defaults to `Copy of` and the campaign's name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
}

/// Duplicate a campaign
///
/// Creates a draft with the same body, target and tags. The target stays even if one of its segments was
/// deleted; then the draft cannot be sent until its target is replaced.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/duplicate",
    tag = "Campaigns", request_body = Option<CopyRequest>,
    responses(
        (status = 201, description = "The new draft.", body = CampaignView),
        (status = 409, description = "`campaign_is_resend`: it is for certain people."),
    ))]
pub(crate) async fn duplicate_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(request): MaybeJson<CopyRequest>,
) -> Result<Reply, Problem> {
    let original = find(&app, access.organization.id, id).await?;
    let now = clock::now();
    let name = name_of_copy(request.name.as_deref(), "Copy of", &original)?;
    let copy = original.duplicate(CampaignId::new(now, clock::entropy()), name, now)?;
    let copy = copy.by(access.actor);
    let reply = Reply::new(StatusCode::CREATED, &CampaignView::from(&copy))?;
    let remember = once.remember(&reply, now);
    match app.table.create_campaign(&copy, remember.as_ref()).await? {
        Saved::Done => Ok(reply),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// The name that was requested for a draft made from a campaign, or `what` it is and the campaign's name.
pub(super) fn name_of_copy(
    requested: Option<&str>,
    what: &str,
    original: &Campaign,
) -> Result<String, Problem> {
    match requested {
        Some(name) => text::name(name, NAME_LONGEST)
            .map_err(|error| Problem::field("/name", error.to_string())),
        None => Ok(format!("{what} {}", original.name).chars().take(NAME_LONGEST).collect()),
    }
}

/// Archive a campaign
///
/// Lists leave it out. Only campaigns that were canceled, or have sent everything, can be archived.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/archive",
    tag = "Campaigns",
    responses(
        (status = 200, description = "The archived campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_ended`: the campaign has not ended."),
    ))]
pub(crate) async fn archive_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let archive = |campaign: Campaign, now| campaign.archive(true, now);
    Ok(change(&app, &access, id, &once, archive).await?.reply)
}

/// Unarchive a campaign
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/unarchive",
    tag = "Campaigns",
    responses((status = 200, description = "The campaign.", body = CampaignView)))]
pub(crate) async fn unarchive_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let unarchive = |campaign: Campaign, now| campaign.archive(false, now);
    Ok(change(&app, &access, id, &once, unarchive).await?.reply)
}
