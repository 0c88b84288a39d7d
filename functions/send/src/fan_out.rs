//! Cuts a sent campaign's audience into chunks, and queues them while it is still reading.
//!
//! A run reads several shards concurrently, page by page, so its memory use doesn't depend on the
//! audience. A run that has read a lot leaves the rest to one job per shard, so that a large
//! audience is read in parallel. A job that runs out of time sends itself again. Chunks are stored
//! before they are queued, and the drain finds those that were never queued. Any number of runs may
//! do this concurrently or in sequence: `shared::chunk` explains why they cut the same chunks. The
//! run that finds all shards ended writes the totals, unless that has been done.

mod bill;
mod gate;
mod shard;
#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicU64;

use anyhow::Context;
use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::turns::Turns;
use shared::audience::Judge;
use shared::campaign::{Broadcast, Campaign, Dispatch};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::{Job, JobsJob};
use shared::target::FrozenTarget;
use shared::time::Timestamp;
use tokio::sync::{Mutex, SetOnce};

use self::gate::Gate;
use crate::App;

const SHARDS_AT_ONCE: usize = 8;
/// Chunks that are queued per request.
const HANDED_AT_ONCE: usize = 10;
/// How often progress is saved. Per-shard jobs save one eighth as often.
const SHOWN_EVERY_SECONDS: i64 = 5;
const SHOWING_IN_TURN: i64 = 8;
/// How long before its deadline a run stops.
const RESERVE_SECONDS: i64 = 20;

/// What a run reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// All shards, none of which has a chunk yet. A person may be waiting for the first message.
    First,
    /// The rest of all shards.
    All,
    /// The rest of one shard.
    Shard(u16),
}

/// Continues a campaign's fan-out, or one shard of it, even while it is paused. Chunks that are cut
/// then have an older epoch when the campaign is resumed, so the drain queues them.
pub(crate) async fn resume(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    shard: Option<u16>,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    match app.table.campaign(organization_id, campaign_id).await? {
        Some(campaign) => run(app, &campaign, shard.map_or(Run::All, Run::Shard), deadline).await,
        None => Ok(()),
    }
}

/// Fans out a campaign that this job has just begun. Its first recipients get their turns at once.
pub(crate) async fn begin(
    app: &App,
    campaign: &Campaign,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let first = campaign.broadcast().and_then(|broadcast| broadcast.trial);
    cut(app, campaign, Run::First, deadline, first.unwrap_or(0)).await
}

pub(crate) async fn run(
    app: &App,
    campaign: &Campaign,
    run: Run,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    cut(app, campaign, run, deadline, 0).await
}

/// Cuts shards into chunks. If the campaign is on trial, `grants` recipients get turns.
async fn cut(
    app: &App,
    campaign: &Campaign,
    run: Run,
    deadline: Timestamp,
    grants: u32,
) -> anyhow::Result<()> {
    let Some(broadcast) = campaign.broadcast() else {
        return Ok(());
    };
    if !broadcast.audience.is_cutting() {
        return Ok(());
    }
    let shard = match run {
        Run::First | Run::All => None,
        Run::Shard(shard) => Some(shard),
    };
    let target = frozen_target(app, campaign).await?;
    let show_every = SHOWN_EVERY_SECONDS * shard.map_or(1, |_| SHOWING_IN_TURN);
    let first_shown = i64::from(shard.unwrap_or(0)) % SHOWING_IN_TURN * SHOWN_EVERY_SECONDS;
    let fan_out = FanOut {
        app,
        campaign,
        broadcast,
        judge: Judge::of(campaign, target, broadcast.sent_at)
            .merging(campaign.body_sent(), &broadcast.sender),
        run,
        turns: Turns::new(&app.table, campaign, broadcast),
        stop_at: deadline.plus_seconds(-RESERVE_SECONDS),
        // A job per shard can't be split further.
        read_most: if shard.is_none() { app.split_contacts } else { u64::MAX },
        read: AtomicU64::new(0),
        cut: Mutex::new(Cut {
            waiting: Vec::new(),
            is_first: run == Run::First,
            show_at: clock::now().plus_seconds(SHOWN_EVERY_SECONDS + first_shown),
        }),
        show_every,
        gate: Gate::new(broadcast, grants),
        head_start: SetOnce::new_with(matches!(run, Run::All | Run::Shard(_)).then_some(())),
    };
    let shards = shard.map_or(broadcast.shards.all(), |shard| shard..shard.saturating_add(1));
    let left: anyhow::Result<Vec<u16>> = stream::iter(shards)
        .map(|shard| fan_out.shard_in_turn(shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_filter_map(|unfinished| std::future::ready(Ok(unfinished)))
        .try_collect()
        .await;
    // Queue the chunks that have turns, even if a shard failed.
    let released = fan_out.release_at_end().await;
    fan_out.hand_over(0).await?;
    let left = left?;
    released?;
    if left.is_empty() { fan_out.finish().await } else { fan_out.leave(&left).await }
}

/// The target that a campaign was sent to. One that is missing is an error, never everyone.
async fn frozen_target(app: &App, campaign: &Campaign) -> anyhow::Result<Option<FrozenTarget>> {
    if campaign.target.is_none() {
        return Ok(None);
    }
    let target = app.table.frozen_target(campaign.id).await?;
    target.context("the frozen target of a campaign is missing").map(Some)
}

struct FanOut<'a> {
    app: &'a App,
    campaign: &'a Campaign,
    broadcast: &'a Broadcast,
    judge: Judge,
    run: Run,
    turns: Turns,
    stop_at: Timestamp,
    /// A run that has read this number of contacts leaves the rest to other jobs.
    read_most: u64,
    read: AtomicU64,
    cut: Mutex<Cut>,
    show_every: i64,
    gate: Gate,
    /// Set once the other shards may be read. A first run queues its first chunk before that, so
    /// that the first message does not wait behind the requests of eight shards.
    head_start: SetOnce<()>,
}

/// Chunks that this run has cut but not queued, each with its turn.
struct Cut {
    waiting: Vec<(Job, Timestamp)>,
    /// Whether the campaign's first job has not been queued yet. It doesn't wait for others.
    is_first: bool,
    show_at: Timestamp,
}

impl FanOut<'_> {
    /// Queues the waiting chunks if there are at least `enough`. The first chunk is queued at once.
    async fn hand_over(&self, enough: usize) -> anyhow::Result<()> {
        let waiting = {
            let mut cut = self.cut.lock().await;
            let enough = if cut.is_first { 1 } else { enough.max(1) };
            if cut.waiting.len() < enough {
                return Ok(());
            }
            cut.is_first = false;
            std::mem::take(&mut cut.waiting)
        };
        let now = clock::now();
        let jobs: Vec<(Job, u32)> =
            waiting.into_iter().map(|(job, turn)| (job, turn.seconds_from(now))).collect();
        Ok(self.app.queues.send_all(&jobs).await?)
    }

    /// Saves the audience's progress from time to time. This also moves the due time of this
    /// fan-out forward, so that the sweep doesn't start it again.
    async fn show(&self, now: Timestamp) {
        {
            let mut cut = self.cut.lock().await;
            if now < cut.show_at {
                return;
            }
            cut.show_at = now.plus_seconds(self.show_every);
        }
        if let Err(error) = self.show_totals(now).await {
            tracing::warn!(error = ?error, "did not show how far a fan-out is");
        }
    }

    async fn show_totals(&self, now: Timestamp) -> anyhow::Result<()> {
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let (totals, _) = self.app.table.totals_cut(id, self.broadcast.shards).await?;
        let grace = self.app.grace;
        self.app
            .table
            .update_campaign(organization, id, |campaign| campaign.fanning_out(totals, now, grace))
            .await?;
        Ok(())
    }

    /// Writes the totals if every shard has ended, which only the last run finds.
    async fn finish(&self) -> anyhow::Result<()> {
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let (totals, have_ended) = self.app.table.totals_cut(id, self.broadcast.shards).await?;
        if !have_ended {
            return Ok(());
        }
        let bill = self.bill().await?;
        let now = clock::now();
        let App { table, polls, grace, .. } = self.app;
        let written = table
            .update_campaign(organization, id, |campaign| {
                campaign.fanned_out(totals, &bill, polls, now, *grace)
            })
            .await?;
        if let Some(campaign) = written {
            tracing::info!(recipients = totals.recipients, "cut the whole audience");
            self.app.arm_next(campaign.step.as_ref(), now).await;
            if self.broadcast.dispatch == Dispatch::Held
                && let Some(due) = &campaign.drain
            {
                self.app.queues.send(&due.job, 0).await?;
            }
        }
        Ok(())
    }

    /// Leaves the rest to one job per shard.
    async fn leave(&self, shards: &[u16]) -> anyhow::Result<()> {
        let jobs = shards.iter().map(|shard| {
            let job = JobsJob::FanOut {
                organization_id: self.campaign.organization_id,
                campaign_id: self.campaign.id,
                shard: Some(*shard),
            };
            (job.into(), 0)
        });
        Ok(self.app.queues.send_all(&jobs.collect::<Vec<_>>()).await?)
    }
}
