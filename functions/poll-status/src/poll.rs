//! Counts a campaign's messages and writes the report on them.
//!
//! Messages are counted where they are stored, shard by shard, so no counter can drift from them. A
//! recipient without a message counts as pending. The report replaces the previous poll's, together with the
//! campaign's counts.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{CountedReport, ReceiptApplied, ShardItem};
use shared::breaker::Window;
use shared::campaign::{Broadcast, Campaign, PollLook};
use shared::ids::{CampaignId, OrganizationId};
use shared::message::Message;
use shared::receipt::{Channel, Delivery};
use shared::report::{Period, Tally};
use shared::shard::Shards;

use crate::App;
use crate::drain::SHARDS_AT_ONCE;
use crate::lookup::{self, Sample};

/// The results for a shard.
struct Shard<'a> {
    tally: Tally<'a>,
    /// Some of the messages about which the provider may know more.
    open: Vec<Message>,
    has_open_chunks: bool,
    /// What receipts have reported since the previous poll.
    learnt: Window,
}

pub(crate) async fn poll(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    number: u32,
) -> anyhow::Result<()> {
    let Some(campaign) = app.table.campaign(organization_id, campaign_id).await? else {
        return Ok(());
    };
    let Some(broadcast) = campaign.broadcast().filter(|_| campaign.owes_poll(number)) else {
        tracing::info!(number, "dropped a poll that is not owed");
        return Ok(());
    };
    let period = Period::new(broadcast.sent_at, clock::now());
    let shards: Vec<Shard<'_>> = stream::iter(broadcast.shards.all())
        .map(|shard| count(app, &campaign, (shard, broadcast, number), period))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_collect()
        .await?;
    let has_open_chunks = shards.iter().any(|shard| shard.has_open_chunks);
    let mut tally = Tally::new(campaign.body_sent(), period);
    let mut open = Vec::new();
    let mut learnt = Window::default();
    for shard in shards {
        tally.merge(shard.tally);
        learnt = learnt.merged(shard.learnt);
        open.extend(shard.open);
    }
    for message in lookup::settle(app, &campaign, broadcast, open).await {
        tally.add(&message);
    }
    let report = tally.finish(broadcast.audience.totals.recipients);
    let counts = report.counts;
    // A chunk that was written just now may be missed, but then its recipients count as pending.
    let are_chunks_done = !has_open_chunks && counts.pending == 0;
    let now = clock::now();
    let look = PollLook { counts, are_chunks_done, learnt };
    let (polls, grace) = (&app.polls, app.grace);
    let counted = CountedReport { report, at: now };
    let written = app
        .table
        .save_count(organization_id, campaign_id, &counted, |campaign| {
            campaign.polled(number, &look, polls, now, grace)
        })
        .await?;
    if let Some(campaign) = written {
        tracing::info!(number, messages = counts.total(), "counted a campaign's messages");
        app.arm_next(campaign.step.as_ref(), now).await;
    }
    Ok(())
}

async fn count<'a>(
    app: &App,
    campaign: &'a Campaign,
    (shard, broadcast, number): (u16, &Broadcast, u32),
    period: Period,
) -> anyhow::Result<Shard<'a>> {
    let now = clock::now();
    let learnt_since = broadcast.learnt_since();
    let mut found = Shard {
        tally: Tally::new(campaign.body_sent(), period),
        open: Vec::new(),
        has_open_chunks: false,
        learnt: Window::default(),
    };
    let mut open = Sample::new(number);
    let mut parked = Vec::new();
    app.table
        .each_of_shard(campaign, shard, |item| match item {
            ShardItem::Message(message) => {
                if let Some(receipt) = message.words().final_receipt_since(learnt_since) {
                    found.learnt.add(receipt.failure);
                }
                if lookup::is_open(&message, now, app.silent_seconds) {
                    open.push(*message).iter().for_each(|message| found.tally.add(message));
                } else {
                    found.tally.add(&message);
                }
            }
            ShardItem::ChunkState { is_done } => found.has_open_chunks |= !is_done,
            ShardItem::Parked(receipt) => parked.push(*receipt),
        })
        .await?;
    for receipt in parked {
        apply(app, receipt, broadcast.shards).await?;
    }
    let (asked, left) = open.into_asked();
    for message in &left {
        found.tally.add(message);
    }
    if !asked.is_empty() {
        let (organization, id) = (campaign.organization_id, campaign.id);
        found.open = app.table.messages(organization, id, &asked, broadcast.shards).await?;
    }
    Ok(found)
}

/// Applies a parked receipt. The next poll counts the result.
async fn apply(app: &App, receipt: Delivery, shards: Shards) -> anyhow::Result<()> {
    // One at a time, because two may be about the same message, which a request can't write twice.
    let receipt = [(receipt, shards)];
    let applied = app.table.apply_receipts(&receipt, Channel::Callback).await?.pop().transpose()?;
    if applied != Some(ReceiptApplied::Early) {
        app.table.unpark(&receipt[0].0, shards).await?;
    }
    Ok(())
}
