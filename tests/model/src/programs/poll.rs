//! Like `functions/poll-status/src/poll.rs` and `lookup.rs`.

use shared::message::{Counts, Message};
use shared::receipt::Delivery;

use super::campaigns::{arm, update};
use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Applied;

pub(super) fn poll(io: &mut Io<'_>, number: u32) -> Step<()> {
    let Some(campaign) = io.campaign()? else { return Ok(()) };
    let Some(broadcast) = campaign.broadcast() else { return Ok(()) };
    if !campaign.owes_poll(number) {
        return Ok(());
    }
    let (mut counts, mut open, mut has_open_chunks) = (Counts::default(), Vec::new(), false);
    for shard in broadcast.shards.all() {
        let now = io.now();
        let items = io.shard_items(shard)?;
        let mut asked = Vec::new();
        for message in items.messages {
            if protocol::is_open(&message, now) {
                asked.push(protocol::texted(&message).clone());
            } else {
                counts.add(message.status());
            }
        }
        has_open_chunks |= items.states.iter().any(|state| !state.is_done());
        for delivery in items.parked {
            if io.apply_receipt(&delivery)? != Applied::Early {
                io.unpark(&delivery)?;
            }
        }
        if !asked.is_empty() {
            open.extend(io.messages(&asked)?);
        }
    }
    look_up(io, &open, &mut counts)?;
    counts.pending += broadcast.audience.totals.recipients.saturating_sub(counts.total());
    let are_chunks_done = !has_open_chunks && counts.pending == 0;
    let now = io.now();
    let written =
        update(io, |campaign| protocol::polled(campaign, number, counts, are_chunks_done, now))?;
    match written.and_then(|campaign| campaign.step) {
        Some(due) => arm(io, due.job, protocol::GRACE.before(due.at)),
        None => Ok(()),
    }
}

/// Looks up open messages, writes the results, and counts all messages with their new statuses.
fn look_up(io: &mut Io<'_>, open: &[Kept<Message>], counts: &mut Counts) -> Step<()> {
    let mut learnt = Vec::new();
    for message in open {
        let found = io.borne(|io| find(io, message))?.ok().flatten();
        let status = message.status();
        match found.filter(|found| found.receipt.status.rank() > status.rank()) {
            Some(found) => learnt.push((status, found)),
            None => counts.add(status),
        }
    }
    for (status, found) in learnt {
        let applied = io.borne(|io| io.apply_receipt(&found))?;
        let is_written = matches!(applied, Ok(Applied::Done | Applied::Known));
        counts.add(if is_written { found.receipt.status } else { status });
    }
    Ok(())
}

/// Like `infra/src/lookup.rs`: for a message whose ID was lost, the others to its phone are excluded.
fn find(io: &mut Io<'_>, message: &Message) -> Step<Option<Kept<Delivery>>> {
    let found = io.look_up(protocol::texted(message))?;
    if found.is_some() && message.provider_id().is_none() {
        io.messages_beside(protocol::texted(message))?;
    }
    Ok(found)
}
