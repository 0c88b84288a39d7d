//! Which members of a chunk a worker may hand over, and what they came to.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::breaker::{Recent, Window};
use crate::time::Timestamp;

/// The members that one worker hands over in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub members: Range<usize>,
    /// How long their parts take at the sender's rate: when the next slice's turn is.
    pub millis: i64,
}

/// The members of a chunk that may be handed over while its campaign is on trial, as positions.
/// `to` is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub from: u32,
    pub to: u32,
}

/// What the members of a slice came to in one worker's hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Settled by this worker.
    pub settled: u32,
    /// Given back because the provider was out of reach.
    pub unreachable: u32,
    /// Given back because the provider asked to wait.
    pub throttled: u32,
    /// The longest wait that it asked for.
    pub retry_after_seconds: u32,
    /// Given back because the provider serves no message of the campaign now.
    pub halted: u32,
    /// Claimed by another worker, or in an unclear state.
    pub busy: u32,
    pub busy_until: Option<Timestamp>,
    /// The outcomes that this worker learned.
    pub heard: Window,
    /// Whether the newest answers were clear, this worker's included.
    pub recent: Recent,
}

impl Tally {
    /// Whether the provider can't be reached at all: nothing was handed over, and it is certain
    /// that nothing was. A failed connection among others is not an outage.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        self.unreachable > 0 && self.settled == 0 && self.halted == 0
    }
}
