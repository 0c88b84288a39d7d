//! How late a step may be before it is repaired.

use std::num::ParseIntError;
use std::str::FromStr;

use crate::time::Timestamp;

/// How late a step may be. After that it is taken for lost, and the sweep or the drain queues it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    seconds: u32,
}

impl Grace {
    #[must_use]
    pub const fn of_seconds(seconds: u32) -> Self {
        Self { seconds }
    }

    /// From when on a step that is due at `moment` counts as overdue.
    #[must_use]
    pub fn after(self, moment: Timestamp) -> Timestamp {
        moment.plus_seconds(self.seconds.into())
    }

    /// When a step was due that counts as overdue from `moment` on.
    #[must_use]
    pub fn before(self, moment: Timestamp) -> Timestamp {
        moment.plus_seconds(-i64::from(self.seconds))
    }

    #[must_use]
    pub fn doubled(self, times: u32) -> Self {
        Self { seconds: self.seconds.saturating_mul(1_u32.checked_shl(times).unwrap_or(u32::MAX)) }
    }

    #[must_use]
    pub fn halved(self) -> Self {
        Self { seconds: self.seconds / 2 }
    }
}

impl Default for Grace {
    fn default() -> Self {
        Self::of_seconds(120)
    }
}

impl FromStr for Grace {
    type Err = ParseIntError;

    /// Reads a number of seconds.
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self::of_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_ends_after_a_step_is_due() {
        let moment = Timestamp::from_millis(1_000_000).expect("in range");
        let grace: Grace = "60".parse().expect("a number");
        assert_eq!(grace.after(moment), moment.plus_seconds(60));
        assert_eq!(grace.before(grace.after(moment)), moment);
        assert_eq!(grace.doubled(2).halved(), Grace::of_seconds(120));
        assert_eq!(Grace::of_seconds(2).doubled(40), Grace::of_seconds(u32::MAX));
        assert!("-1".parse::<Grace>().is_err());
    }
}
