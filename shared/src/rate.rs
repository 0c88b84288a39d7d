//! How many requests a caller may make per minute.
//!
//! Only requests that write or that read a lot are counted. Each instance of the API takes some of a
//! minute's requests from the table at a time, so that most requests cost no write.

use std::num::ParseIntError;
use std::str::FromStr;

use crate::time::Timestamp;

pub const WINDOW_SECONDS: i64 = 60;
/// The number of requests that an instance takes at once.
const MAX_LEASE: u32 = 20;

/// The number of counted requests per caller and minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    per_minute: u32,
}

/// The requests of one minute that an instance has taken for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    window: Timestamp,
    left: u32,
    /// How many of the minute's requests no instance had taken when this lease was taken.
    untaken: u32,
}

/// What a caller may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the next minute, at least 1.
    pub reset_seconds: u32,
}

impl RateLimit {
    #[must_use]
    pub fn per_minute(self) -> u32 {
        self.per_minute
    }

    /// The size of a lease.
    #[must_use]
    pub fn lease(self) -> u32 {
        self.per_minute.min(MAX_LEASE)
    }

    /// A lease, once the table has granted it. `taken` is what all instances have taken by then.
    #[must_use]
    pub fn leased(self, window: Timestamp, taken: u32) -> Lease {
        Lease { window, left: self.lease(), untaken: self.per_minute.saturating_sub(taken) }
    }

    #[must_use]
    pub fn allowance(self, remaining: u32, now: Timestamp) -> Allowance {
        let ends_at = window(now).plus_seconds(WINDOW_SECONDS);
        Allowance {
            limit: self.per_minute,
            remaining,
            reset_seconds: ends_at.seconds_from(now).max(1),
        }
    }
}

impl Lease {
    /// Uses one request. Returns how many the caller has left, or `None` if the lease is used up or of
    /// an earlier minute.
    pub fn spend(&mut self, now: Timestamp) -> Option<u32> {
        if self.window != window(now) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        Some(self.left + self.untaken)
    }
}

/// The start of the minute that `now` is in.
#[must_use]
pub fn window(now: Timestamp) -> Timestamp {
    now.plus_millis(-now.millis().rem_euclid(WINDOW_SECONDS * 1_000))
}

impl Default for RateLimit {
    /// Half of what the API serves to all callers by default.
    fn default() -> Self {
        Self { per_minute: 3_000 }
    }
}

impl FromStr for RateLimit {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|per_minute| Self { per_minute })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::EPOCH.plus_millis(millis)
    }

    #[test]
    fn a_lease_lasts_for_its_requests_and_its_minute() {
        let limit: RateLimit = "50".parse().expect("a number");
        let mut lease = limit.leased(window(at(61_000)), 40);
        let left: Vec<_> = (0..21).map(|_| lease.spend(at(119_999))).collect();
        assert_eq!((left[0], left[19], left[20]), (Some(29), Some(10), None));
        let mut lease = limit.leased(window(at(61_000)), 40);
        assert_eq!(lease.spend(at(120_000)), None);
    }

    #[test]
    fn a_lease_is_never_larger_than_the_limit() {
        let small: RateLimit = "3".parse().expect("a number");
        assert_eq!((small.lease(), RateLimit::default().lease()), (3, 20));
        let mut lease = small.leased(at(0), 3);
        assert_eq!(
            [at(0), at(1), at(2), at(3)].map(|now| lease.spend(now)).map(|l| l.is_some()),
            [true, true, true, false]
        );
    }

    #[test]
    fn the_next_minute_is_when_requests_are_accepted_again() {
        let allowance = RateLimit::default().allowance(0, at(119_500));
        assert_eq!((allowance.limit, allowance.reset_seconds), (3_000, 1));
        assert_eq!(RateLimit::default().allowance(7, at(60_000)).reset_seconds, 60);
    }
}
