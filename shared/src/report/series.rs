//! Messages over time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::time::Timestamp;

/// The maximum number of intervals from the first message to the last. Beyond it, they widen.
const MAX_BUCKETS: i64 = 240;

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    #[default]
    Minute,
    Hour,
    Day,
}

impl Interval {
    /// The longest time, in milliseconds, that a series can span.
    pub(super) const MAX_SPAN: i64 = (MAX_BUCKETS - 1) * Self::Day.millis();

    const fn millis(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    fn wider(self) -> Option<Self> {
        match self {
            Self::Minute => Some(Self::Hour),
            Self::Hour => Some(Self::Day),
            Self::Day => None,
        }
    }
}

/// The messages of one interval. It is stored as a list, because a report has many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "[u64; 3]", from = "[u64; 3]")]
pub struct Moment {
    /// Messages that the provider accepted in it.
    pub sent: u64,
    pub delivered: u64,
    pub failed: u64,
}

impl From<Moment> for [u64; 3] {
    fn from(Moment { sent, delivered, failed }: Moment) -> Self {
        [sent, delivered, failed]
    }
}

impl From<[u64; 3]> for Moment {
    fn from([sent, delivered, failed]: [u64; 3]) -> Self {
        Self { sent, delivered, failed }
    }
}

impl Moment {
    fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
        }
    }
}

/// Messages by interval, in UTC. The interval is the shortest that fits all of them, so it depends only
/// on what was added, not on the order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    interval: Interval,
    /// By the number of intervals since 1970. Empty ones are left out.
    moments: BTreeMap<i64, Moment>,
}

impl Series {
    pub(super) fn add(&mut self, at: Timestamp, moment: Moment) {
        self.add_to(at.millis().div_euclid(self.interval.millis()), moment);
        self.widen_to_fit();
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        let interval = self.interval.max(other.interval);
        self.widen_to(interval);
        other.widen_to(interval);
        for (number, moment) in other.moments {
            self.add_to(number, moment);
        }
        self.widen_to_fit();
    }

    fn add_to(&mut self, number: i64, moment: Moment) {
        let known = self.moments.entry(number).or_default();
        *known = known.plus(moment);
    }

    fn widen_to_fit(&mut self) {
        while self.buckets() > MAX_BUCKETS
            && let Some(wider) = self.interval.wider()
        {
            self.widen_to(wider);
        }
    }

    /// The number of intervals from the first to the last.
    fn buckets(&self) -> i64 {
        let (first, last) = (self.moments.first_key_value(), self.moments.last_key_value());
        first.zip(last).map_or(0, |((first, _), (last, _))| last - first + 1)
    }

    fn widen_to(&mut self, interval: Interval) {
        if interval == self.interval {
            return;
        }
        let factor = interval.millis() / self.interval.millis();
        self.interval = interval;
        for (number, moment) in std::mem::take(&mut self.moments) {
            self.add_to(number.div_euclid(factor), moment);
        }
    }

    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The beginning of each interval with messages, in order.
    pub fn moments(&self) -> impl Iterator<Item = (Timestamp, Moment)> {
        let millis = self.interval.millis();
        self.moments.iter().map(move |(number, moment)| {
            (Timestamp::from_millis(number * millis).unwrap_or(Timestamp::EPOCH), *moment)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SENT: Moment = Moment { sent: 1, delivered: 0, failed: 0 };

    fn series(minutes: &[i64]) -> Series {
        let mut series = Series::default();
        for minute in minutes {
            series.add(Timestamp::EPOCH.plus_seconds(minute * 60), SENT);
        }
        series
    }

    #[test]
    fn intervals_widen_when_they_are_too_many() {
        for (last, interval) in [
            (239, Interval::Minute),
            (240, Interval::Hour),
            (240 * 60 - 1, Interval::Hour),
            (240 * 60, Interval::Day),
            (239 * 24 * 60, Interval::Day),
        ] {
            let series = series(&[0, last]);
            assert_eq!(series.interval(), interval, "{last}");
            assert_eq!(series.moments().count(), 2, "{last}");
        }
        let starts: Vec<i64> =
            series(&[61, 119, 300]).moments().map(|(at, _)| at.millis()).collect();
        assert_eq!(starts, [3_660_000, 7_140_000, 18_000_000]);
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(
            mut minutes in proptest::collection::vec(0..400_000_i64, 0..40),
            cut in 0..40_usize,
        ) {
            let whole = series(&minutes);
            let (one, other) = minutes.split_at(cut.min(minutes.len()));
            let mut merged = series(other);
            merged.merge(series(one));
            prop_assert_eq!(&merged, &whole);
            prop_assert!(merged.buckets() <= MAX_BUCKETS || merged.interval() == Interval::Day);
            prop_assert_eq!(merged.moments().map(|(_, it)| it.sent).sum::<u64>(), minutes.len() as u64);
            minutes.sort_unstable();
            prop_assert_eq!(series(&minutes), whole);
        }
    }
}
