//! The drain: gives turns to chunks that wait for one, and finds those that stand still.
//!
//! It runs each minute while a campaign's messages are handed over. Chunks that were cut while their
//! sender was taken get their turns here, as many as the sender has for the next minutes, and go to
//! the queue with the delay until then. A chunk that was written and
//! never queued, whose job was lost, or whose worker died is found by its state's age; one that
//! was begun five times in vain is given up, and the campaign says so. Of a campaign that was
//! stopped, every chunk is given up.

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::table::{Claimed, Claiming};
use infra::turns::Turns;
use shared::campaign::{Broadcast, Campaign, Dispatch, DrainLook};
use shared::chunk_state::{ChunkState, Progress, Repair};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::message::{FailureReason, Found, Message};
use shared::time::Timestamp;

use crate::App;

/// A page of each is in memory at once, and takes several times its 1 MB there.
pub(crate) const SHARDS_AT_ONCE: usize = 4;

/// What a look at all chunks of a campaign found.
#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    gave_up: bool,
    /// Whether a chunk waits for a later turn.
    waits: bool,
    moved_at: Option<Timestamp>,
    /// Recipients in chunks that are not done and have no turn yet.
    left: u64,
}

impl Look {
    fn plus(self, other: Self) -> Self {
        Self {
            has_open: self.has_open || other.has_open,
            gave_up: self.gave_up || other.gave_up,
            waits: self.waits || other.waits,
            moved_at: self.moved_at.max(other.moved_at),
            left: self.left + other.left,
        }
    }
}

pub(crate) async fn drain(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    job: &Job,
) -> anyhow::Result<()> {
    let Some(campaign) = app.table.campaign(organization_id, campaign_id).await? else {
        return Ok(());
    };
    let Some(broadcast) = campaign.broadcast().filter(|_| campaign.owes_drain(job)) else {
        return Ok(());
    };
    let found = match broadcast.dispatch {
        Dispatch::Held => None,
        _ => Some(look_at_all(app, &campaign, broadcast).await?),
    };
    let (now, repair) = (clock::now(), app.repair_seconds);
    let written = app
        .table
        .update_campaign(organization_id, campaign_id, |campaign| match &found {
            None => campaign.hold_checked(job, now, repair),
            Some(look) => campaign.drain_checked(job, look, now, repair),
        })
        .await?;
    if let Some(campaign) = written {
        app.arm_next(campaign.drain.as_ref(), now).await;
    }
    Ok(())
}

async fn look_at_all(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
) -> anyhow::Result<DrainLook> {
    // Read before the look: chunks that a fan-out cuts during it may be missed.
    let are_all_cut = broadcast.audience.completed_at.is_some();
    let turns = Turns::new(&app.table, campaign, broadcast);
    // Each shard's look ends, even where another's fails: its chunks have turns by then.
    let looks: Vec<anyhow::Result<Look>> = stream::iter(0..broadcast.shards)
        .map(|shard| look(app, campaign, broadcast, &turns, shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .collect()
        .await;
    let looks: Vec<Look> = looks.into_iter().collect::<anyhow::Result<_>>()?;
    let look = looks.into_iter().fold(Look::default(), Look::plus);
    let now = clock::now();
    let finishes_at = if look.has_open && broadcast.dispatch == Dispatch::Running {
        Some(turns.finish_at(look.left, now).await?)
    } else {
        None
    };
    Ok(DrainLook {
        are_chunks_done: are_all_cut && !look.has_open,
        gave_up: look.gave_up,
        moved_at: look.moved_at.max(look.waits.then_some(now)),
        finishes_at,
    })
}

async fn look(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    turns: &Turns,
    shard: u16,
) -> anyhow::Result<Look> {
    let mut armed = Vec::new();
    let look = look_over(app, campaign, broadcast, turns, shard, &mut armed).await;
    // What has its turn goes to the queue, even if the look failed after it.
    let now = clock::now();
    let jobs = armed.into_iter().map(|(job, turn): (Job, Timestamp)| (job, turn.seconds_from(now)));
    app.queues.send_all(&jobs.collect::<Vec<_>>()).await?;
    look
}

/// Looks at the chunks of a shard and answers the jobs of those that got their turns.
async fn look_over(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    turns: &Turns,
    shard: u16,
    armed: &mut Vec<(Job, Timestamp)>,
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
            Repair::Nothing => {
                look.has_open |= !state.is_done();
                look.gave_up |= state.is_given_up();
            }
            Repair::Arm(next) => {
                look.has_open = true;
                let left = next.recipients.saturating_sub(next.handed);
                if let Some(turn) = turns.take(left, now).await? {
                    armed.extend(arm(app, campaign, shard, &state, next.with_turn(turn)).await?);
                } else {
                    look.waits = true;
                    look.left += u64::from(left);
                }
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

/// Writes a chunk's turn; answers its job, unless somebody else was at it.
async fn arm(
    app: &App,
    campaign: &Campaign,
    shard: u16,
    before: &ChunkState,
    after: ChunkState,
) -> anyhow::Result<Option<(Job, Timestamp)>> {
    if !app.table.save_chunk_state(campaign.id, shard, before, &after).await? {
        return Ok(None);
    }
    if before.progress != Progress::Cut {
        tracing::warn!(campaign.id = %campaign.id, shard, number = after.number, "armed a chunk");
    }
    Ok(after.turn().map(|turn| (campaign.chunk_job(shard, &after), turn)))
}

/// Settles what nobody has claimed as failed; `false` if a claim may still be somebody's.
async fn give_up(
    app: &App,
    campaign: &Campaign,
    shard: u16,
    state: &ChunkState,
    reason: FailureReason,
) -> anyhow::Result<bool> {
    let id = campaign.id;
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
        .map(|phone| campaign.pending_message(&phone))
        .map(|message| (message, Claiming::Fail { reason }))
        .collect();
    for failed in app.table.claim_all(&failing, broadcast.shards, now).await? {
        let Claimed::Exists(found) = failed? else {
            continue;
        };
        match (found.found_by("", now, app.claim_seconds), &found.claim) {
            (Found::Busy { .. }, _) => is_settled = false,
            (Found::Abandoned, Some(claim)) => {
                let reference = found.reference();
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
