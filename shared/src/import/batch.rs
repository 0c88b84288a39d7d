//! When the rows that were read are saved.

use crate::time::Timestamp;

/// A batch is saved when it has taken this long, so that an import's progress is at most 20 seconds
/// old even if its last read and its save are slow.
const BATCH_SECONDS: i64 = 10;
/// The maximum number of read requests to the table per batch.
const MAX_READS: usize = 500;
/// The maximum number of opt-outs per batch, which are written one by one.
const MAX_OPT_OUTS: usize = 200;
/// The most rejected rows of one batch, which are one item of the table.
const MAX_REJECTED: usize = 100;
/// No batch begins when less than this is left of a run: the rest is another run's.
const RESERVE_SECONDS: i64 = 20;

/// What one batch has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub begun_at: Timestamp,
    pub reads: usize,
    pub opt_outs: usize,
    pub rejected: usize,
}

impl Batch {
    #[must_use]
    pub fn begin(now: Timestamp) -> Self {
        Self { begun_at: now, reads: 0, opt_outs: 0, rejected: 0 }
    }

    /// Whether the rows so far are to be saved before another one is read.
    #[must_use]
    pub fn is_full(&self, now: Timestamp) -> bool {
        now >= self.begun_at.plus_seconds(BATCH_SECONDS)
            || self.reads >= MAX_READS
            || self.opt_outs >= MAX_OPT_OUTS
            || self.rejected >= MAX_REJECTED
    }

    /// Whether a run that ends at `deadline` has time for one more batch.
    #[must_use]
    pub fn fits(now: Timestamp, deadline: Timestamp) -> bool {
        now < deadline.plus_seconds(-RESERVE_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    /// Reads rows of `millis` each until the batch is full, and returns how long that took.
    fn read(millis: i64, reads: usize) -> i64 {
        let mut batch = Batch::begin(at(0));
        let mut now = at(0);
        while !batch.is_full(now) {
            batch.reads += reads;
            now = now.plus_millis(millis);
        }
        now.millis()
    }

    #[test]
    fn progress_is_saved_every_20_seconds_however_slow_the_rows_are() {
        for millis in [1, 5, 400, 3_000, 9_999] {
            for reads in [0, 1, 2] {
                assert!(read(millis, reads) < 20_000, "{millis} {reads}");
            }
        }
    }

    #[test]
    fn a_batch_is_bounded_by_what_it_asks_for() {
        let batch = Batch::begin(at(0));
        assert!(!batch.is_full(at(0)));
        assert!(Batch { reads: MAX_READS, ..batch }.is_full(at(0)));
        assert!(Batch { opt_outs: MAX_OPT_OUTS, ..batch }.is_full(at(0)));
        assert!(Batch { rejected: MAX_REJECTED, ..batch }.is_full(at(0)));
    }

    #[test]
    fn a_run_leaves_time_to_save() {
        assert!(Batch::fits(at(0), at(RESERVE_SECONDS + 1)));
        assert!(!Batch::fits(at(0), at(RESERVE_SECONDS)));
    }
}
