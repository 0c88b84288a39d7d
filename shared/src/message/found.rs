//! What a worker does about a message that someone has claimed before.

use super::{Message, Status};
use crate::time::Timestamp;

/// What a worker finds when it tries to claim a message that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Its own earlier claim, whose response was lost.
    Own,
    /// The message has an outcome, or is known to be unknown: nothing is left to do.
    Settled,
    /// Another worker may be sending it until this time.
    Busy { until: Timestamp },
    /// The worker that claimed it is gone, and may or may not have sent it.
    Abandoned,
}

impl Message {
    /// What an existing message means to a worker that tried to claim it with `token`. A claim is
    /// valid for `claim_seconds`, which is longer than any worker can take.
    #[must_use]
    pub fn found_by(&self, token: &str, now: Timestamp, claim_seconds: i64) -> Found {
        if self.status() != Status::Pending {
            return Found::Settled;
        }
        match &self.claim {
            Some(claim) if claim.token == token => Found::Own,
            Some(claim) => {
                let until = claim.at.plus_seconds(claim_seconds);
                if now < until { Found::Busy { until } } else { Found::Abandoned }
            }
            None => Found::Settled,
        }
    }
}
