//! Waiting before a request, or the part of one that was not done, is tried again.
//!
//! The SDK retries whole requests by itself. A batch of which parts were throttled, or failed within
//! the service, succeeds as a request, and a write that lost its race is not an error, so both are
//! retried here.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long to keep trying.
#[derive(Clone, Copy, Debug)]
pub(in crate::table) enum Patience {
    /// About two seconds, where the caller's job comes again and loses nothing.
    Short,
    /// About twenty seconds, as a full partition may take to have room, for what is known to this
    /// process alone. A function has time for a few of them.
    Long,
    /// About ten seconds, for a write on an item that many writers change at once. The waits stay
    /// short: each race has a winner, so the number of competitors soon falls.
    Race,
}

/// Growing waits with jitter.
pub(in crate::table) fn waits(patience: Patience) -> impl Iterator<Item = Duration> {
    let (times, longest) = match patience {
        Patience::Short => (7, Duration::from_secs(1)),
        Patience::Long => (22, Duration::from_secs(1)),
        Patience::Race => (30, Duration::from_millis(250)),
    };
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(longest)
        .with_max_times(times)
        .with_jitter()
        .build()
}
