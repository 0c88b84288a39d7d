//! How long deliveries took: a histogram for percentiles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Each doubling of the delay has this number of buckets, so a percentile is at most a sixteenth
/// too high.
const STEPS: u64 = 16;
const STEP_BITS: u32 = STEPS.ilog2();

/// The number of delays by bucket. Delays below [`STEPS`] milliseconds have a bucket each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delays(BTreeMap<u32, u64>);

fn bucket(millis: u64) -> u32 {
    if millis < STEPS {
        return u32::try_from(millis).unwrap_or_default();
    }
    let doublings = millis.ilog2() - STEP_BITS;
    let step = u32::try_from((millis >> doublings) % STEPS).unwrap_or_default();
    (doublings + 1) << STEP_BITS | step
}

/// The longest delay of a bucket.
fn longest(bucket: u32) -> u64 {
    let (group, step) = (bucket >> STEP_BITS, u64::from(bucket) % STEPS);
    match group.checked_sub(1) {
        None => step,
        Some(doublings) => {
            let end = u128::from(STEPS + step + 1) << doublings;
            u64::try_from(end - 1).unwrap_or(u64::MAX)
        }
    }
}

impl Delays {
    pub fn add(&mut self, millis: u64) {
        *self.0.entry(bucket(millis)).or_default() += 1;
    }

    pub fn merge(&mut self, other: Self) {
        for (bucket, count) in other.0 {
            *self.0.entry(bucket).or_default() += count;
        }
    }

    /// The number of delays.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The delay, in milliseconds, that this percentage of all delays does not exceed. It is
    /// rounded up to its bucket's longest. `None` if there are no delays.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let mut buckets = self.0.iter();
        let found = buckets.find(|(_, count)| {
            seen += *count;
            seen >= rank
        });
        found.map(|(bucket, _)| longest(*bucket))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_follow_each_other() {
        for number in 0..800 {
            let end = longest(number);
            assert_eq!(bucket(end), number);
            assert_eq!(bucket(end + 1), number + 1);
        }
        assert_eq!(longest(bucket(u64::MAX)), u64::MAX);
    }

    proptest! {
        #[test]
        fn a_percentile_is_a_sixteenth_too_high_at_most(
            mut delays in proptest::collection::vec(0..10_000_000_u64, 1..200),
            percent in 1..=100_u64,
        ) {
            let mut histogram = Delays::default();
            for delay in &delays {
                histogram.add(*delay);
            }
            delays.sort_unstable();
            let rank = (delays.len() * usize::try_from(percent).expect("small")).div_ceil(100);
            let exact = delays[rank - 1];
            let told = histogram.percentile(percent).expect("delays");
            prop_assert!(exact <= told && told <= exact + exact / STEPS, "{exact} {told}");
        }
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(Delays::default().percentile(50), None);
    }
}
