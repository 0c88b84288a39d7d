//! Previews: who a segment would reach, read from the audience as it is.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use http::{StatusCode, header};
use infra::clock;
use infra::table::{KeptPreview, PreviewReading, PreviewRun, ShardRead};
use serde::Deserialize;
use serde_json::Value;
use shared::access::SecretHash;
use shared::audience::{Judge, Totals};
use shared::estimate::{Estimate, MAX_SAMPLES, order};
use shared::ids::SegmentId;
use shared::job::JobsJob;
use shared::organization::Organization;
use shared::segment::Expanded;
use shared::target::FrozenTarget;
use utoipa::ToSchema;

use super::filters::{expanded, read_filter};
use crate::auth::{Access, Viewer};
use crate::json::{Json, MaybeJson, Reply};
use crate::params;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{FilterSchema, PreviewProgressView, PreviewView};

/// Only whole shards count, so few are begun at once.
const SHARDS_AT_ONCE: usize = 2;
/// What is read by then is previewed.
const WITHIN_SECONDS: i64 = 8;
/// How long a preview is kept that a request computed.
const KEPT_SECONDS: i64 = 60;
/// When a client may ask again how far a preview is.
const LOOK_AGAIN_SECONDS: &str = "2";

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterPreview {
    #[schema(value_type = FilterSchema)]
    filter: Value,
    /// The number of sample contacts. Defaults to 20.
    #[schema(minimum = 0, maximum = 20)]
    samples: Option<u32>,
    /// Whether to count everyone even if that takes longer than a request. Defaults to false.
    exact: Option<bool>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SegmentPreview {
    /// The number of sample contacts. Defaults to 20.
    #[schema(minimum = 0, maximum = 20)]
    samples: Option<u32>,
    /// Whether to count everyone even if that takes longer than a request. Defaults to false.
    exact: Option<bool>,
}

/// What a client asks for.
struct Wish {
    samples: usize,
    is_exact: bool,
}

/// What a request for a preview gets.
enum Answer {
    Preview(KeptPreview),
    /// It is being computed.
    Run(PreviewRun),
}

/// Preview a filter
///
/// Returns who a campaign for these contacts would reach if it were sent now. The result is exact if the
/// audience can be read within seconds; otherwise it is an estimate with its error. With `exact`, or if
/// too little can be read for an estimate, everyone is counted in the background: the response says how
/// far that is, and the same request a little later returns the preview. An organization computes one
/// preview at a time, and a newer request cancels an older one. A preview is cached for a minute, or for 15
/// if it was computed in the background.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/segments/preview",
    tag = "Segments", request_body = FilterPreview,
    responses(
        (status = 200, description = "The preview.", body = PreviewView),
        (status = 202, description = "The preview is being computed. Ask again after `Retry-After` \
                                      seconds.", body = PreviewProgressView),
        (status = 409, description = "`preview_superseded`: a newer preview was requested."),
        (status = 422, description = "The filter is invalid."),
    ))]
pub(crate) async fn preview_filter(
    State(app): State<App>,
    access: Access<Viewer>,
    Json(request): Json<FilterPreview>,
) -> Result<Response, Problem> {
    let wish = Wish::read(request.samples, request.exact)?;
    let (_, filter) = read_filter(&app, access.organization.id, &request.filter, None).await?;
    preview(&app, &access.organization, filter, wish).await
}

/// Preview a segment
///
/// As for a filter.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/segments/{segmentId}/preview",
    tag = "Segments", request_body = Option<SegmentPreview>,
    responses(
        (status = 200, description = "The preview.", body = PreviewView),
        (status = 202, description = "The preview is being computed. Ask again after `Retry-After` \
                                      seconds.", body = PreviewProgressView),
        (status = 409, description = "`preview_superseded`: a newer preview was requested."),
        (status = 422, description = "The segment refers to a deleted one."),
    ))]
pub(crate) async fn preview_segment(
    State(app): State<App>,
    access: Access<Viewer>,
    params::Segment(id): params::Segment<SegmentId>,
    MaybeJson(request): MaybeJson<SegmentPreview>,
) -> Result<Response, Problem> {
    let wish = Wish::read(request.samples, request.exact)?;
    let filter = expanded(&app, access.organization.id, id).await?;
    preview(&app, &access.organization, filter, wish).await
}

impl Wish {
    fn read(samples: Option<u32>, exact: Option<bool>) -> Result<Self, Problem> {
        let samples = samples.map_or(Ok(MAX_SAMPLES), usize::try_from).ok();
        let samples = samples.filter(|samples| *samples <= MAX_SAMPLES).ok_or_else(|| {
            Problem::field("/samples", format!("must be between 0 and {MAX_SAMPLES}"))
        })?;
        Ok(Self { samples, is_exact: exact.unwrap_or_default() })
    }
}

async fn preview(
    app: &Volley,
    organization: &Organization,
    filter: Expanded,
    wish: Wish,
) -> Result<Response, Problem> {
    let kept = match answer(app, organization, filter, wish.is_exact).await? {
        Answer::Preview(kept) => kept,
        Answer::Run(run) => {
            let progress = PreviewProgressView::new(&run, organization.shards);
            let reply = Reply::new(StatusCode::ACCEPTED, &progress)?;
            return Ok(([(header::RETRY_AFTER, LOOK_AGAIN_SECONDS)], reply).into_response());
        }
    };
    let mut contacts = Vec::new();
    for id in kept.samples.iter().take(wish.samples) {
        contacts.extend(app.table.contact(organization, *id).await?);
    }
    let estimate = Estimate { totals: kept.totals, error: kept.error };
    Ok(Reply::ok(&PreviewView::new(estimate, contacts, kept.at))?.into_response())
}

/// Returns the cached preview or how far it is, or begins to compute one.
async fn answer(
    app: &Volley,
    organization: &Organization,
    filter: Expanded,
    is_exact: bool,
) -> Result<Answer, Problem> {
    let now = clock::now();
    // Filters compare dates in the organization's zone.
    let name = format!("{}#{}", SecretHash(filter.hash()).to_hex(), organization.time_zone);
    let kept = app.table.kept_preview(organization.id, &name, now).await?;
    if let Some(kept) = kept.filter(|kept| !is_exact || kept.error.is_none()) {
        return Ok(Answer::Preview(kept));
    }
    let run = app.table.preview_run(organization.id, &name).await?;
    if let Some(run) = run.filter(|run| !run.is_stalled(now)) {
        if app.table.is_previewing(organization.id, &run.holder).await? {
            return Ok(Answer::Run(run));
        }
        app.table.end_preview_run(organization.id, &name, &run.holder).await?;
        return Err(superseded());
    }
    let holder = clock::token();
    app.table.begin_preview(organization.id, &holder, now).await?;
    let target = FrozenTarget::including(filter, organization.time_zone);
    let (begun_at, saved_at) = (now, now);
    let run = PreviewRun {
        holder,
        begun_at,
        saved_at,
        target,
        shards_read: 0,
        totals: Totals::default(),
        samples: Vec::new(),
    };
    computed(app, organization, &name, run, is_exact).await
}

/// Reads what fits into a request, and leaves the rest to a job if it is needed.
async fn computed(
    app: &Volley,
    organization: &Organization,
    name: &str,
    mut run: PreviewRun,
    is_exact: bool,
) -> Result<Answer, Problem> {
    let judge = Judge { target: Some(run.target.clone()), ..Judge::from(run.begun_at) };
    let holder = run.holder.clone();
    let reading = PreviewReading::new(&app.table, organization, judge, &holder);
    let stop_at = run.begun_at.plus_seconds(WITHIN_SECONDS);
    let mut shards = stream::iter(order(organization.shards, name))
        .map(|shard| reading.shard(shard, stop_at))
        .buffered(SHARDS_AT_ONCE);
    let mut whole = Vec::new();
    while let Some(read) = shards.next().await {
        match read? {
            ShardRead::Whole(totals, samples) => {
                whole.push(totals);
                run = run.with(totals, samples, clock::now());
            }
            ShardRead::OutOfTime => break,
            ShardRead::Superseded => return Err(superseded()),
        }
    }
    let estimate = Estimate::of(&whole, organization.shards);
    let Some(estimate) = estimate.filter(|it| !is_exact || it.error.is_none()) else {
        return in_background(app, organization, name, run).await.map(Answer::Run);
    };
    let PreviewRun { begun_at: at, samples, .. } = run;
    let Estimate { totals, error } = estimate;
    let until = clock::now().plus_seconds(KEPT_SECONDS);
    let kept = KeptPreview { totals, error, samples, at, until };
    app.table.keep_preview(organization.id, name, &kept).await?;
    Ok(Answer::Preview(kept))
}

async fn in_background(
    app: &Volley,
    organization: &Organization,
    name: &str,
    run: PreviewRun,
) -> Result<PreviewRun, Problem> {
    app.table.begin_preview_run(organization.id, name, &run).await?;
    let job = JobsJob::Preview { organization_id: organization.id, name: name.to_owned() };
    if let Err(error) = app.queues.send(&job.into(), 0).await {
        // The next request begins again.
        app.table.end_preview_run(organization.id, name, &run.holder).await?;
        return Err(Problem::internal(error));
    }
    Ok(run)
}

fn superseded() -> Problem {
    Problem::new(Code::PreviewSuperseded, "a newer preview of the organization was requested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_bounded() {
        let samples = |written| Wish::read(written, None).map(|wish| wish.samples).ok();
        assert_eq!((samples(None), samples(Some(0)), samples(Some(21))), (Some(20), Some(0), None));
    }
}
