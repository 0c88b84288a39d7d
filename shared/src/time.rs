//! A time in UTC, to the millisecond, in a single text format.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A time in UTC with millisecond precision.
///
/// Its text format is RFC 3339 with three fractional digits and `Z`. The format has a fixed width,
/// so that texts sort like times, which sort keys rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Earlier than any other time.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Whole seconds since 1970, as the table's expiry times and signatures count them.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }

    #[must_use]
    pub fn datetime(self) -> DateTime<Utc> {
        self.0
    }

    /// This time moved by `delta`, or unchanged if that is out of the calendar's range.
    #[must_use]
    pub fn plus(self, delta: TimeDelta) -> Self {
        self.0.checked_add_signed(delta).map_or(self, Self)
    }

    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        self.plus(TimeDelta::milliseconds(millis))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus(TimeDelta::try_seconds(seconds).unwrap_or_default())
    }

    /// This time, or the first after `before` if that is later. Needed for writes that are
    /// conditional on the time of the previous one: two within a millisecond, or by different
    /// clocks, must differ.
    #[must_use]
    pub fn or_after(self, before: Self) -> Self {
        self.max(before.plus_millis(1))
    }

    /// This time, rounded up to a whole second.
    #[must_use]
    pub fn to_whole_seconds(self) -> Self {
        let millis = self.0.timestamp_subsec_millis();
        self.plus(TimeDelta::milliseconds(i64::from((1_000 - millis) % 1_000)))
    }

    /// The start of this time's day, in UTC.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        self.plus_millis(-self.millis().rem_euclid(86_400_000))
    }

    /// The duration from `earlier` until this time; negative if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }

    /// Whole seconds from `now` until this time, rounded up; 0 if it has passed.
    #[must_use]
    pub fn seconds_from(self, now: Self) -> u32 {
        let millis = self.since(now).num_milliseconds().max(0);
        u32::try_from(millis.saturating_add(999) / 1_000).unwrap_or(u32::MAX)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::from_millis(moment.timestamp_millis()).unwrap_or(Self(moment))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("must be an RFC 3339 time, such as 2026-11-23T09:00:00.000Z")]
pub struct InvalidTimestamp(#[source] chrono::ParseError);

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|moment| moment.with_timezone(&Utc).into())
            .map_err(InvalidTimestamp)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_never_share_a_moment() {
        let at = |millis| Timestamp::from_millis(millis).expect("in range");
        assert_eq!(at(5).or_after(at(5)), at(6));
        assert_eq!(at(5).or_after(at(7)), at(8));
        assert_eq!(at(9).or_after(at(5)), at(9));
    }

    #[test]
    fn texts_are_of_fixed_width_and_sort_as_moments_do() {
        let early: Timestamp = "2026-11-23T09:00:00Z".parse().expect("valid");
        let late: Timestamp = "2026-11-23T10:00:00.0409+00:00".parse().expect("valid");
        assert_eq!(early.to_string(), "2026-11-23T09:00:00.000Z");
        assert_eq!(late.to_string(), "2026-11-23T10:00:00.040Z");
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn offsets_become_utc() {
        let moment: Timestamp = "2026-11-23T09:00:00+02:00".parse().expect("valid");
        assert_eq!(moment.to_string(), "2026-11-23T07:00:00.000Z");
    }

    #[test]
    fn whole_seconds_are_never_earlier() {
        let at = |millis| Timestamp::from_millis(millis).expect("in range");
        for (moment, whole) in [(5_000, 5_000), (5_001, 6_000), (5_999, 6_000)] {
            assert_eq!(at(moment).to_whole_seconds(), at(whole));
        }
    }
}
