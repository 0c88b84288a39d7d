//! The result of one message of a chunk.

use shared::chunk_state::Tally;
use shared::time::Timestamp;

use super::CLAIM;

/// The result of one message for its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    Settled {
        by_this_worker: bool,
    },
    /// Settled as `unknown`: the provider's response was ambiguous.
    Unknown,
    /// Given back, because the provider's other responses were ambiguous.
    Silent,
    Unreachable,
    Throttled,
    Halted,
    Busy {
        until: Timestamp,
    },
}

pub fn count(tally: &mut Tally, member: Member) {
    match member {
        Member::Settled { by_this_worker } => tally.settled += u32::from(by_this_worker),
        Member::Unreachable => tally.unreachable += 1,
        Member::Unknown => {
            tally.settled += 1;
            tally.heard.add_unknown();
        }
        Member::Throttled => tally.throttled += 1,
        Member::Halted | Member::Silent => tally.halted += 1,
        Member::Busy { until } => {
            tally.busy += 1;
            tally.busy_until = tally.busy_until.max(Some(until));
        }
    }
}

/// The result of a failed write, which may have been written. Only the claim's age decides.
#[must_use]
pub fn busy(now: Timestamp) -> Member {
    Member::Busy { until: now.plus_seconds(CLAIM) }
}
