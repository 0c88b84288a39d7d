//! The drain: assigns turns to chunks that wait for one, and re-queues stalled chunks.
//!
//! It runs once a minute while a campaign sends, and as soon as a campaign's trial has ended.
//! Chunks that were cut while their sender was busy get their turns here, as many as the sender has
//! for the next minutes, and are queued with a delay until then. While the campaign is on trial,
//! only granted members get turns. If a chunk was written but never queued, its job was lost, or
//! its worker died, its state's age shows that. A chunk whose workers crashed five times in a row
//! pauses the campaign. Unclaimed members fail only if a person has stopped the campaign
//! ([`crate::stopping`]).

use std::cell::Cell;

use anyhow::Context;
use futures::stream::{self, StreamExt};
use infra::clock;
use infra::turns::Turns;
use shared::breaker::Window;
use shared::campaign::{Broadcast, Campaign, Dispatch, DrainLook};
use shared::chunk_state::{ChunkState, Progress, Repair};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::Job;
use shared::time::Timestamp;
use shared::trial::Verdict;

use crate::{App, stopping};

/// Each holds a page in memory, which takes several times its 1 MB there.
pub(crate) const SHARDS_AT_ONCE: usize = 4;

/// How long a chunk counts as one of the newest after its last outcome.
const NEWEST_SECONDS: i64 = 600;

/// What the drain found in all chunks of a campaign.
#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    is_poisoned: bool,
    settled_at: Option<Timestamp>,
    /// When the oldest open chunk whose turn has come was due.
    due_since: Option<Timestamp>,
    /// The parts of recipients in unfinished chunks without a turn.
    parts_left: u64,
    /// The provider's responses in the chunks that had one lately. Each chunk may be too small to show
    /// that something is wrong for everyone.
    newest: Window,
}

impl Look {
    fn plus(self, other: Self) -> Self {
        Self {
            has_open: self.has_open || other.has_open,
            is_poisoned: self.is_poisoned || other.is_poisoned,
            settled_at: self.settled_at.max(other.settled_at),
            due_since: self.due_since.into_iter().chain(other.due_since).min(),
            parts_left: self.parts_left + other.parts_left,
            newest: self.newest.merged(other.newest),
        }
    }

    fn see(self, state: &ChunkState, epoch: u32, now: Timestamp) -> Self {
        let (settled_at, due_since) = (state.settled_at, state.due_since());
        let lately = now.plus_seconds(-NEWEST_SECONDS);
        let is_newest = state.epoch == epoch && settled_at.is_some_and(|at| at >= lately);
        let newest = if is_newest { state.heard } else { Window::default() };
        self.plus(Self { settled_at, due_since, newest, ..Self::default() })
    }
}

/// Which members of a campaign may have turns.
enum Leave {
    All,
    /// Those that are granted, and this many more.
    Trial(Cell<u32>),
    /// None: unclaimed members fail.
    Stopped,
}

impl Leave {
    /// The chunk's state if it may be queued now, or `None`.
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
    let halt = app.halts.of(&app.table, organization_id).await?;
    let found = match broadcast.dispatch {
        Dispatch::Held | Dispatch::Paused => None,
        // No chunk gets a turn, and none is stalled.
        Dispatch::Running if halt.is_halted => Some(DrainLook::default()),
        Dispatch::Running | Dispatch::Stopped | Dispatch::Done => {
            let look = look_at_all(app, &campaign, broadcast).await?;
            // The time of a halt is not time without progress.
            Some(DrainLook { settled_at: look.settled_at.max(halt.changed_at), ..look })
        }
    };
    let (now, grace) = (clock::now(), app.grace);
    let written = app
        .table
        .update_campaign(organization_id, campaign_id, |campaign| match &found {
            None => campaign
                .hold_checked(job, now, grace)
                .or_else(|| campaign.pause_checked(job, &app.polls, now, grace)),
            Some(look) => campaign.drain_checked(job, look, now, grace),
        })
        .await?;
    if let Some(campaign) = written {
        tracing::info!("looked at a campaign's chunks");
        app.arm_next(campaign.drain_to_queue(), now).await;
    }
    Ok(())
}

async fn look_at_all(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
) -> anyhow::Result<DrainLook> {
    // Read first, because the drain may miss chunks that a fan-out cuts in the meantime.
    let is_cut = broadcast.audience.is_cut(clock::now());
    let turns = Turns::new(&app.table, campaign, broadcast);
    let trial = judge_trial(app, campaign, broadcast).await?;
    let leave = match (broadcast.dispatch, trial) {
        (Dispatch::Stopped, _) => Leave::Stopped,
        (_, None | Some(Verdict::Pass)) => Leave::All,
        (_, Some(Verdict::Wait | Verdict::Pause(_))) => Leave::Trial(Cell::new(0)),
        (_, Some(Verdict::Grant(more))) => Leave::Trial(Cell::new(more)),
    };
    // Finish each shard even if another one fails, because its chunks have turns by then.
    let looks: Vec<anyhow::Result<Look>> = stream::iter(broadcast.shards.all())
        .map(|shard| look(app, campaign, broadcast, &turns, &leave, shard))
        .buffer_unordered(SHARDS_AT_ONCE)
        .collect()
        .await;
    let looks: Vec<Look> = looks.into_iter().collect::<anyhow::Result<_>>()?;
    let look = looks.into_iter().fold(Look::default(), Look::plus);
    let finishes_at = if look.has_open && broadcast.dispatch == Dispatch::Running {
        Some(turns.finish_at(look.parts_left, clock::now()).await?)
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
        newest: look.newest,
        cut,
        finishes_at,
    })
}

/// The trial's verdict, if the campaign is on trial.
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
    // Queue the chunks that have turns, even if the drain failed after them.
    let now = clock::now();
    let jobs = armed.into_iter().map(|(job, turn): (Job, Timestamp)| (job, turn.seconds_from(now)));
    app.queues.send_all(&jobs.collect::<Vec<_>>()).await?;
    look
}

/// Inspects the chunks of a shard, and adds the jobs of those that got turns.
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
        look = look.see(&state, broadcast.epoch, now);
        if matches!(leave, Leave::Stopped) {
            look.has_open |= !state.is_done()
                && !stopping::fail_rest(app, campaign, broadcast, shard, &state).await?;
            continue;
        }
        match state.repair(broadcast.epoch, now, app.grace) {
            Repair::Nothing => look.has_open |= !state.is_done(),
            Repair::Arm(next) => {
                look.has_open = true;
                let turn = match leave.apply(&state, next) {
                    Some(next) => {
                        let parts = granted_parts(app, campaign, shard, &next).await?;
                        turns.take(parts, now).await?.map(|turn| (next, turn))
                    }
                    None => None,
                };
                if let Some((next, turn)) = turn {
                    armed.extend(arm(app, campaign, shard, &state, next.with_turn(turn)).await?);
                } else {
                    look.parts_left += campaign.body_sent().parts_left(&state);
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

/// The parts of a chunk's members that may be sent. If their texts differ and only some of them are
/// granted, only the chunk itself has the parts of those.
async fn granted_parts(
    app: &App,
    campaign: &Campaign,
    shard: u16,
    state: &ChunkState,
) -> anyhow::Result<u64> {
    let (granted, body) = (state.granted_left(), campaign.body_sent());
    if state.parts.is_none() {
        return Ok(body.parts_of_any(granted.into()));
    }
    if granted == state.recipients.saturating_sub(state.handed) {
        return Ok(body.parts_left(state));
    }
    let chunk = app.table.chunk(campaign.id, shard, state.number).await?;
    let chunk = chunk.context("a chunk with a state is missing")?;
    let members = state.handed as usize..(state.handed + granted) as usize;
    Ok(body.parts_of_all(chunk.recipients.get(members).unwrap_or_default()))
}

/// Writes a chunk's turn and returns its job, or `None` if the chunk's state has changed.
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
