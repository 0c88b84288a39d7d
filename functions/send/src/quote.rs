//! Computes the quote of an audience that is too large for a request.

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::table::{KeptQuote, QuoteRun, Saved};
use shared::audience::Judge;
use shared::body::Body;
use shared::campaign::Campaign;
use shared::ids::{CampaignId, OrganizationId};
use shared::import::Batch;
use shared::job::JobsJob;
use shared::organization::Organization;
use shared::time::Timestamp;

use crate::App;

const SHARDS_AT_ONCE: usize = 4;
/// A person reads such a quote when they come back to it.
const KEPT_SECONDS: i64 = 15 * 60;

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let campaign = app.table.campaign(organization_id, campaign_id).await?;
    let Some((organization, campaign)) = organization.zip(campaign) else { return Ok(()) };
    let Some(body) = &campaign.body else { return Ok(()) };
    // A quote of an earlier version is of no use.
    let Some(run) = app.table.quote_run(&organization, &campaign).await? else { return Ok(()) };
    let mut reading = Reading { app, organization: &organization, campaign: &campaign, run };
    match reading.read(body, deadline).await? {
        End::Complete => reading.keep().await,
        End::OutOfTime => {
            let job = JobsJob::Quote { organization_id, campaign_id };
            Ok(app.queues.send(&job.into(), 0).await?)
        }
        End::Overtaken => Ok(()),
    }
}

/// Why a run stops.
enum End {
    Complete,
    OutOfTime,
    /// Another run reads, or another quote of the organization has begun.
    Overtaken,
}

struct Reading<'a> {
    app: &'a App,
    organization: &'a Organization,
    campaign: &'a Campaign,
    run: QuoteRun,
}

impl Reading<'_> {
    async fn read(&mut self, body: &Body, deadline: Timestamp) -> anyhow::Result<End> {
        let Self { app, organization, campaign, .. } = *self;
        let judge = Judge::of(campaign, self.run.target.clone(), self.run.begun_at)
            .merging(body, &organization.sender);
        let rest = self.run.shards_read..organization.shards.count();
        let mut quotes = stream::iter(rest)
            .map(|shard| app.table.quote_of_shard(organization, shard, body, &judge))
            .buffered(SHARDS_AT_ONCE);
        while let Some(quote) = quotes.next().await {
            let after = QuoteRun {
                saved_at: clock::now(),
                shards_read: self.run.shards_read + 1,
                quote: self.run.quote.plus(&quote?),
                ..self.run.clone()
            };
            if !self.save(after).await? {
                return Ok(End::Overtaken);
            }
            let is_complete = self.run.shards_read == organization.shards.count();
            if !is_complete && !Batch::fits(clock::now(), deadline) {
                return Ok(End::OutOfTime);
            }
        }
        Ok(End::Complete)
    }

    /// Saves a step and keeps the organization's lease. Returns whether this run may go on.
    async fn save(&mut self, after: QuoteRun) -> anyhow::Result<bool> {
        let Self { app, organization, campaign, .. } = *self;
        let saved = app.table.save_quote_run(organization, campaign, &self.run, &after).await?;
        self.run = after;
        let (holder, until) = (&self.run.holder, self.run.lease_until());
        Ok(saved == Saved::Done && app.table.hold_quoting(organization.id, holder, until).await?)
    }

    async fn keep(&self) -> anyhow::Result<()> {
        let Self { app, organization, campaign, run } = self;
        let now = clock::now();
        let until = now.plus_seconds(KEPT_SECONDS);
        let kept = KeptQuote { quote: run.quote, at: run.begun_at, until };
        app.table.keep_quote(organization, campaign, &kept).await?;
        app.table.end_quoting(organization.id, &run.holder, now).await?;
        tracing::info!(recipients = run.quote.totals.recipients, "computed a quote");
        Ok(())
    }
}
