//! The drain: finds chunks that stand still and puts them on the queue again.
//!
//! It runs each minute while a campaign's messages are handed over. A chunk that was written and
//! never queued, whose job was lost, or whose worker died is found by its state's age; one that
//! was begun five times in vain is given up, and the campaign says so. Of a campaign that was
//! stopped, every chunk is given up.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{Claimed, Claiming};
use shared::campaign::{Broadcast, Campaign, Dispatch};
use shared::chunk_state::{ChunkState, Progress, Repair};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::message::{FailureReason, Found, Kind, Message};
use shared::receipt::MessageRef;
use shared::time::Timestamp;

use crate::App;

pub(crate) const SHARDS_AT_ONCE: usize = 8;

/// What a look at all chunks of a campaign found.
#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    gave_up: bool,
    moved_at: Option<Timestamp>,
}

pub(crate) async fn drain(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    epoch: u32,
) -> anyhow::Result<()> {
    let Some(campaign) = app.table.campaign(organization_id, campaign_id).await? else {
        return Ok(());
    };
    let Some(broadcast) = campaign.broadcast() else {
        return Ok(());
    };
    if broadcast.epoch != epoch || campaign.drain.is_none() {
        return Ok(());
    }
    if broadcast.dispatch == Dispatch::Held {
        let now = clock::now();
        let check = |campaign: &Campaign| campaign.hold_checked(now);
        app.table.update_campaign(organization_id, campaign_id, check).await?;
        return Ok(());
    }
    // Read before the look: chunks that a fan-out cuts during it may be missed.
    let are_all_cut = broadcast.audience.completed_at.is_some();
    let looks: Vec<Look> = stream::iter(0..broadcast.shards)
        .map(|shard| look(app, &campaign, broadcast, shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_collect()
        .await?;
    let look = looks.into_iter().fold(Look::default(), |all, shard| Look {
        has_open: all.has_open || shard.has_open,
        gave_up: all.gave_up || shard.gave_up,
        moved_at: all.moved_at.max(shard.moved_at),
    });
    let moved_at = look.moved_at.unwrap_or(broadcast.sent_at);
    let now = clock::now();
    app.table
        .update_campaign(organization_id, campaign_id, |campaign| {
            campaign.drain_checked(are_all_cut && !look.has_open, look.gave_up, moved_at, now)
        })
        .await?;
    Ok(())
}

async fn look(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    shard: u16,
) -> anyhow::Result<Look> {
    let mut look = Look::default();
    let now = clock::now();
    let is_stopped = broadcast.dispatch == Dispatch::Stopped;
    for state in app.table.chunk_states(campaign.id, shard).await? {
        look.moved_at = look.moved_at.max(state.moved_at());
        if is_stopped {
            look.has_open |= !state.is_done()
                && !give_up(app, campaign, shard, &state, FailureReason::Stopped).await?;
            continue;
        }
        match state.repair(broadcast.epoch, now, app.repair_seconds) {
            Repair::Nothing => look.has_open |= !state.is_done(),
            Repair::Arm(armed) => {
                look.has_open = true;
                arm(app, campaign, shard, &state, &armed).await?;
            }
            Repair::GiveUp => {
                let reason = FailureReason::ProviderError;
                let is_done = give_up(app, campaign, shard, &state, reason).await?;
                tracing::error!(campaign.id = %campaign.id, shard, is_done, "gave up a chunk");
                look.gave_up |= is_done;
                look.has_open |= !is_done;
            }
        }
    }
    Ok(look)
}

async fn arm(
    app: &App,
    campaign: &Campaign,
    shard: u16,
    before: &ChunkState,
    after: &ChunkState,
) -> anyhow::Result<()> {
    if app.table.save_chunk_state(campaign.id, shard, before, after).await? {
        tracing::warn!(campaign.id = %campaign.id, shard, number = after.number, "armed a chunk");
        let job = Job::Chunk {
            organization_id: campaign.organization_id,
            campaign_id: campaign.id,
            epoch: after.epoch,
            shard,
            number: after.number,
        };
        app.queues.send(&job, 0).await?;
    }
    Ok(())
}

/// Settles what nobody has claimed as failed; `false` if a claim may still be somebody's.
async fn give_up(
    app: &App,
    campaign: &Campaign,
    shard: u16,
    state: &ChunkState,
    reason: FailureReason,
) -> anyhow::Result<bool> {
    let (id, organization_id) = (campaign.id, campaign.organization_id);
    let (Some(broadcast), Some(chunk)) =
        (campaign.broadcast(), app.table.chunk(id, shard, state.number).await?)
    else {
        return Ok(false);
    };
    let now = clock::now();
    let mut is_settled = true;
    let failing: Vec<(Message, Claiming)> = chunk
        .recipients
        .into_iter()
        .map(|phone| Message::pending(organization_id, id, phone, broadcast.sent_at))
        .map(|message| (message, Claiming::Fail { reason }))
        .collect();
    for failed in app.table.claim_all(&failing, broadcast.shards, now).await? {
        let Claimed::Exists(found) = failed? else {
            continue;
        };
        match (found.found_by("", now, app.claim_seconds), &found.claim) {
            (Found::Busy { .. }, _) => is_settled = false,
            (Found::Abandoned, Some(claim)) => {
                let reference = MessageRef {
                    organization_id,
                    campaign_id: id,
                    message_id: found.id,
                    kind: Kind::Campaign,
                };
                let shards = broadcast.shards;
                // If not, somebody was at it after all, and may even have given the claim back.
                is_settled &= app.table.mark_unknown(&reference, shards, &claim.token, now).await?;
            }
            _ => {}
        }
    }
    if !is_settled {
        return Ok(false);
    }
    let done = ChunkState { progress: Progress::Done, updated_at: now, ..state.clone() };
    Ok(app.table.save_chunk_state(id, shard, state, &done).await?)
}
