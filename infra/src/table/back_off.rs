//! Waiting before what a request left undone is asked for again.
//!
//! The SDK repeats whole requests by itself; a batch of which parts were throttled, or failed within
//! the service, succeeds as a request, so those parts are repeated here.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long what was not done is asked for again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// About two seconds, where the caller's job comes again and loses nothing.
    Short,
    /// About twenty seconds, as a full partition may take to have room, for what is known to this
    /// process alone. A function has time for a few of them.
    Long,
}

/// Growing waits with jitter.
pub(super) fn waits(patience: Patience) -> impl Iterator<Item = Duration> {
    let times = match patience {
        Patience::Short => 7,
        Patience::Long => 22,
    };
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_secs(1))
        .with_max_times(times)
        .with_jitter()
        .build()
}
