//! Like `functions/dispatch/src/chunk.rs`, `slice.rs`, `claim.rs`, `settle.rs` and `watch.rs`.

use shared::breaker::Recent;
use shared::campaign::{BACK_OFF_SECONDS, Reason};
use shared::chunk_state::Tally;
use shared::message::{FailureReason, Message, Outcome};
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::trial::TrialLook;

use super::campaigns::{arm, update};
use super::handover::{self, Handed};
use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol::{self, Member};
use crate::table::{Claiming, Rules};

/// The key of a chunk.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) epoch: u32,
    pub(super) shard: u16,
    pub(super) number: u32,
}

pub(super) fn dispatch(io: &mut Io<'_>, place: Place, turn: Option<Timestamp>) -> Step<()> {
    let Place { epoch, shard, number } = place;
    let Some(campaign) = io.campaign()? else { return Ok(()) };
    let Some((state, chunk)) = io.chunk(shard, number)? else { return Ok(()) };
    let Some(broadcast) = campaign.running(epoch) else { return Ok(()) };
    let Some(working) = protocol::start(&state, turn, io.now()) else { return Ok(()) };
    // The unsubscribes are read at the same time, whether or not the chunk is taken.
    let is_taken = io.take_chunk(shard, &state, &working)?;
    let slice = protocol::slice(&working, &chunk, &campaign, broadcast);
    let recipients = chunk.recipients.get(slice.members.clone()).unwrap_or_default();
    let phones: Vec<Phone> =
        recipients.iter().map(|recipient| protocol::dialed(recipient).clone()).collect();
    let unsubscribed = io.unsubscribed_among(&phones)?;
    if !is_taken {
        return Ok(());
    }
    let members: Vec<(Message, bool)> = recipients
        .iter()
        .map(|recipient| {
            let text = recipient.merge.as_ref().map(|_| protocol::text(&campaign, recipient));
            let message = Message { text, ..protocol::pending(recipient, broadcast) };
            (message, unsubscribed.contains(protocol::dialed(recipient)))
        })
        .collect();
    let (tally, reason) = hand_over(io, members, working.recent)?;
    let now = io.now();
    let after = protocol::finish(&working, &tally, &slice, now);
    if let Some(reason) = reason.or_else(|| after.heard.trips()) {
        update(io, |campaign| protocol::paused(campaign, epoch, reason, now))?;
    } else if tally.is_outage() {
        let away = update(io, |campaign| protocol::backing_off(campaign, epoch, now))?;
        if let Some(due) = away.and_then(|campaign| campaign.drain) {
            arm(io, due.job, now.plus_seconds(BACK_OFF_SECONDS))?;
        }
    }
    let working = Kept::new(working);
    if !io.save_state(shard, &working, &after)? {
        return Ok(());
    }
    if let Some(seconds) = protocol::comes_back_after(&after, now) {
        let job = protocol::chunk_job(epoch, shard, number, after.turn());
        io.send(job, now.plus_seconds(seconds))?;
    }
    if after.trial_grant(epoch).is_some() && after.has_settled_grant() {
        judge(io, epoch)?;
    }
    Ok(())
}

/// Like `functions/dispatch/src/trial.rs`.
fn judge(io: &mut Io<'_>, epoch: u32) -> Step<()> {
    let Some(campaign) = io.campaign()? else { return Ok(()) };
    let Some(broadcast) = campaign.running(epoch) else { return Ok(()) };
    let Some(size) = broadcast.trial else { return Ok(()) };
    let mut look = TrialLook::default();
    for shard in broadcast.shards.all() {
        let states = io.chunk_states(shard)?;
        look = states.iter().fold(look, |look, state| look.with(state, epoch));
    }
    let verdict = look.verdict(size, !broadcast.audience.is_cutting());
    let now = io.now();
    let written = update(io, |campaign| protocol::tried(campaign, epoch, verdict, now))?;
    match written.and_then(|campaign| campaign.drain_to_queue().cloned()) {
        Some(due) => arm(io, due.job, now),
        None => Ok(()),
    }
}

/// Claims all members, then sends them, then writes the outcomes.
fn hand_over(
    io: &mut Io<'_>,
    members: Vec<(Message, bool)>,
    mut recent: Recent,
) -> Step<(Tally, Option<Reason>)> {
    let (mut tally, mut told) = (Tally::default(), None);
    let (token, since) = (io.token.clone(), io.now());
    let mut claimed = Vec::new();
    for (message, is_unsubscribed) in members {
        let claiming = if is_unsubscribed {
            Claiming::Fail { reason: FailureReason::Unsubscribed }
        } else {
            Claiming::HandOver { token: token.clone() }
        };
        let answer = io.claim(&message, claiming, since)?;
        claimed.push((message, is_unsubscribed, answer));
    }
    let mut won = Vec::new();
    for (message, is_unsubscribed, answer) in claimed {
        let token = if is_unsubscribed { "" } else { token.as_str() };
        let left = match answer {
            Err(()) => Err(()),
            Ok(None) if is_unsubscribed => Ok(Some(Member::Settled { by_this_worker: true })),
            Ok(found) => io.borne(|io| handover::after_claim(io, found.as_deref(), token))?,
        };
        match left {
            Ok(None) => won.push(message),
            Ok(Some(member)) => protocol::count(&mut tally, member),
            Err(()) => protocol::count(&mut tally, protocol::busy(io.now())),
        }
    }
    let mut learnt: Vec<(Phone, Outcome)> = Vec::new();
    for message in won {
        let handed = io.borne(|io| handover::hand_over(io, &message, &token, since, told))?;
        match handed {
            Ok(Handed::Learnt(outcome)) => {
                recent = recent.with(false);
                learnt.push((protocol::texted(&message).clone(), outcome));
            }
            Ok(Handed::Counted(member)) => {
                if told.is_none() {
                    recent = match member {
                        Member::Unknown => recent.with(true),
                        Member::Throttled | Member::Halted => recent.with(false),
                        Member::Settled { .. }
                        | Member::Silent
                        | Member::Unreachable
                        | Member::Busy { .. } => recent,
                    };
                    told = match member {
                        Member::Throttled | Member::Halted => Some(member),
                        Member::Unknown if recent.trips() => {
                            (io.rules != Rules::SilenceIgnored).then_some(Member::Silent)
                        }
                        Member::Settled { .. }
                        | Member::Unknown
                        | Member::Silent
                        | Member::Unreachable
                        | Member::Busy { .. } => None,
                    };
                }
                protocol::count(&mut tally, member);
            }
            Err(()) => protocol::count(&mut tally, protocol::busy(io.now())),
        }
    }
    for (phone, outcome) in learnt {
        let settled = io.borne(|io| io.settle(&phone, &token, outcome))?;
        let member = match settled {
            Ok(_) => Member::Settled { by_this_worker: true },
            Err(()) => protocol::busy(io.now()),
        };
        protocol::count(&mut tally, member);
    }
    tally.recent = recent;
    let reason = match told {
        Some(Member::Halted) => Some(Reason::ProviderAccount),
        Some(Member::Silent) => Some(Reason::ProviderFailing),
        Some(
            Member::Settled { .. }
            | Member::Unknown
            | Member::Unreachable
            | Member::Throttled
            | Member::Busy { .. },
        )
        | None => None,
    };
    Ok((tally, reason))
}
