//! As `functions/poll-status/src/drain.rs`.

use shared::campaign::{Broadcast, Dispatch, DrainLook};
use shared::chunk::Chunk;
use shared::chunk_state::{ChunkState, Repair};
use shared::job::Job;
use shared::message::{FailureReason, Found};
use shared::time::Timestamp;

use super::campaigns::{arm, update};
use crate::ask::{Io, Step, Stop};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Claiming;

#[derive(Clone, Copy, Default)]
struct Look {
    has_open: bool,
    gave_up: bool,
    moved_at: Option<Timestamp>,
}

pub(super) fn drain(io: &mut Io<'_>, job: &Job) -> Step<()> {
    let Some(campaign) = io.campaign()? else { return Ok(()) };
    let Some(broadcast) = campaign.broadcast() else { return Ok(()) };
    if !campaign.owes_drain(job) {
        return Ok(());
    }
    let found = match broadcast.dispatch {
        Dispatch::Held => None,
        _ => Some(look_at_all(io, broadcast)?),
    };
    let now = io.now();
    let written = update(io, |campaign| match &found {
        None => protocol::hold_checked(campaign, job, now),
        Some(look) => protocol::drain_checked(campaign, job, look, now),
    })?;
    match written.and_then(|campaign| campaign.drain) {
        Some(due) => arm(io, due.job, due.at.plus_seconds(-protocol::PATIENCE)),
        None => Ok(()),
    }
}

fn look_at_all(io: &mut Io<'_>, broadcast: &Broadcast) -> Step<DrainLook> {
    let are_all_cut = broadcast.audience.completed_at.is_some();
    let mut all = Look::default();
    for shard in 0..broadcast.shards {
        look(io, broadcast, shard, &mut all)?;
    }
    Ok(DrainLook {
        are_chunks_done: are_all_cut && !all.has_open,
        gave_up: all.gave_up,
        moved_at: all.moved_at,
        finishes_at: None,
    })
}

fn look(io: &mut Io<'_>, broadcast: &Broadcast, shard: u16, look: &mut Look) -> Step<()> {
    let now = io.now();
    let is_stopped = broadcast.dispatch == Dispatch::Stopped;
    for state in io.chunk_states(shard)? {
        look.moved_at = look.moved_at.max(state.moved_at());
        if is_stopped {
            look.has_open |=
                !state.is_done() && !give_up(io, broadcast, shard, &state, FailureReason::Stopped)?;
            continue;
        }
        match protocol::repair(&state, broadcast.epoch, now) {
            Repair::Nothing => look.has_open |= !state.is_done(),
            Repair::Arm(armed) => {
                look.has_open = true;
                let armed = armed.with_turn(protocol::turn(broadcast, now));
                if io.save_state(shard, &state, &armed)? {
                    let (epoch, number, turn) = (armed.epoch, armed.number, armed.turn());
                    let job = protocol::chunk_job(epoch, shard, number, turn);
                    let at = turn.unwrap_or(now).max(io.now());
                    io.send(job, at)?;
                }
            }
            Repair::GiveUp => {
                let reason = FailureReason::ProviderError;
                let is_done = give_up(io, broadcast, shard, &state, reason)?;
                look.gave_up |= is_done;
                look.has_open |= !is_done;
            }
        }
    }
    Ok(())
}

/// Settles what nobody has claimed as failed; `false` if a claim may still be somebody's.
fn give_up(
    io: &mut Io<'_>,
    broadcast: &Broadcast,
    shard: u16,
    state: &Kept<ChunkState>,
    reason: FailureReason,
) -> Step<bool> {
    let Some((_, chunk)) = io.chunk(shard, state.number)? else { return Ok(false) };
    let now = io.now();
    let mut is_settled = true;
    for found in fail(io, broadcast, &chunk, reason, now)? {
        match (protocol::found_by(&found, "", now), &found.claim) {
            (Found::Busy { .. }, _) => is_settled = false,
            (Found::Abandoned, Some(claim)) => {
                is_settled &= io.mark_unknown(&found.to, &claim.token, now)?;
            }
            _ => {}
        }
    }
    if !is_settled {
        return Ok(false);
    }
    io.save_state(shard, state, &protocol::given_up(state, now))
}

/// Answers the messages that somebody had claimed.
fn fail(
    io: &mut Io<'_>,
    broadcast: &Broadcast,
    chunk: &Chunk,
    reason: FailureReason,
    now: Timestamp,
) -> Step<Vec<Kept<shared::message::Message>>> {
    let mut existing = Vec::new();
    let mut has_failed = false;
    for phone in &chunk.recipients {
        let message = protocol::pending(phone, broadcast);
        match io.claim(&message, Claiming::Fail { reason }, now)? {
            Ok(found) => existing.extend(found),
            Err(()) => has_failed = true,
        }
    }
    if has_failed { Err(Stop::Failed) } else { Ok(existing) }
}
