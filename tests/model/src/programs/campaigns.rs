//! Like `infra::table::campaigns::update_campaign` and `functions/api/src/routes/controls.rs`.

use shared::campaign::Campaign;
use shared::job::{Due, Job, PollsJob};
use shared::time::Timestamp;

use crate::ask::{Io, Step};
use crate::protocol::{self, Control};

/// Reads a campaign, decides, and writes the decision. Repeats this if the campaign changed in
/// between.
pub(super) fn update(
    io: &mut Io<'_>,
    mut decide: impl FnMut(&Campaign) -> Option<Campaign>,
) -> Step<Option<Campaign>> {
    loop {
        let Some(before) = io.campaign()? else { return Ok(None) };
        let Some(after) = decide(&before) else { return Ok(None) };
        if io.save_campaign(&before, after.clone())? {
            return Ok(Some(after));
        }
    }
}

pub(super) fn change(io: &mut Io<'_>, control: Control) -> Step<()> {
    loop {
        let now = io.now();
        let Some(before) = io.campaign()? else { return Ok(()) };
        let Some(after) = control.of((*before).clone(), now) else { return Ok(()) };
        let owed_before = before.owed();
        let newly_owed = after.owed().into_iter().filter(|due| !owed_before.contains(due));
        let newly_owed: Vec<Due> = newly_owed.flatten().cloned().collect();
        if io.save_campaign(&before, after)? {
            if !matches!(control, Control::Resume | Control::Stop) {
                return Ok(());
            }
            for Due { at, job } in newly_owed {
                let at = match &job {
                    Job::Polls(PollsJob::Poll { .. }) => protocol::GRACE.before(at),
                    Job::Polls(PollsJob::Drain { .. })
                    | Job::Jobs(_)
                    | Job::Dispatch(_)
                    | Job::Notify(_) => now,
                };
                arm(io, job, at)?;
            }
            return Ok(());
        }
    }
}

/// Queues `job`. If that fails, the sweep does it.
pub(super) fn arm(io: &mut Io<'_>, job: Job, at: Timestamp) -> Step<()> {
    let _left_to_the_sweep = io.borne(|io| io.send(job, at))?;
    Ok(())
}
