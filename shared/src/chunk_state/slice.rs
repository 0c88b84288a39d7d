//! Which members of a chunk a worker may send, and the results.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::breaker::{Recent, Window};
use crate::time::Timestamp;

/// The members that a worker sends in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub members: Range<usize>,
    /// The parts of their texts.
    pub parts: u64,
    /// How long their parts take at the sender's rate, which decides the next slice's turn.
    pub millis: i64,
}

/// The members of a chunk that may be sent while its campaign is on trial, as positions. `to` is
/// exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub from: u32,
    pub to: u32,
}

/// A worker's results for the members of a slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Settled by this worker.
    pub settled: u32,
    /// Given back because the provider was unreachable.
    pub unreachable: u32,
    /// Given back because the provider asked to wait.
    pub throttled: u32,
    /// The longest wait that it asked for.
    pub retry_after_seconds: u32,
    /// Given back because the provider currently accepts no message of the campaign.
    pub halted: u32,
    /// Claimed by another worker, or in an unclear state.
    pub busy: u32,
    pub busy_until: Option<Timestamp>,
    /// The outcomes that this worker learned.
    pub heard: Window,
    /// Which of the newest responses were ambiguous, including this worker's.
    pub recent: Recent,
}

impl Tally {
    /// Whether the provider is unreachable: nothing was sent, and certainly so. A failed connection
    /// among successful ones is not an outage.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        self.unreachable > 0 && self.settled == 0 && self.halted == 0
    }
}
