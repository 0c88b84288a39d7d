//! Previews: who a segment would reach, read from the audience as it is.

use std::time::{Duration, Instant};

use axum::extract::State;
use futures::stream::{self, StreamExt};
use http::StatusCode;
use infra::clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::access::SecretHash;
use shared::audience::{Judge, Tally, Totals};
use shared::estimate::{Estimate, MIN_SHARDS};
use shared::ids::{ContactId, SegmentId};
use shared::organization::Organization;
use shared::segment::Expanded;
use shared::shard::Shards;
use shared::target::FrozenTarget;
use shared::time::Timestamp;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::filters::{expanded, read_filter};
use crate::auth::{Access, Viewer};
use crate::json::{Json, MaybeJson, Reply};
use crate::params;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{FilterSchema, PreviewView};

const MAX_SAMPLES: usize = 20;
/// Only whole shards count, so few are begun at once.
const SHARDS_AT_ONCE: usize = 2;
/// What is read by then is previewed.
const WITHIN: Duration = Duration::from_secs(8);
/// A sixth of the table's capacity, so that a preview does not delay anyone's messages.
const UNITS_PER_SECOND: f64 = 2_000.0;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterPreview {
    #[schema(value_type = FilterSchema)]
    filter: Value,
    /// The number of sample contacts. Defaults to 20.
    #[schema(minimum = 0, maximum = 20)]
    samples: Option<u32>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SegmentPreview {
    /// The number of sample contacts. Defaults to 20.
    #[schema(minimum = 0, maximum = 20)]
    samples: Option<u32>,
}

/// A preview as it is kept for a minute.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    totals: Totals,
    error: Option<u64>,
    samples: Vec<ContactId>,
    at: Timestamp,
}

/// Preview a filter
///
/// Returns who a campaign for these contacts would reach if it were sent now. The result is exact if the
/// audience can be read within seconds; otherwise it is an estimate with its error. An organization
/// computes one preview at a time, and a newer request cancels an older one. A preview is cached for a
/// minute.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/segments/preview",
    tag = "Segments", request_body = FilterPreview,
    responses(
        (status = 200, description = "The preview.", body = PreviewView),
        (status = 409, description = "`preview_superseded`: a newer preview was requested."),
        (status = 422, description = "`audience_too_large`, or the filter is invalid."),
    ))]
pub(crate) async fn preview_filter(
    State(app): State<App>,
    access: Access<Viewer>,
    Json(request): Json<FilterPreview>,
) -> Result<Reply, Problem> {
    let samples = samples(request.samples)?;
    let (_, filter) = read_filter(&app, access.organization.id, &request.filter, None).await?;
    preview(&app, &access.organization, filter, samples).await
}

/// Preview a segment
///
/// As for a filter.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/segments/{segmentId}/preview",
    tag = "Segments", request_body = Option<SegmentPreview>,
    responses(
        (status = 200, description = "The preview.", body = PreviewView),
        (status = 409, description = "`preview_superseded`: a newer preview was requested."),
        (status = 422, description = "`audience_too_large`, or the segment refers to a deleted one."),
    ))]
pub(crate) async fn preview_segment(
    State(app): State<App>,
    access: Access<Viewer>,
    params::Segment(id): params::Segment<SegmentId>,
    MaybeJson(request): MaybeJson<SegmentPreview>,
) -> Result<Reply, Problem> {
    let samples = samples(request.samples)?;
    let filter = expanded(&app, access.organization.id, id).await?;
    preview(&app, &access.organization, filter, samples).await
}

fn samples(written: Option<u32>) -> Result<usize, Problem> {
    let samples = written.map_or(Ok(MAX_SAMPLES), usize::try_from);
    samples
        .ok()
        .filter(|samples| *samples <= MAX_SAMPLES)
        .ok_or_else(|| Problem::field("/samples", format!("must be between 0 and {MAX_SAMPLES}")))
}

async fn preview(
    app: &Volley,
    organization: &Organization,
    filter: Expanded,
    samples: usize,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let name = SecretHash(filter.hash()).to_hex();
    let kept: Option<Kept> = app.table.kept_preview(organization.id, &name, now).await?;
    let kept = if let Some(kept) = kept {
        kept
    } else {
        let computed = computed(app, organization, filter, &name, now).await?;
        app.table.keep_preview(organization.id, &name, &computed, now).await?;
        computed
    };
    let mut contacts = Vec::new();
    for id in kept.samples.iter().take(samples) {
        contacts.extend(app.table.contact(organization, *id).await?);
    }
    let estimate = Estimate { totals: kept.totals, error: kept.error };
    Reply::new(StatusCode::OK, &PreviewView::new(estimate, contacts, kept.at))
}

async fn computed(
    app: &Volley,
    organization: &Organization,
    filter: Expanded,
    name: &str,
    now: Timestamp,
) -> Result<Kept, Problem> {
    let holder = clock::token();
    app.table.begin_preview(organization.id, &holder, now).await?;
    let target = FrozenTarget::including(filter, organization.time_zone);
    let reading = Reading {
        app,
        organization,
        judge: Judge { target: Some(target), ..Judge::from(now) },
        holder: &holder,
        stop_at: Instant::now() + WITHIN,
        pace: Mutex::new(()),
    };
    let read: Vec<Result<Option<Shard>, Problem>> = stream::iter(order(organization.shards, name))
        .map(|shard| reading.shard(shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .collect()
        .await;
    let mut whole = Vec::new();
    let mut samples = Vec::new();
    for shard in read {
        if let Some((totals, contacts)) = shard? {
            whole.push(totals);
            samples.extend(contacts);
        }
    }
    samples.truncate(MAX_SAMPLES);
    let estimate = Estimate::of(&whole, organization.shards);
    let Estimate { totals, error } = estimate.ok_or_else(too_large)?;
    Ok(Kept { totals, error, samples, at: now })
}

fn too_large() -> Problem {
    let detail = format!(
        "the audience is too large to preview: fewer than {MIN_SHARDS} of its parts could be read in time"
    );
    Problem::new(Code::AudienceTooLarge, detail)
}

/// The shards in an order that depends on the filter alone, so that repeated estimates agree and
/// different filters do not all read the same shards.
fn order(shards: Shards, name: &str) -> Vec<u16> {
    let key = |shard: &u16| -> [u8; 32] {
        Sha256::new().chain_update(name).chain_update(shard.to_be_bytes()).finalize().into()
    };
    let mut shards: Vec<u16> = (shards.all()).collect();
    shards.sort_by_key(key);
    shards
}

/// A shard's sums and the contacts of its first recipients.
type Shard = (Totals, Vec<ContactId>);

struct Reading<'a> {
    app: &'a Volley,
    organization: &'a Organization,
    judge: Judge,
    holder: &'a str,
    stop_at: Instant,
    /// Held while the time passes that a page's units are worth.
    pace: Mutex<()>,
}

impl Reading<'_> {
    /// The sums of a shard; `None` if the time did not suffice.
    async fn shard(&self, shard: u16) -> Result<Option<Shard>, Problem> {
        let organization = self.organization;
        let mut tally = Tally::new(self.judge.clone(), MAX_SAMPLES);
        let mut begin: Option<String> = None;
        loop {
            if Instant::now() >= self.stop_at {
                return Ok(None);
            }
            if !self.app.table.is_previewing(organization.id, self.holder).await? {
                let detail = "a newer preview of the organization was requested";
                return Err(Problem::new(Code::PreviewSuperseded, detail));
            }
            let place = (shard, organization.shards);
            let page =
                self.app.table.preview_page(organization.id, place, begin.as_deref(), &self.judge);
            let page = page.await?;
            self.wait(page.units).await;
            for (entry, is_unsubscribed) in page.entries {
                tally.push(entry, is_unsubscribed);
            }
            begin = page.next;
            if begin.is_none() {
                return Ok(Some(tally.finish()));
            }
        }
    }

    /// Keeps the pace of all shards together.
    async fn wait(&self, units: f64) {
        let _turn = self.pace.lock().await;
        tokio::time::sleep(Duration::from_secs_f64(units / UNITS_PER_SECOND)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_in_an_order_of_the_filters() {
        let (one, other) = (order(32.into(), "a"), order(32.into(), "b"));
        assert_eq!(one, order(32.into(), "a"));
        assert_ne!(one, other);
        let mut sorted = one;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..32).collect::<Vec<u16>>());
    }

    #[test]
    fn samples_are_bounded() {
        assert_eq!(samples(None).map_err(|_| ()), Ok(20));
        assert_eq!(samples(Some(0)).map_err(|_| ()), Ok(0));
        assert!(samples(Some(21)).is_err());
    }
}
