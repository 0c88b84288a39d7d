//! Event-source mappings: how many functions a queue's messages run at once.

use crate::quotas::{
    MAPPING_GROWTH, MAPPING_START, MAX_MAPPING_CONCURRENCY, MAX_POLLERS_CONCURRENCY,
    POLLER_CONCURRENCY, POLLERS_GROWTH,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// As a mapping is by default, with `MaximumConcurrency` if that is set.
    Standard { most: Option<f64> },
    /// With pollers that are paid for, whether or not there is anything to read.
    Provisioned { least: f64, most: f64 },
}

#[derive(Clone, Debug)]
pub struct Mapping {
    mode: Mode,
    concurrency: f64,
}

impl Mapping {
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self { concurrency: mode.start(), mode }
    }

    /// Functions that may run at once in this second.
    #[must_use]
    pub fn concurrency(&self) -> f64 {
        self.concurrency
    }

    /// Whether the mapping is at its most, so that waiting does not help.
    #[must_use]
    pub fn is_at_most(&self) -> bool {
        self.concurrency >= self.mode.most()
    }

    /// The most functions that it ever runs at once.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.mode.most()
    }

    /// Ends a second, in which messages were left on the queue or not.
    pub fn after(&mut self, were_left: bool) {
        let growth = if were_left { self.mode.growth() } else { -self.mode.growth() };
        self.concurrency = (self.concurrency + growth).clamp(self.mode.start(), self.mode.most());
    }
}

impl Mode {
    fn start(self) -> f64 {
        match self {
            Self::Standard { .. } => MAPPING_START.min(self.most()),
            Self::Provisioned { least, .. } => least * POLLER_CONCURRENCY,
        }
    }

    fn growth(self) -> f64 {
        match self {
            Self::Standard { .. } => MAPPING_GROWTH,
            Self::Provisioned { .. } => POLLERS_GROWTH,
        }
    }

    fn most(self) -> f64 {
        match self {
            Self::Standard { most } => most.unwrap_or(MAX_MAPPING_CONCURRENCY),
            Self::Provisioned { most, .. } => {
                (most * POLLER_CONCURRENCY).min(MAX_POLLERS_CONCURRENCY)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(mode: Mode, seconds: u32) -> f64 {
        let mut mapping = Mapping::new(mode);
        (0..seconds).for_each(|_| mapping.after(true));
        mapping.concurrency()
    }

    fn assert_is(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn a_mapping_starts_with_five_and_adds_300_a_minute() {
        let mode = Mode::Standard { most: None };
        assert_is(after(mode, 0), 5.0);
        assert_is(after(mode, 60), 305.0);
        assert_is(after(mode, 120), 605.0);
        assert_is(after(mode, 3_600), 1_250.0);
    }

    #[test]
    fn a_maximum_is_kept_and_an_empty_queue_lets_go() {
        let mut mapping = Mapping::new(Mode::Standard { most: Some(10.0) });
        (0..3_600).for_each(|_| mapping.after(true));
        assert_is(mapping.concurrency(), 10.0);
        assert!(mapping.is_at_most());
        (0..3_600).for_each(|_| mapping.after(false));
        assert_is(mapping.concurrency(), 5.0);
    }

    #[test]
    fn provisioned_pollers_are_there_at_once_and_add_1000_a_minute() {
        let mode = Mode::Provisioned { least: 20.0, most: 400.0 };
        assert_is(after(mode, 0), 200.0);
        assert_is(after(mode, 60), 1_200.0);
        assert_is(after(mode, 3_600), 4_000.0);
    }
}
