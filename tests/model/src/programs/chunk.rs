//! As `functions/dispatch/src/chunk.rs` and `members.rs`.

use shared::chunk_state::Tally;
use shared::message::{FailureReason, Message, Outcome};
use shared::phone::Phone;
use shared::time::Timestamp;

use super::campaigns::update;
use super::handover::{self, Handed};
use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol::{self, Member};
use crate::table::Claiming;

/// Where a chunk lies.
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
    let Some(broadcast) = protocol::running(&campaign, epoch) else { return Ok(()) };
    let Some(working) = protocol::start(&state, turn, io.now()) else { return Ok(()) };
    if !io.take_chunk(shard, &state, &working)? {
        return Ok(());
    }
    let slice = protocol::slice(&working, &campaign, broadcast);
    let recipients = chunk.recipients.get(slice.members.clone()).unwrap_or_default();
    let unsubscribed = io.unsubscribed_among(recipients)?;
    let members: Vec<(Message, bool)> = recipients
        .iter()
        .map(|phone| (protocol::pending(phone, broadcast), unsubscribed.contains(phone)))
        .collect();
    let (tally, is_halted) = hand_over(io, members)?;
    if is_halted {
        let now = io.now();
        update(io, |campaign| protocol::halted(campaign, epoch, now))?;
    }
    let now = io.now();
    let after = protocol::finish(&working, &tally, &slice, now);
    let working = Kept::new(working);
    let is_saved = io.save_state(shard, &working, &after)?;
    if let Some(seconds) = protocol::comes_back_after(&after, now)
        && is_saved
    {
        let job = protocol::chunk_job(epoch, shard, number, after.turn());
        io.send(job, now.plus_seconds(seconds))?;
    }
    Ok(())
}

/// Claims all members, then hands them over, then writes what was learnt.
fn hand_over(io: &mut Io<'_>, members: Vec<(Message, bool)>) -> Step<(Tally, bool)> {
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
            Ok(None) => won.push(message.to),
            Ok(Some(member)) => protocol::count(&mut tally, member),
            Err(()) => protocol::count(&mut tally, protocol::busy(io.now())),
        }
    }
    let mut learnt: Vec<(Phone, Outcome)> = Vec::new();
    for phone in won {
        let handed = io.borne(|io| handover::hand_over(io, &phone, &token, since, told))?;
        match handed {
            Ok(Handed::Learnt(outcome)) => learnt.push((phone, outcome)),
            Ok(Handed::Counted(member)) => {
                match member {
                    Member::Halted => told = Some(member),
                    Member::Throttled if told.is_none() => told = Some(member),
                    _ => {}
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
    Ok((tally, told == Some(Member::Halted)))
}
