//! Like `functions/poll-status/src/drain.rs`.

use shared::breaker::Window;
use shared::campaign::{Broadcast, Dispatch, DrainLook};
use shared::chunk::Chunk;
use shared::chunk_state::{ChunkState, Repair};
use shared::job::Job;
use shared::message::{FailureReason, Found};
use shared::time::Timestamp;
use shared::trial::{TrialLook, Verdict};

use super::campaigns::{arm, update};
use crate::ask::{Io, Step, Stop};
use crate::kept::Kept;
use crate::protocol;
use crate::table::{Claiming, Rules};

#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    is_poisoned: bool,
    settled_at: Option<Timestamp>,
    due_since: Option<Timestamp>,
    /// The number of recipients that may still be granted, or `None` without a trial.
    trial: Option<u32>,
}

pub(super) fn drain(io: &mut Io<'_>, job: &Job) -> Step<()> {
    let Some(campaign) = io.campaign()? else { return Ok(()) };
    let Some(broadcast) = campaign.broadcast() else { return Ok(()) };
    if !campaign.owes_drain(job) {
        return Ok(());
    }
    let found = match broadcast.dispatch {
        Dispatch::Held | Dispatch::Paused => None,
        Dispatch::Running | Dispatch::Stopped | Dispatch::Done => Some(look_at_all(io, broadcast)?),
    };
    let now = io.now();
    let written = update(io, |campaign| match &found {
        None => protocol::stillness_checked(campaign, job, now),
        Some(look) => protocol::drain_checked(campaign, job, look, now),
    })?;
    match written.and_then(|campaign| campaign.drain_to_queue().cloned()) {
        Some(due) => arm(io, due.job, protocol::GRACE.before(due.at)),
        None => Ok(()),
    }
}

fn look_at_all(io: &mut Io<'_>, broadcast: &Broadcast) -> Step<DrainLook> {
    let is_cut = broadcast.audience.is_cut(io.now());
    let verdict = judge_trial(io, broadcast)?;
    let trial = match verdict {
        None | Some(Verdict::Pass) => None,
        Some(Verdict::Wait | Verdict::Pause(_)) => Some(0),
        Some(Verdict::Grant(more)) => Some(more),
    };
    let mut all = Look { trial, ..Look::default() };
    // Each shard's look ends, even where another's fails.
    let mut looks = Vec::new();
    for shard in broadcast.shards.all() {
        looks.push(io.borne(|io| look(io, broadcast, shard, &mut all))?);
    }
    looks.into_iter().collect::<Result<(), ()>>().map_err(|()| Stop::Failed)?;
    Ok(DrainLook {
        are_chunks_done: is_cut && !all.has_open,
        is_poisoned: all.is_poisoned,
        settled_at: all.settled_at,
        due_since: all.due_since,
        trial: verdict,
        // The campaigns here are too small for it to decide anything.
        newest: Window::default(),
        cut: None,
        finishes_at: None,
    })
}

fn judge_trial(io: &mut Io<'_>, broadcast: &Broadcast) -> Step<Option<Verdict>> {
    let Some(size) = broadcast.trial.filter(|_| broadcast.dispatch == Dispatch::Running) else {
        return Ok(None);
    };
    if io.rules == Rules::TrialUnrepaired {
        return Ok(Some(Verdict::Wait));
    }
    let mut look = TrialLook::default();
    for shard in broadcast.shards.all() {
        let states = io.chunk_states(shard)?;
        look = states.iter().fold(look, |look, state| look.with(state, broadcast.epoch));
    }
    Ok(Some(look.verdict(size, true)))
}

/// The chunk's state if it may be queued now, or `None`.
fn leave(trial: &mut Option<u32>, state: &ChunkState, next: ChunkState) -> Option<ChunkState> {
    let Some(more) = trial else { return Some(next.ungranted()) };
    if state.trial_grant(next.epoch).is_some() && !state.has_settled_grant() {
        return Some(next);
    }
    let left = next.recipients.saturating_sub(next.handed).min(*more);
    *more -= left;
    (left > 0).then(|| next.granting(left))
}

fn look(io: &mut Io<'_>, broadcast: &Broadcast, shard: u16, look: &mut Look) -> Step<()> {
    let mut armed = Vec::new();
    let looked = io.borne(|io| look_over(io, broadcast, shard, look, &mut armed))?;
    // What has its turn goes to the queue, even if the look failed after it.
    for (job, turn) in armed {
        let at = turn.max(io.now());
        io.send(job, at)?;
    }
    looked.map_err(|()| Stop::Failed)
}

/// Looks at the chunks of a shard and adds the jobs of those that got their turns.
fn look_over(
    io: &mut Io<'_>,
    broadcast: &Broadcast,
    shard: u16,
    look: &mut Look,
    armed: &mut Vec<(Job, Timestamp)>,
) -> Step<()> {
    let now = io.now();
    let is_stopped = broadcast.dispatch == Dispatch::Stopped;
    for state in io.chunk_states(shard)? {
        look.settled_at = look.settled_at.max(state.settled_at);
        if io.rules == Rules::WaitingIsProgress {
            look.settled_at = look.settled_at.max(Some(state.updated_at));
        }
        look.due_since = look.due_since.into_iter().chain(state.due_since()).min();
        if is_stopped {
            look.has_open |= !state.is_done() && !fail_rest(io, broadcast, shard, &state)?;
            continue;
        }
        match protocol::repair(&state, broadcast.epoch, now) {
            Repair::Nothing => look.has_open |= !state.is_done(),
            Repair::Arm(next) => {
                look.has_open = true;
                let Some(next) = leave(&mut look.trial, &state, next) else { continue };
                let after = next.with_turn(protocol::turn(broadcast, now));
                if io.save_state(shard, &state, &after)? {
                    let turn = after.turn();
                    let job = protocol::chunk_job(after.epoch, shard, after.number, turn);
                    armed.push((job, turn.unwrap_or(now)));
                }
            }
            Repair::Poisoned => {
                look.has_open = true;
                look.is_poisoned = true;
            }
        }
    }
    Ok(())
}

/// Like `functions/poll-status/src/stopping.rs`. Returns `false` if a claim may still be in use.
fn fail_rest(
    io: &mut Io<'_>,
    broadcast: &Broadcast,
    shard: u16,
    state: &Kept<ChunkState>,
) -> Step<bool> {
    let Some(chunk) = io.members(shard, state.number)? else { return Ok(false) };
    let now = io.now();
    let mut is_settled = true;
    for found in fail(io, broadcast, &chunk, FailureReason::Stopped, now)? {
        match (protocol::found_by(&found, "", now), &found.claim) {
            (Found::Busy { .. }, _) => is_settled = false,
            (Found::Abandoned, Some(claim)) => {
                is_settled &= io.mark_unknown(protocol::texted(&found), &claim.token, now)?;
            }
            (Found::Abandoned, None) | (Found::Own | Found::Settled, _) => {}
        }
    }
    if !is_settled {
        return Ok(false);
    }
    io.save_state(shard, state, &protocol::given_up(state, now))
}

/// Fails the unclaimed messages and returns those that were claimed.
fn fail(
    io: &mut Io<'_>,
    broadcast: &Broadcast,
    chunk: &Chunk,
    reason: FailureReason,
    now: Timestamp,
) -> Step<Vec<Kept<shared::message::Message>>> {
    let mut existing = Vec::new();
    let mut has_failed = false;
    for recipient in &chunk.recipients {
        let message = protocol::pending(recipient, broadcast);
        match io.claim(&message, Claiming::Fail { reason }, now)? {
            Ok(found) => existing.extend(found),
            Err(()) => has_failed = true,
        }
    }
    if has_failed { Err(Stop::Failed) } else { Ok(existing) }
}
