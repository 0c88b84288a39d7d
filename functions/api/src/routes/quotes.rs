//! What a campaign would come to, before it is sent.

use std::time::Duration;

use axum::extract::State;
use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use shared::campaign::{Campaign, Refusal, State as CampaignState};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::ids::CampaignId;
use shared::organization::Organization;
use shared::parts::Parts;
use shared::quote::Quote;
use shared::time::Timestamp;

use super::campaigns::find;
use crate::auth::{Access, Viewer};
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, Volley};
use crate::views::QuoteView;

const SHARDS_AT_ONCE: usize = 8;
/// The function and the HTTP API in front of it wait little longer.
const WITHIN: Duration = Duration::from_secs(25);

fn too_slow() -> Problem {
    let detail = "the audience is too large to be counted while you wait";
    Problem::unprocessable("audience_too_large", detail)
}

/// Answers how many would get the campaign if it were sent now, in how many parts, for which
/// price, and when the last part would leave. Nothing is kept, and nothing is sent.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/quote",
    tag = "Sending",
    responses(
        (status = 200, description = "The quote.", body = QuoteView),
        (status = 422, description = "`campaign_body_required`, `audience_too_large`"),
    ))]
pub(crate) async fn quote_campaign(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let campaign = find(&app, organization.id, id).await?;
    let body = campaign.body.as_deref().ok_or(Refusal::BodyRequired)?;
    let now = clock::now();
    let quote = stream::iter(0..organization.shards)
        .map(|shard| quote_shard(&app, organization, shard, Parts::of(body), now))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_fold(Quote::new(Parts::of(body)), |sum, shard| async move { Ok(sum.plus(&shard)) });
    let quote = tokio::time::timeout(WITHIN, quote).await.map_err(|_| too_slow())??;
    Reply::ok(&QuoteView::new(&quote, body, organization, start(&campaign, now)))
}

/// When the campaign's first part would leave.
fn start(campaign: &Campaign, now: Timestamp) -> Timestamp {
    match &campaign.state {
        CampaignState::Scheduled { at } => now.max(*at),
        _ => now,
    }
}

/// Cuts a shard as the fan-out would, and keeps nothing of it but the sums.
async fn quote_shard(
    app: &Volley,
    organization: &Organization,
    shard: u16,
    parts: Parts,
    now: Timestamp,
) -> Result<Quote, Problem> {
    let mut quote = Quote::new(parts);
    let mut cutter = Cutter::new(now, ChainEnd::default());
    let mut begin = None;
    let prices = organization.prices.as_ref();
    let mut add = |chunk: &Chunk| quote.add(prices, chunk);
    loop {
        let page = app
            .table
            .audience_page(organization.id, (shard, organization.shards), begin.as_deref())
            .await?;
        for (entry, is_unsubscribed) in page.entries {
            if let Some(chunk) = cutter.push(entry, is_unsubscribed) {
                add(&chunk);
            }
        }
        begin = page.next;
        if begin.is_none() {
            add(&cutter.finish());
            return Ok(quote);
        }
    }
}
