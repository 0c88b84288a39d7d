//! Whether an organization's campaigns may send, read at most every few seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use shared::ids::OrganizationId;
use shared::time::Timestamp;

use crate::clock;
use crate::table::{Halt, HaltScope, Table, TableError};

/// How long a worker may go on after a halt.
const REMEMBERED_SECONDS: i64 = 5;

/// The halts that concern an organization: its own and the deployment's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HaltState {
    pub is_halted: bool,
    /// When the last of them was changed.
    pub changed_at: Option<Timestamp>,
}

impl HaltState {
    fn of(halts: [Option<Halt>; 2]) -> Self {
        halts.into_iter().flatten().fold(Self::default(), |state, halt| Self {
            is_halted: state.is_halted || halt.is_on,
            changed_at: state.changed_at.max(Some(halt.changed_at)),
        })
    }
}

/// A process may be frozen between two jobs, and then one of its clocks may have stopped.
struct Read {
    at: Timestamp,
    at_instant: Instant,
    state: HaltState,
}

impl Read {
    fn is_fresh(&self) -> bool {
        clock::now() < self.at.plus_seconds(REMEMBERED_SECONDS)
            && self.at_instant.elapsed().as_secs() < REMEMBERED_SECONDS.unsigned_abs()
    }
}

#[derive(Default)]
pub struct Halts {
    known: Mutex<HashMap<OrganizationId, Read>>,
}

impl Halts {
    pub async fn of(
        &self,
        table: &Table,
        organization: OrganizationId,
    ) -> Result<HaltState, TableError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = known().get(&organization).filter(|read| read.is_fresh()) {
            return Ok(read.state);
        }
        let (at, at_instant) = (clock::now(), Instant::now());
        let (deployment, own) = futures::try_join!(
            table.halt(HaltScope::Deployment),
            table.halt(HaltScope::Organization(organization)),
        )?;
        let state = HaltState::of([deployment, own]);
        known().insert(organization, Read { at, at_instant, state });
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halt(is_on: bool, second: i64) -> Halt {
        let changed_at = Timestamp::from_millis(second * 1_000).expect("a time");
        Halt { is_on, reason: None, changed_at }
    }

    #[test]
    fn either_halt_counts_and_the_last_change_is_known() {
        for (halts, is_halted, changed) in [
            ([None, None], false, None),
            ([Some(halt(true, 1)), None], true, Some(halt(true, 1))),
            ([Some(halt(false, 3)), Some(halt(true, 1))], true, Some(halt(true, 3))),
            ([Some(halt(false, 1)), Some(halt(false, 2))], false, Some(halt(true, 2))),
        ] {
            let changed_at = changed.map(|halt| halt.changed_at);
            assert_eq!(HaltState::of(halts), HaltState { is_halted, changed_at });
        }
    }
}
