//! Like `functions/poll-status/src/poll.rs` and `lookup.rs`.

use shared::message::{Counts, Message};

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
    for shard in 0..broadcast.shards {
        let now = io.now();
        let items = io.shard_items(shard)?;
        for message in items.messages {
            if protocol::is_open(&message, now) {
                open.push(message);
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
    }
    look_up(io, &open, &mut counts)?;
    counts.pending += broadcast.audience.totals.recipients.saturating_sub(counts.total());
    let are_chunks_done = !has_open_chunks && counts.pending == 0;
    let now = io.now();
    let written =
        update(io, |campaign| protocol::polled(campaign, number, counts, are_chunks_done, now))?;
    match written.and_then(|campaign| campaign.step) {
        Some(due) => arm(io, due.job, due.at.plus_seconds(-protocol::PATIENCE)),
        None => Ok(()),
    }
}

/// Looks up open messages, writes the results, and counts all messages with their new statuses.
fn look_up(io: &mut Io<'_>, open: &[Kept<Message>], counts: &mut Counts) -> Step<()> {
    for message in open {
        let learnt = io.borne(|io| io.look_up(&message.to))?.ok().flatten();
        let status = message.status();
        let higher = learnt.filter(|learnt| learnt.receipt.status.rank() > status.rank());
        let Some(learnt) = higher else {
            counts.add(status);
            continue;
        };
        let applied = io.borne(|io| io.apply_receipt(&learnt))?;
        let is_written = matches!(applied, Ok(Applied::Done | Applied::Known));
        counts.add(if is_written { learnt.receipt.status } else { status });
    }
    Ok(())
}
