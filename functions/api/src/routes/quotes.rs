//! Quotes: the size and price of a campaign before it is sent.

use std::time::{Duration, Instant};

use axum::extract::State;
use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{KeptQuote, Quoting};
use shared::audience::Judge;
use shared::body::Body;
use shared::campaign::{Campaign, Refusal, State as CampaignState};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::ids::CampaignId;
use shared::organization::Organization;
use shared::quote::Quote;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use super::campaigns::{find, freeze};
use super::imports::import_warnings;
use crate::auth::{Access, Viewer};
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::QuoteView;

const SHARDS_AT_ONCE: usize = 8;
/// The function and the HTTP API in front of it time out soon after.
const WITHIN: Duration = Duration::from_secs(25);

/// The request that computes a quote holds the organization's lease for at most this long.
const LEASE_SECONDS: i64 = 30;
/// How long a request waits for the quote of another. A longer wait would keep functions occupied.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most quotes take less than their lease.
const MAX_RETRY_SECONDS: u32 = 5;
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

fn too_slow() -> Problem {
    let detail =
        "the audience is too large to quote; to limit the cost, send with maxParts or maxPrice";
    Problem::new(Code::AudienceTooLarge, detail)
}

/// Quote a campaign
///
/// Returns the number of recipients and parts, the price and the finish time if the campaign were sent
/// now. Nothing is sent. A quote is cached for a minute, or until the campaign or the organization
/// changes. An organization computes one quote at a time; another request waits up to two seconds.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/quote",
    tag = "Sending",
    responses(
        (status = 200, description = "The quote.", body = QuoteView),
        (status = 422, description = "`campaign_body_required`, `target_missing`, or \
                                      `audience_too_large`."),
        (status = 429, description = "`quote_in_progress`: another quote for the organization is \
                                      being computed. API Gateway also limits requests, in its own \
                                      format."),
    ))]
pub(crate) async fn quote_campaign(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let campaign = find(&app, organization.id, id).await?;
    let body = campaign.body.as_ref().ok_or(Refusal::BodyRequired)?;
    let KeptQuote { quote, at } = kept_or_computed(&app, organization, &campaign, body).await?;
    let warnings = import_warnings(&app, organization.id).await?;
    Reply::ok(&QuoteView::new(&quote, body, organization, start(&campaign, at), at, warnings))
}

/// Returns the cached quote, or computes one once this request holds the lease.
async fn kept_or_computed(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    body: &Body,
) -> Result<KeptQuote, Problem> {
    let holder = clock::token();
    let began = Instant::now();
    loop {
        let now = clock::now();
        if let Some(kept) = app.table.kept_quote(organization, campaign, now).await? {
            return Ok(kept);
        }
        let until = now.plus_seconds(LEASE_SECONDS);
        match app.table.begin_quoting(organization.id, &holder, now, until).await? {
            Quoting::Yours => return computed(app, organization, campaign, body, &holder).await,
            Quoting::Taken { .. } if began.elapsed() < PATIENCE => {
                tokio::time::sleep(LOOK_AGAIN_AFTER).await;
            }
            Quoting::Taken { until } => {
                let detail = "another quote for the organization is being computed; retry later";
                let seconds = until.seconds_from(clock::now()).min(MAX_RETRY_SECONDS);
                return Err(Problem::too_many(Code::QuoteInProgress, detail, seconds));
            }
        }
    }
}

/// Reads the audience, then keeps the lease for as long as that took. So an organization's quotes
/// read at most half of the time, however many its keys request.
async fn computed(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    body: &Body,
    holder: &str,
) -> Result<KeptQuote, Problem> {
    let at = clock::now();
    let target = target(app, organization, campaign).await?;
    let judge = Judge { target, resend: campaign.named_phones(), ..Judge::from(at) };
    let judge = judge.merging(body, &organization.sender);
    let quote = tokio::time::timeout(WITHIN, read(app, organization, body, &judge)).await;
    let ended = clock::now();
    let kept = match quote {
        Ok(Ok(quote)) => {
            let kept = KeptQuote { quote, at };
            let written = app.table.keep_quote(organization, campaign, &kept).await;
            written.map(|()| kept).map_err(Problem::from)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(too_slow()),
    };
    let free_at = ended.plus(ended.since(at));
    if let Err(error) = app.table.end_quoting(organization.id, holder, free_at).await {
        let error = anyhow::Error::new(error);
        tracing::warn!(error = %format!("{error:#}"), "left the lease of a quote to its end");
    }
    kept
}

/// The campaign's target as it would be, or was, when it is sent.
async fn target(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
) -> Result<Option<FrozenTarget>, Problem> {
    let Some(target) = &campaign.target else {
        return Ok(None);
    };
    if campaign.broadcast().is_some() {
        let frozen = app.table.frozen_target(campaign.id).await?;
        let missing = || anyhow::anyhow!("the frozen target of a campaign is missing");
        return frozen.map(Some).ok_or_else(|| Problem::internal(missing()));
    }
    freeze(app, organization, target).await.map(Some)
}

async fn read(
    app: &Volley,
    organization: &Organization,
    body: &Body,
    judge: &Judge,
) -> Result<Quote, Problem> {
    stream::iter(organization.shards.all())
        .map(|shard| quote_shard(app, organization, shard, body, judge))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_fold(Quote::new(body), |sum, shard| async move { Ok(sum.plus(&shard)) })
        .await
}

/// When the campaign's first part would be sent.
fn start(campaign: &Campaign, now: Timestamp) -> Timestamp {
    match &campaign.state {
        CampaignState::Scheduled { at } => now.max(*at),
        CampaignState::Draft
        | CampaignState::Cancelled { .. }
        | CampaignState::Sent(_)
        | CampaignState::Failed { .. } => now,
    }
}

/// Cuts a shard as the fan-out would, keeping only the sums.
async fn quote_shard(
    app: &Volley,
    organization: &Organization,
    shard: u16,
    body: &Body,
    judge: &Judge,
) -> Result<Quote, Problem> {
    let mut quote = Quote::new(body);
    let mut cutter = Cutter::new(judge.clone(), ChainEnd::default());
    let mut begin = None;
    let prices = organization.prices.as_ref();
    let mut add = |chunk: &Chunk| quote.add(body, prices, chunk);
    loop {
        let page = app
            .table
            .audience_page(organization.id, (shard, organization.shards), begin.as_deref(), judge)
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
