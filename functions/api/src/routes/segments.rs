//! Segments: saved filters over an audience.

mod filters;
mod preview;

pub(super) use filters::expanded;
pub(crate) use preview::*;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::SegmentSaved;
use serde::Deserialize;
use serde_json::Value;
use shared::ids::{OrganizationId, SegmentId};
use shared::organization::NAME_LONGEST;
use shared::segment::{Explanation, Filter, Moment, Segment};
use shared::text;
use utoipa::{IntoParams, ToSchema};

use self::filters::{check_uses, read_filter};
use super::contacts;
use crate::auth::{Access, Sender, Viewer};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{self, Query};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{ExplanationView, FilterSchema, SegmentView};

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SegmentDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(value_type = FilterSchema)]
    filter: Value,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainQuery {
    /// The contact's ID, or `ext:` and its external ID.
    contact: String,
}

/// Create a segment
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/segments", tag = "Segments",
    request_body = SegmentDraft,
    responses((status = 201, description = "The new segment.", body = SegmentView)))]
pub(crate) async fn create_segment(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(draft): Json<SegmentDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let id = SegmentId::new(now, clock::entropy());
    let organization_id = access.organization.id;
    let (name, filter) = draft.checked(&app, organization_id, id).await?;
    let segment = Segment {
        id,
        organization_id,
        name,
        filter,
        used_by: std::collections::BTreeSet::new(),
        changed_by: Some(access.actor),
        created_at: now,
        updated_at: now,
    };
    let reply = Reply::new(StatusCode::CREATED, &SegmentView::from(segment.clone()))?;
    let remember = once.remember(&reply, now);
    match app.table.create_segment(&segment, remember.as_ref()).await? {
        SegmentSaved::Done => Ok(reply),
        SegmentSaved::Stale | SegmentSaved::Answered => Err(Problem::raced()),
    }
}

/// List segments
///
/// Newest first.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/segments", tag = "Segments",
    params(Paging),
    responses((status = 200, description = "A page of segments.", body = ListView<SegmentView>)))]
pub(crate) async fn list_segments(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/segments"), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (segments, next) = app.table.segments(id, list.limit.into(), after).await?;
    list.reply(segments.into_iter().map(SegmentView::from), next)
}

/// Get a segment
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/segments/{segmentId}",
    tag = "Segments",
    responses((status = 200, description = "The segment.", body = SegmentView)))]
pub(crate) async fn get_segment(
    State(app): State<App>,
    access: Access<Viewer>,
    params::Segment(id): params::Segment<SegmentId>,
) -> Result<Reply, Problem> {
    let segment = app.table.segment(access.organization.id, id).await?;
    Reply::ok(&SegmentView::from(segment.ok_or_else(Problem::not_found)?))
}

/// Replace a segment
///
/// Campaigns that were sent keep the filter that they were sent with. Scheduled ones use the new one:
/// while a scheduled campaign uses the segment, the filter cannot refer to more segments than before.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/segments/{segmentId}",
    tag = "Segments", request_body = SegmentDraft,
    responses(
        (status = 200, description = "The changed segment.", body = SegmentView),
        (status = 409, description = "`segment_in_use`: a scheduled campaign uses the segment, and \
                                      could not with this filter."),
    ))]
pub(crate) async fn update_segment(
    State(app): State<App>,
    access: Access<Sender>,
    params::Segment(id): params::Segment<SegmentId>,
    Json(draft): Json<SegmentDraft>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    for _ in 0..MAX_RACES {
        let before = app.table.segment(organization, id).await?.ok_or_else(Problem::not_found)?;
        let (name, filter) = draft.checked(&app, organization, id).await?;
        check_uses(&app, &access.organization, &before, &filter).await?;
        let after = Segment {
            name,
            filter,
            changed_by: Some(access.actor.clone()),
            updated_at: clock::now().or_after(before.updated_at),
            ..before.clone()
        };
        match app.table.save_segment(&before, &after).await? {
            SegmentSaved::Done => return Reply::ok(&SegmentView::from(after)),
            SegmentSaved::Stale | SegmentSaved::Answered => {}
        }
    }
    Err(Problem::raced())
}

/// Delete a segment
///
/// Filters and drafts that refer to it cannot be used afterwards.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/segments/{segmentId}",
    tag = "Segments",
    responses(
        (status = 204, description = "The segment was deleted."),
        (status = 409, description = "`segment_in_use`: a scheduled campaign uses the segment."),
    ))]
pub(crate) async fn delete_segment(
    State(app): State<App>,
    access: Access<Sender>,
    params::Segment(id): params::Segment<SegmentId>,
) -> Result<StatusCode, Problem> {
    let organization = access.organization.id;
    for _ in 0..MAX_RACES {
        if app.table.delete_segment(organization, id).await? == SegmentSaved::Done {
            return Ok(StatusCode::NO_CONTENT);
        }
        let segment = app.table.segment(organization, id).await?.ok_or_else(Problem::not_found)?;
        if let Some(campaign) = segment.used_by.first() {
            let detail = format!(
                "the scheduled campaign {campaign} uses the segment; cancel the campaign first"
            );
            return Err(Problem::new(Code::SegmentInUse, detail));
        }
    }
    Err(Problem::raced())
}

/// Explain why a contact is in a segment or not
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/segments/{segmentId}/explain",
    tag = "Segments", params(ExplainQuery),
    responses((status = 200, description = "The filter with its results.", body = ExplanationView)))]
pub(crate) async fn explain_segment(
    State(app): State<App>,
    access: Access<Viewer>,
    params::Segment(id): params::Segment<SegmentId>,
    Query(query): Query<ExplainQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let filter = expanded(&app, organization.id, id).await?;
    let named = query.contact.parse().map_err(|_| Problem::not_found())?;
    let contact = contacts::find(&app, organization, named).await?;
    let at = Moment { now: clock::now(), zone: organization.time_zone };
    Reply::ok(&ExplanationView::from(Explanation::of(&filter, &contact, &at)))
}

impl SegmentDraft {
    async fn checked(
        &self,
        app: &Volley,
        organization: OrganizationId,
        id: SegmentId,
    ) -> Result<(String, Filter), Problem> {
        let mut checks = Checks::default();
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let name = name.ok_or_else(|| checks.problem())?;
        let (filter, _) = read_filter(app, organization, &self.filter, Some(id)).await?;
        Ok((name, filter))
    }
}
