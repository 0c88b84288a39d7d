//! How an endpoint responds, and when it is called.
//!
//! An endpoint gets at most two calls at once. After a few failures in a row it gets one call at a
//! time, ever more rarely, until one succeeds. So one that is dead takes next to no time from others.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

const MAX_CALLS: usize = 2;
/// A call whose worker died counts until then. Longer than any call takes.
const LEASE_SECONDS: i64 = 30;
/// Failures in a row after which the endpoint is only probed.
const FAILURES_TO_PROBE: u32 = 5;
const MIN_PROBE_SECONDS: i64 = 30;
const MAX_PROBE_SECONDS: i64 = 3_600;
/// An endpoint that has failed for this long is disabled.
const HOPELESS_SECONDS: i64 = 3 * 86_400;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// When the lease of each call that runs ends.
    pub calls: Vec<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    /// Until when it is not called.
    pub closed_until: Option<Timestamp>,
    /// The number of events that were dropped because it was disabled.
    pub dropped: u64,
}

/// Whether an endpoint may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The health with the call, and the end of its lease.
    Call(Health, Timestamp),
    /// It has enough calls.
    Busy,
    /// It has failed too often to be called before this time.
    Closed { until: Timestamp },
}

impl Health {
    #[must_use]
    pub fn begin(&self, now: Timestamp) -> Begin {
        let mut health = self.clone();
        health.calls.retain(|ends_at| *ends_at > now);
        let may_run = match self.closed_until {
            Some(until) if now < until => return Begin::Closed { until },
            Some(_) => 1,
            None => MAX_CALLS,
        };
        if health.calls.len() >= may_run {
            return Begin::Busy;
        }
        let lease = now.plus_seconds(LEASE_SECONDS);
        health.calls.push(lease);
        Begin::Call(health, lease)
    }

    /// The health after the call with this lease. `jitter` is below 1,000.
    #[must_use]
    pub fn ended(&self, lease: Timestamp, is_ok: bool, jitter: u16, now: Timestamp) -> Self {
        let mut health = self.clone();
        if let Some(place) = health.calls.iter().position(|it| *it == lease) {
            health.calls.remove(place);
        }
        if is_ok {
            return Self { failures: 0, failing_since: None, closed_until: None, ..health };
        }
        health.failures = health.failures.saturating_add(1);
        health.failing_since = health.failing_since.or(Some(now));
        if let Some(more) = health.failures.checked_sub(FAILURES_TO_PROBE) {
            let wait = (MIN_PROBE_SECONDS << more.min(16)).min(MAX_PROBE_SECONDS);
            health.closed_until = Some(now.plus_millis(wait * (900 + i64::from(jitter) / 5)));
        }
        health
    }

    /// Whether every delivery has failed for three days.
    #[must_use]
    pub fn is_hopeless(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now >= since.plus_seconds(HOPELESS_SECONDS))
    }

    /// The health after an admin has enabled the endpoint again: it gets the benefit of the doubt.
    #[must_use]
    pub fn pardoned(&self) -> Self {
        Self { failures: 0, failing_since: None, closed_until: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn called(health: &Health, now: i64) -> (Health, Timestamp) {
        match health.begin(at(now)) {
            Begin::Call(health, lease) => (health, lease),
            refused => panic!("{refused:?}"),
        }
    }

    #[test]
    fn two_calls_run_at_once_and_a_dead_one_ends() {
        let (one, lease) = called(&Health::default(), 0);
        let (two, _) = called(&one, 1);
        assert_eq!(two.begin(at(2)), Begin::Busy);
        assert!(matches!(two.begin(at(30)), Begin::Call(..)), "the first one's worker died");
        assert!(matches!(two.ended(lease, true, 0, at(3)).begin(at(3)), Begin::Call(..)));
    }

    #[test]
    fn after_failures_it_is_probed_ever_more_rarely() {
        let mut health = Health::default();
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..15 {
            let (begun, lease) = called(&health, now);
            health = begun.ended(lease, false, 500, at(now));
            if let Begin::Closed { until } = health.begin(at(now)) {
                waits.push(until.seconds_from(at(now)));
                now += i64::from(until.seconds_from(at(now)));
                let (probing, _) = called(&health, now);
                assert_eq!(probing.begin(at(now)), Begin::Busy, "one probe at a time");
            }
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
        let (begun, lease) = called(&health, now);
        let well = begun.ended(lease, true, 0, at(now));
        assert_eq!(well, Health::default());
    }

    #[test]
    fn it_is_hopeless_after_three_days_of_nothing_but_failures() {
        let (begun, lease) = called(&Health::default(), 0);
        let failed = begun.ended(lease, false, 0, at(0));
        assert!(!failed.is_hopeless(at(3 * 86_400 - 1)));
        assert!(failed.is_hopeless(at(3 * 86_400)));
        assert!(!failed.pardoned().is_hopeless(at(3 * 86_400)));
    }
}
