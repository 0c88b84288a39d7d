//! Waiting before what a request left undone is asked for again.
//!
//! The SDK repeats whole requests by itself; a batch whose parts were throttled succeeds as a
//! request, so its parts are repeated here.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// Growing waits with jitter, together at most about three seconds.
pub(super) fn waits() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_secs(1))
        .with_max_times(7)
        .with_jitter()
        .build()
}
