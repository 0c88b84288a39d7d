//! When a job reaches its queue, and when it is retried.

use crate::time::Timestamp;

/// How a job reaches its queue at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arming {
    /// With the queue's delay.
    Delay { seconds: u32 },
    /// With a one-time schedule, which is precise to the minute and can be deleted.
    Schedule,
}

impl Arming {
    /// Delays up to a minute use the queue.
    #[must_use]
    pub fn at(moment: Timestamp, now: Timestamp) -> Self {
        match moment.seconds_from(now) {
            seconds if seconds <= 60 => Self::Delay { seconds },
            _ => Self::Schedule,
        }
    }
}

/// The first back-off of a job that failed.
const MIN_RETRY_SECONDS: u32 = 5;
/// The visibility timeout of the queues of jobs: never wait longer than without a back-off.
const MAX_RETRY_SECONDS: u32 = 300;

/// The number of seconds after which a queue delivers a failed job again, given how often it has
/// been delivered.
#[must_use]
pub fn retry_seconds(receive_count: u32) -> u32 {
    let doublings = receive_count.saturating_sub(1).min(16);
    (MIN_RETRY_SECONDS << doublings).min(MAX_RETRY_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_delays_go_through_the_queue() {
        let now = Timestamp::from_millis(1_000_000).expect("in range");
        let check = |seconds, expected| {
            assert_eq!(Arming::at(now.plus_seconds(seconds), now), expected, "{seconds}");
        };
        check(-5, Arming::Delay { seconds: 0 });
        check(0, Arming::Delay { seconds: 0 });
        check(60, Arming::Delay { seconds: 60 });
        check(61, Arming::Schedule);
    }

    #[test]
    fn a_failed_job_is_retried_ever_later() {
        let waits: Vec<u32> = (0..10).map(retry_seconds).collect();
        assert_eq!(waits, [5, 5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(retry_seconds(u32::MAX), MAX_RETRY_SECONDS);
    }
}
