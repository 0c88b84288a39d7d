//! Like `functions/poll-status/src/sweep.rs`.

use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Owed;

pub(super) fn sweep(io: &mut Io<'_>) -> Step<()> {
    let now = io.now();
    for owed in io.overdue(now)? {
        // A failing item must not block the others.
        let _ = io.borne(|io| arm(io, &owed, now))?;
    }
    Ok(())
}

fn arm(io: &mut Io<'_>, owed: &Kept<Owed>, now: shared::time::Timestamp) -> Step<()> {
    let is_owed = io.campaign()?.is_some_and(|campaign| campaign.owes(&owed.job));
    if !is_owed {
        return io.forget_overdue(owed);
    }
    let sent_at = io.now();
    io.send(owed.job.clone(), sent_at)?;
    io.take_overdue(owed, protocol::GRACE.after(now))?;
    Ok(())
}
