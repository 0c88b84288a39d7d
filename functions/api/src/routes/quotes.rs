//! Quotes: the size and price of a campaign before it is sent.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use http::{StatusCode, header};
use infra::clock;
use infra::table::{KeptQuote, QUOTE_KEPT_SECONDS, QuoteRun, Quoting};
use shared::audience::Judge;
use shared::body::Body;
use shared::campaign::{Campaign, Refusal, State as CampaignState};
use shared::ids::CampaignId;
use shared::job::JobsJob;
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
use crate::views::{QuoteProgressView, QuoteView};

const SHARDS_AT_ONCE: usize = 8;
/// What is not read by then is read in the background.
const WITHIN: Duration = Duration::from_secs(8);

/// The request that computes a quote holds the organization's lease for at most this long.
const LEASE_SECONDS: i64 = 30;
/// How long a request waits for the quote of another. A longer wait would keep functions occupied.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most quotes take less than their lease.
const MAX_RETRY_SECONDS: u32 = 5;
/// When a client may ask again how far a quote is.
const LOOK_AGAIN_SECONDS: &str = "2";
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// What a request for a quote gets.
enum Answer {
    Quote(KeptQuote),
    /// It is being computed.
    Run(QuoteRun),
}

/// Quote a campaign
///
/// Returns the number of recipients and parts, the price and the finish time if the campaign were sent
/// now. Nothing is sent. The quote of an audience that takes longer than seconds to read is computed in the
/// background: the response says how far it is, and the same request a little later returns the quote. A
/// quote is cached for a minute, or for 15 if it was computed in the background, or until the campaign or
/// the organization changes. An organization computes one quote at a time; another request waits up to two
/// seconds.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/quote",
    tag = "Sending",
    responses(
        (status = 200, description = "The quote.", body = QuoteView),
        (status = 202, description = "The quote is being computed. Ask again after `Retry-After` \
                                      seconds.", body = QuoteProgressView),
        (status = 422, description = "`campaign_body_required` or `target_missing`."),
        (status = 429, description = "`quote_in_progress`: another quote for the organization is \
                                      being computed. API Gateway also limits requests, in its own \
                                      format."),
    ))]
pub(crate) async fn quote_campaign(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Response, Problem> {
    let organization = &access.organization;
    let campaign = find(&app, organization.id, id).await?;
    let body = campaign.body.as_ref().ok_or(Refusal::BodyRequired)?;
    let KeptQuote { quote, at, .. } = match answer(&app, organization, &campaign, body).await? {
        Answer::Quote(kept) => kept,
        Answer::Run(run) => {
            let progress = QuoteProgressView::new(&run, organization.shards);
            let reply = Reply::new(StatusCode::ACCEPTED, &progress)?;
            return Ok(([(header::RETRY_AFTER, LOOK_AGAIN_SECONDS)], reply).into_response());
        }
    };
    let warnings = import_warnings(&app, organization.id).await?;
    let start = start(&campaign, at);
    let view = QuoteView::new(&quote, body, organization, start, at, warnings);
    Ok(Reply::ok(&view)?.into_response())
}

/// Returns the cached quote or how far it is, or computes one once this request holds the lease.
async fn answer(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    body: &Body,
) -> Result<Answer, Problem> {
    let holder = clock::token();
    let began = Instant::now();
    loop {
        let now = clock::now();
        if let Some(kept) = app.table.kept_quote(organization, campaign, now).await? {
            return Ok(Answer::Quote(kept));
        }
        let run = app.table.quote_run(organization, campaign).await?;
        if let Some(run) = run.filter(|run| !run.is_stalled(now)) {
            return Ok(Answer::Run(run));
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
/// read at most half of the time, however many its keys request. What does not fit into the time is
/// read by a job, which takes over the lease.
async fn computed(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    body: &Body,
    holder: &str,
) -> Result<Answer, Problem> {
    let at = clock::now();
    let target = target(app, organization, campaign).await?;
    let judge = Judge::of(campaign, target, at).merging(body, &organization.sender);
    let read = read(app, organization, body, &judge).await;
    let ended = clock::now();
    let answer = match read {
        Ok((quote, read)) if read < organization.shards.count() => {
            let target = judge.target.clone();
            let holder = holder.to_owned();
            let (begun_at, saved_at) = (at, ended);
            let run = QuoteRun { holder, begun_at, saved_at, target, shards_read: read, quote };
            return in_background(app, organization, campaign, run).await.map(Answer::Run);
        }
        Ok((quote, _)) => {
            let kept = KeptQuote { quote, at, until: at.plus_seconds(QUOTE_KEPT_SECONDS) };
            let written = app.table.keep_quote(organization, campaign, &kept).await;
            written.map(|()| Answer::Quote(kept)).map_err(Problem::from)
        }
        Err(error) => Err(error),
    };
    let free_at = ended.plus(ended.since(at));
    if let Err(error) = app.table.end_quoting(organization.id, holder, free_at).await {
        let error = anyhow::Error::new(error);
        tracing::warn!(error = %format!("{error:#}"), "left the lease of a quote to its end");
    }
    answer
}

/// Leaves the rest of an audience to a job. If the job can't be queued, the next request begins again.
async fn in_background(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    run: QuoteRun,
) -> Result<QuoteRun, Problem> {
    let (organization_id, campaign_id) = (organization.id, campaign.id);
    app.table.begin_quote_run(organization, campaign, &run).await?;
    app.table.hold_quoting(organization_id, &run.holder, run.lease_until()).await?;
    let job = JobsJob::Quote { organization_id, campaign_id };
    if let Err(error) = app.queues.send(&job.into(), 0).await {
        app.table.end_quote_run(organization_id, campaign_id, &run.holder).await?;
        app.table.end_quoting(organization_id, &run.holder, clock::now()).await?;
        return Err(Problem::internal(error));
    }
    Ok(run)
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

/// Reads the shards, and returns how many were read within the time, from the first one on.
async fn read(
    app: &Volley,
    organization: &Organization,
    body: &Body,
    judge: &Judge,
) -> Result<(Quote, u16), Problem> {
    let until = tokio::time::Instant::now() + WITHIN;
    let mut quotes = stream::iter(organization.shards.all())
        .map(|shard| app.table.quote_of_shard(organization, shard, body, judge))
        .buffered(SHARDS_AT_ONCE);
    let mut sum = (Quote::new(body), 0);
    while let Ok(Some(quote)) = tokio::time::timeout_at(until, quotes.next()).await {
        sum = (sum.0.plus(&quote?), sum.1 + 1);
    }
    Ok(sum)
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
