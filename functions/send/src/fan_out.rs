//! Cutting a sent campaign's audience into chunks, and handing them over while still reading.
//!
//! Several shards are read at once, each page by page, so memory stays the same whatever the
//! audience. What was cut is on the table before it is queued; a chunk that was written and never
//! queued is found by the drain. Any number of runs may do this at once or one after the other:
//! see `shared::chunk` for why they cut the same chunks.

use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::ChunkPut;
use shared::audience::Totals;
use shared::campaign::{Broadcast, Campaign, Dispatch};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::parts::Parts;
use shared::price::{Bill, PriceList};
use shared::time::Timestamp;

use crate::App;

const SHARDS_AT_ONCE: usize = 8;
/// Chunks that are handed over in one request.
const HANDED_AT_ONCE: usize = 10;
/// The audience shown grows this often.
const SHOWN_EVERY_SECONDS: i64 = 5;
/// A run stops this long before it would be stopped.
const RESERVE_SECONDS: i64 = 20;

/// Goes on with the fan-out of a campaign, also while it is paused: what it cuts then is of an
/// older epoch when the campaign is resumed, so the drain arms it.
pub(crate) async fn resume(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    match app.table.campaign(organization_id, campaign_id).await? {
        Some(campaign) => run(app, &campaign, deadline).await,
        None => Ok(()),
    }
}

pub(crate) async fn run(app: &App, campaign: &Campaign, deadline: Timestamp) -> anyhow::Result<()> {
    let Some(broadcast) = campaign.broadcast() else {
        return Ok(());
    };
    if broadcast.audience.completed_at.is_some() {
        return Ok(());
    }
    let fan_out = FanOut {
        app,
        campaign,
        broadcast,
        stop_at: deadline.plus_seconds(-RESERVE_SECONDS),
        cut: Mutex::default(),
    };
    let shards: Vec<Option<Totals>> = stream::iter(0..broadcast.shards)
        .map(|shard| fan_out.shard(shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_collect()
        .await?;
    fan_out.hand_over(0).await?;
    match shards.into_iter().collect::<Option<Vec<Totals>>>() {
        Some(totals) => fan_out.finish(totals).await,
        None => fan_out.go_on_later().await,
    }
}

struct FanOut<'a> {
    app: &'a App,
    campaign: &'a Campaign,
    broadcast: &'a Broadcast,
    stop_at: Timestamp,
    cut: Mutex<Cut>,
}

/// What this run has cut and not handed over yet, and what each shard came to.
#[derive(Default)]
struct Cut {
    waiting: Vec<Job>,
    totals: Vec<(u16, Totals)>,
    shown_at: Option<Timestamp>,
}

impl FanOut<'_> {
    /// Cuts one shard to its end; `None` if time ran out first.
    async fn shard(&self, shard: u16) -> anyhow::Result<Option<Totals>> {
        let mut last = self.app.table.last_chunk(self.campaign.id, shard).await?;
        loop {
            match last {
                Some(chunk) if chunk.ends => return Ok(Some(chunk.totals)),
                _ => {}
            }
            let chain = last.as_ref().map(ChainEnd::after).unwrap_or_default();
            match self.chain(shard, chain).await? {
                Some(end) => last = Some(end),
                None => return Ok(None),
            }
        }
    }

    /// Continues a chain until it ends, or until it meets a chunk that another run has cut.
    /// Answers that last chunk.
    async fn chain(&self, shard: u16, from: ChainEnd) -> anyhow::Result<Option<Chunk>> {
        let mut begin = from.through.clone();
        let mut cutter = Cutter::new(self.broadcast.sent_at, from);
        loop {
            if clock::now() >= self.stop_at {
                return Ok(None);
            }
            let organization = self.campaign.organization_id;
            let page = self.app.table.audience_page(organization, shard, begin.as_deref()).await?;
            for (entry, is_unsubscribed) in page.entries {
                if let Some(chunk) = cutter.push(entry, is_unsubscribed)
                    && let ChunkPut::Exists(existing) = self.put(shard, &chunk).await?
                {
                    return Ok(Some(existing));
                }
            }
            begin = page.next;
            if begin.is_none() {
                let end = cutter.finish();
                return Ok(Some(match self.put(shard, &end).await? {
                    ChunkPut::Written => end,
                    ChunkPut::Exists(existing) => existing,
                }));
            }
        }
    }

    async fn put(&self, shard: u16, chunk: &Chunk) -> anyhow::Result<ChunkPut> {
        let (campaign, epoch) = (self.campaign.id, self.broadcast.epoch);
        let now = clock::now();
        let put = self.app.table.put_chunk(campaign, shard, chunk, epoch, now).await?;
        if put == ChunkPut::Written {
            self.note(shard, chunk);
            self.hand_over(HANDED_AT_ONCE).await?;
            self.show(now).await?;
        }
        Ok(put)
    }

    fn note(&self, shard: u16, chunk: &Chunk) {
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        cut.totals.retain(|(of, _)| *of != shard);
        cut.totals.push((shard, chunk.totals));
        // Of one that is held or paused, the drain arms the chunks when it runs.
        if !chunk.recipients.is_empty() && self.broadcast.dispatch == Dispatch::Running {
            cut.waiting.push(Job::Chunk {
                organization_id: self.campaign.organization_id,
                campaign_id: self.campaign.id,
                epoch: self.broadcast.epoch,
                shard,
                number: chunk.number,
            });
        }
    }

    /// Puts chunks on the dispatch queue if at least `enough` wait.
    async fn hand_over(&self, enough: usize) -> anyhow::Result<()> {
        let jobs = {
            let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
            if cut.waiting.len() < enough.max(1) {
                return Ok(());
            }
            std::mem::take(&mut cut.waiting)
        };
        Ok(self.app.queues.send_all(&jobs).await?)
    }

    /// Shows how far the audience has been read, now and then. It also moves the due time of this
    /// very run forward, so that the sweep does not start a second one.
    async fn show(&self, now: Timestamp) -> anyhow::Result<()> {
        let totals = {
            let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
            let last = *cut.shown_at.get_or_insert(now);
            if now < last.plus_seconds(SHOWN_EVERY_SECONDS) {
                return Ok(());
            }
            cut.shown_at = Some(now);
            sum(cut.totals.iter().map(|(_, totals)| *totals))
        };
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let repair = self.app.repair_seconds;
        self.app
            .table
            .update_campaign(organization, id, |campaign| campaign.fanning_out(totals, now, repair))
            .await?;
        Ok(())
    }

    async fn finish(&self, totals: Vec<Totals>) -> anyhow::Result<()> {
        let totals = sum(totals);
        let bill = self.bill().await?;
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let now = clock::now();
        let App { table, polls, repair_seconds, .. } = self.app;
        let written = table
            .update_campaign(organization, id, |campaign| {
                campaign.fanned_out(totals, &bill, polls, now, *repair_seconds)
            })
            .await?;
        if let Some(campaign) = written {
            tracing::info!(campaign.id = %id, recipients = totals.recipients, "fanned out");
            self.app.arm_next(campaign.step.as_ref(), now).await;
            if self.broadcast.dispatch == Dispatch::Held
                && let Some(due) = &campaign.drain
            {
                self.app.queues.send(&due.job, 0).await?;
            }
        }
        Ok(())
    }

    /// What the recipients cost, where the price is limited.
    async fn bill(&self) -> anyhow::Result<Bill> {
        let Some(limit) = &self.campaign.limits.max_price else {
            return Ok(Bill::default());
        };
        let parts = Parts::of(self.campaign.body.as_deref().unwrap_or_default()).count;
        let shards = stream::iter(0..self.broadcast.shards)
            .map(|shard| self.bill_shard(shard, &limit.prices, parts))
            .buffer_unordered(SHARDS_AT_ONCE);
        shards.try_fold(Bill::default(), |sum, bill| async move { Ok(sum.plus(bill)) }).await
    }

    async fn bill_shard(&self, shard: u16, prices: &PriceList, parts: u32) -> anyhow::Result<Bill> {
        let mut bill = Bill::default();
        for number in 0.. {
            let chunk = self.app.table.chunk(self.campaign.id, shard, number).await?;
            let chunk = chunk.context("a shard that has ended lacks a chunk")?;
            for phone in &chunk.recipients {
                bill.add(prices, phone, parts);
            }
            if chunk.ends {
                break;
            }
        }
        Ok(bill)
    }

    /// Leaves the rest to another run.
    async fn go_on_later(&self) -> anyhow::Result<()> {
        let job = Job::FanOut {
            organization_id: self.campaign.organization_id,
            campaign_id: self.campaign.id,
        };
        Ok(self.app.queues.send(&job, 0).await?)
    }
}

fn sum(totals: impl IntoIterator<Item = Totals>) -> Totals {
    totals.into_iter().fold(Totals::default(), |mut sum, totals| {
        sum += totals;
        sum
    })
}
