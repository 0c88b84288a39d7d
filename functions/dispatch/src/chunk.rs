//! Dispatching one chunk.
//!
//! The order matters: the chunk is taken, then the unsubscribes are read once more, then each
//! recipient is claimed and handed over. Whatever is redelivered, runs twice or dies in between, a
//! claim is made once, so nobody is texted twice; and a chunk is done only when each member has an
//! outcome, so nobody is left out.

use std::collections::HashSet;

use futures::stream::{self, StreamExt};
use infra::clock;
use shared::campaign::{Broadcast, Campaign, Dispatch};
use shared::chunk_state::{Progress, Tally};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::message::Message;
use shared::phone::Phone;

use crate::App;
use crate::handover::{self, Member, Text};

/// Messages of one chunk that are handed over at once.
const AT_ONCE: usize = 25;

/// Where a chunk lies.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) organization_id: OrganizationId,
    pub(crate) campaign_id: CampaignId,
    pub(crate) epoch: u32,
    pub(crate) shard: u16,
    pub(crate) number: u32,
}

pub(crate) async fn dispatch(app: &App, place: Place) -> anyhow::Result<()> {
    let Place { organization_id, campaign_id, epoch, shard, number } = place;
    let (campaign, state, chunk) = futures::try_join!(
        app.table.campaign(organization_id, campaign_id),
        app.table.chunk_state(campaign_id, shard, number),
        app.table.chunk(campaign_id, shard, number),
    )?;
    let Some((campaign, (state, chunk))) = campaign.zip(state.zip(chunk)) else {
        tracing::warn!(campaign.id = %campaign_id, shard, number, "a chunk job's chunk is gone");
        return Ok(());
    };
    let Some(broadcast) = running(&campaign, epoch) else {
        tracing::info!(campaign.id = %campaign_id, "dropped a chunk of another epoch");
        return Ok(());
    };
    let Some(working) = state.start(clock::now(), app.repair_seconds) else {
        return Ok(());
    };
    if !app.table.save_chunk_state(campaign_id, shard, &state, &working).await? {
        // Another worker took it in this moment.
        return Ok(());
    }
    let unsubscribed =
        app.table.unsubscribed_among(organization_id, shard, &chunk.recipients).await?;
    let tally = hand_over_all(app, &campaign, broadcast, &chunk.recipients, &unsubscribed).await;
    let now = clock::now();
    let after = working.finish(&tally, now);
    let saved = app.table.save_chunk_state(campaign_id, shard, &working, &after).await?;
    if let Progress::Waiting { until } = after.progress
        && saved
    {
        let wait = until.since(now).num_seconds().clamp(0, 900) + 1;
        let job = Job::Chunk { organization_id, campaign_id, epoch, shard, number };
        app.queues.send(&job, u32::try_from(wait)?).await?;
    }
    Ok(())
}

fn running(campaign: &Campaign, epoch: u32) -> Option<&Broadcast> {
    campaign
        .broadcast()
        .filter(|broadcast| broadcast.epoch == epoch && broadcast.dispatch == Dispatch::Running)
}

async fn hand_over_all(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    recipients: &[Phone],
    unsubscribed: &HashSet<Phone>,
) -> Tally {
    let text = Text {
        from: &broadcast.sender,
        body: campaign.body.as_deref().unwrap_or_default(),
        shards: broadcast.shards,
    };
    stream::iter(recipients)
        .map(|phone| {
            let to = phone.clone();
            let (organization, id) = (campaign.organization_id, campaign.id);
            let message = Message::pending(organization, id, to, broadcast.sent_at);
            let is_unsubscribed = unsubscribed.contains(phone);
            async move {
                let settled = if is_unsubscribed {
                    handover::skip(app, &message, &text).await
                } else {
                    handover::send(app, &message, &text).await
                };
                settled.unwrap_or_else(|error| {
                    tracing::error!(message.id = %message.id, error = ?error, "failed to settle a message");
                    // The claim may stand: only its age tells.
                    Member::Busy { until: clock::now().plus_seconds(app.claim_seconds) }
                })
            }
        })
        .buffer_unordered(AT_ONCE)
        .fold(Tally::default(), |tally, member| async move { count(tally, member) })
        .await
}

fn count(mut tally: Tally, member: Member) -> Tally {
    match member {
        Member::Settled => tally.settled += 1,
        Member::Unreachable => tally.unreachable += 1,
        Member::Throttled { retry_after } => {
            let seconds = u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX);
            tally.throttled += 1;
            tally.retry_after_seconds = tally.retry_after_seconds.max(seconds.min(900));
        }
        Member::Busy { until } => {
            tally.busy += 1;
            tally.busy_until = tally.busy_until.max(Some(until));
        }
    }
    tally
}
