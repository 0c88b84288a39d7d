//! What an on-demand table can serve per second, and how that grows.
//!
//! AWS promises twice the previous peak; a new peak counts after half an hour. In fact tables often
//! grow sooner, so this is on the safe side.

use crate::quotas::GROWTH_SECONDS;

#[derive(Clone, Debug)]
pub struct Growth {
    former_peak: f64,
    peak: f64,
    quota: f64,
    window_ends: u32,
}

impl Growth {
    /// A table that initially serves `warm` units per second, and never more than `quota`.
    #[must_use]
    pub fn new(warm: f64, quota: f64) -> Self {
        Self { former_peak: warm / 2.0, peak: 0.0, quota, window_ends: GROWTH_SECONDS }
    }

    /// Units per second that the table can serve now.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        (self.former_peak * 2.0).min(self.quota)
    }

    /// Records what was served in second `now`.
    pub fn note(&mut self, served: f64, now: u32) {
        self.peak = self.peak.max(served);
        if now + 1 >= self.window_ends {
            self.former_peak = self.former_peak.max(self.peak);
            self.peak = 0.0;
            self.window_ends = now + 1 + GROWTH_SECONDS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotas::{TABLE_UNITS, WRITES_AT_BIRTH};

    #[test]
    fn a_table_at_most_doubles_its_peak_in_half_an_hour() {
        let mut growth = Growth::new(WRITES_AT_BIRTH, TABLE_UNITS);
        let mut capacities = Vec::new();
        for now in 0..5 * GROWTH_SECONDS {
            if now % GROWTH_SECONDS == 0 {
                capacities.push(growth.capacity());
            }
            growth.note(growth.capacity(), now);
        }
        assert_eq!(capacities, [4_000.0, 8_000.0, 16_000.0, 32_000.0, 40_000.0]);
    }

    #[test]
    fn a_table_that_rests_keeps_what_it_reached_and_gains_nothing() {
        let mut growth = Growth::new(WRITES_AT_BIRTH, TABLE_UNITS);
        for now in 0..GROWTH_SECONDS {
            growth.note(3_000.0, now);
        }
        for now in GROWTH_SECONDS..10 * GROWTH_SECONDS {
            growth.note(1.0, now);
        }
        assert!((growth.capacity() - 6_000.0).abs() < f64::EPSILON);
    }
}
