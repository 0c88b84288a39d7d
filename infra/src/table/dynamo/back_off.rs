//! Waits before a request, or the part of it that was not executed, is retried.
//!
//! The SDK retries whole requests. A batch whose parts were throttled or failed succeeds as a
//! request, and a write that lost its race is not an error, so both are retried here.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long to keep trying.
#[derive(Clone, Copy, Debug)]
pub(in crate::table) enum Patience {
    /// About two seconds, if the caller's job is retried without a loss.
    Short,
    /// About twenty seconds, which a full partition may need, for results that only this process
    /// knows. A function has time for a few of these.
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
