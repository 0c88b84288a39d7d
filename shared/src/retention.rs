//! How long texts are kept.

use std::num::ParseIntError;
use std::str::FromStr;

use crate::time::Timestamp;

const SECONDS_A_DAY: i64 = 86_400;

/// How long texts of one kind are kept: those from people, or those to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    days: u32,
}

impl Retention {
    /// When something that was received or written at `at` is removed, in seconds since 1970.
    #[must_use]
    pub fn ends_at(self, at: Timestamp) -> i64 {
        at.plus_seconds(self.seconds()).unix_seconds()
    }

    /// Since when everything is still there at `now`.
    #[must_use]
    pub fn since(self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-self.seconds())
    }

    fn seconds(self) -> i64 {
        i64::from(self.days) * SECONDS_A_DAY
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 400 }
    }
}

impl FromStr for Retention {
    type Err = ParseIntError;

    fn from_str(days: &str) -> Result<Self, Self::Err> {
        days.parse().map(|days| Self { days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_receipt() {
        let two: Retention = "2".parse().expect("days");
        let at = Timestamp::EPOCH.plus_seconds(1_000);
        assert_eq!(two.ends_at(at), 1_000 + 2 * 86_400);
        assert_eq!(two.since(at.plus_seconds(2 * 86_400)), at);
        assert!("x".parse::<Retention>().is_err());
    }
}
