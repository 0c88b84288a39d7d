//! The drain: gives turns to chunks that wait for one, and finds those that stand still.
//!
//! It runs each minute while a campaign's messages are handed over, and at once when a campaign's
//! trial has ended. Chunks that were cut while their sender was taken get their turns here, as many
//! as the sender has for the next minutes, and go to the queue with the delay until then. While the
//! campaign is on trial only granted members get turns. A chunk that was written and never queued,
//! whose job was lost, or whose worker died is found by its state's age; one whose workers crashed
//! five times in a row pauses the campaign. Only of a campaign that a person stopped are the
//! members failed that no one has claimed ([`crate::stopping`]).

use std::cell::Cell;

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::turns::Turns;
use shared::campaign::{Broadcast, Campaign, Dispatch, DrainLook};
use shared::chunk_state::{ChunkState, Progress, Repair};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::time::Timestamp;
use shared::trial::Verdict;

use crate::{App, stopping};

/// A page of each is in memory at once, and takes several times its 1 MB there.
pub(crate) const SHARDS_AT_ONCE: usize = 4;

/// What a look at all chunks of a campaign found.
#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    is_poisoned: bool,
    settled_at: Option<Timestamp>,
    /// Since when the oldest open chunk is due that has had its turn.
    due_since: Option<Timestamp>,
    /// Recipients in chunks that are not done and have no turn yet.
    left: u64,
}

impl Look {
    fn plus(self, other: Self) -> Self {
        Self {
            has_open: self.has_open || other.has_open,
            is_poisoned: self.is_poisoned || other.is_poisoned,
            settled_at: self.settled_at.max(other.settled_at),
            due_since: self.due_since.into_iter().chain(other.due_since).min(),
            left: self.left + other.left,
        }
    }

    fn see(self, state: &ChunkState) -> Self {
        let (settled_at, due_since) = (state.settled_at, state.due_since());
        self.plus(Self { settled_at, due_since, ..Self::default() })
    }
}

/// Which members of a campaign may have turns.
enum Leave {
    All,
    /// Those that are granted, and this many more.
    Trial(Cell<u32>),
    /// None: the members that no one has claimed fail.
    Stopped,
}

impl Leave {
    /// The chunk as it may be queued, if it may.
    fn apply(&self, state: &ChunkState, next: ChunkState) -> Option<ChunkState> {
        match self {
            Self::All => Some(next.ungranted()),
            Self::Trial(_)
                if state.trial_grant(next.epoch).is_some() && !state.has_settled_grant() =>
            {
                Some(next)
            }
            Self::Trial(more) => {
                let left = next.recipients.saturating_sub(next.handed).min(more.get());
                more.set(more.get() - left);
                (left > 0).then(|| next.granting(left))
            }
            Self::Stopped => None,
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
        Dispatch::Running | Dispatch::Paused | Dispatch::Stopped | Dispatch::Done => {
            Some(look_at_all(app, &campaign, broadcast).await?)
        }
    };
    let (now, grace) = (clock::now(), app.grace);
    let written = app
        .table
        .update_campaign(organization_id, campaign_id, |campaign| match &found {
            None => campaign.hold_checked(job, now, grace),
            Some(look) => campaign.drain_checked(job, look, now, grace),
        })
        .await?;
    if let Some(campaign) = written {
        tracing::info!("looked at a campaign's chunks");
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
    let is_cut = broadcast.audience.is_cut(clock::now());
    let turns = Turns::new(&app.table, campaign, broadcast);
    let trial = judge_trial(app, campaign, broadcast).await?;
    let leave = match (broadcast.dispatch, trial) {
        (Dispatch::Stopped, _) => Leave::Stopped,
        (_, None | Some(Verdict::Pass)) => Leave::All,
        (_, Some(Verdict::Wait | Verdict::Pause(_))) => Leave::Trial(Cell::new(0)),
        (_, Some(Verdict::Grant(more))) => Leave::Trial(Cell::new(more)),
    };
    // Each shard's look ends, even where another's fails: its chunks have turns by then.
    let looks: Vec<anyhow::Result<Look>> = stream::iter(0..broadcast.shards)
        .map(|shard| look(app, campaign, broadcast, &turns, &leave, shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .collect()
        .await;
    let looks: Vec<Look> = looks.into_iter().collect::<anyhow::Result<_>>()?;
    let look = looks.into_iter().fold(Look::default(), Look::plus);
    let finishes_at = if look.has_open && broadcast.dispatch == Dispatch::Running {
        Some(turns.finish_at(look.left, clock::now()).await?)
    } else {
        None
    };
    let was_abandoned = broadcast.audience.abandoned_at.is_some();
    let cut = if was_abandoned {
        Some(app.table.totals_cut(campaign.id, broadcast.shards).await?.0)
    } else {
        None
    };
    Ok(DrainLook {
        are_chunks_done: is_cut && !look.has_open,
        is_poisoned: look.is_poisoned,
        settled_at: look.settled_at,
        due_since: look.due_since,
        trial,
        cut,
        finishes_at,
    })
}

/// How the campaign's trial stands, if it is on trial.
async fn judge_trial(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
) -> anyhow::Result<Option<Verdict>> {
    let Some(size) = broadcast.trial.filter(|_| broadcast.dispatch == Dispatch::Running) else {
        return Ok(None);
    };
    let look = app.table.trial_look(campaign.id, broadcast.shards, broadcast.epoch).await?;
    Ok(Some(look.verdict(size, true)))
}

async fn look(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    turns: &Turns,
    leave: &Leave,
    shard: u16,
) -> anyhow::Result<Look> {
    let mut armed = Vec::new();
    let look = look_over(app, campaign, broadcast, turns, leave, shard, &mut armed).await;
    // What has its turn goes to the queue, even if the look failed after it.
    let now = clock::now();
    let jobs = armed.into_iter().map(|(job, turn): (Job, Timestamp)| (job, turn.seconds_from(now)));
    app.queues.send_all(&jobs.collect::<Vec<_>>()).await?;
    look
}

/// Looks at the chunks of a shard and adds the jobs of those that got their turns.
async fn look_over(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    turns: &Turns,
    leave: &Leave,
    shard: u16,
    armed: &mut Vec<(Job, Timestamp)>,
) -> anyhow::Result<Look> {
    let mut look = Look::default();
    let now = clock::now();
    for state in app.table.chunk_states(campaign.id, shard).await? {
        look = look.see(&state);
        if matches!(leave, Leave::Stopped) {
            look.has_open |= !state.is_done()
                && !stopping::fail_rest(app, campaign, broadcast, shard, &state).await?;
            continue;
        }
        match state.repair(broadcast.epoch, now, app.grace) {
            Repair::Nothing => look.has_open |= !state.is_done(),
            Repair::Arm(next) => {
                look.has_open = true;
                let left = next.recipients.saturating_sub(next.handed);
                let turn = match leave.apply(&state, next) {
                    Some(next) => turns.take(next.granted_left(), now).await?.map(|t| (next, t)),
                    None => None,
                };
                if let Some((next, turn)) = turn {
                    armed.extend(arm(app, campaign, shard, &state, next.with_turn(turn)).await?);
                } else {
                    look.left += u64::from(left);
                }
            }
            Repair::Poisoned => {
                look.has_open = true;
                look.is_poisoned = true;
                let number = state.number;
                tracing::error!(shard, number, "a chunk is poisoned");
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
        tracing::warn!(shard, number = after.number, "armed a chunk");
    }
    Ok(after.turn().map(|turn| (campaign.chunk_job(shard, &after), turn)))
}
