//! A sender's rate: virtual scheduling, counted in message parts.
//!
//! The bucket knows when the sender is free again. A chunk's turn is then, or now if that has
//! passed, and moves that time on by what the chunk takes. Turns are granted only a little ahead,
//! so that hours of them aren't given away before a pause or before another campaign of the sender
//! starts.

#[derive(Clone, Debug)]
pub struct Bucket {
    parts_per_second: f64,
    free_at: f64,
}

impl Bucket {
    #[must_use]
    pub fn new(parts_per_second: f64) -> Self {
        Self { parts_per_second, free_at: 0.0 }
    }

    /// The second of a turn for `parts` parts, or `None` if that would be more than `horizon`
    /// ahead.
    pub fn grant(&mut self, parts: f64, now: f64, horizon: f64) -> Option<f64> {
        let turn = self.free_at.max(now);
        if turn > now + horizon {
            return None;
        }
        self.free_at = turn + parts / self.parts_per_second;
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// For any requests, no more is granted between two turns than the rate allows, not
        /// counting the last turn's parts.
        #[test]
        fn a_bucket_never_exceeds_its_rate(
            rate in 1_u32..1_000,
            asks in prop::collection::vec((1_u32..300, 0_u32..90), 1..200),
        ) {
            let rate = f64::from(rate);
            let mut bucket = Bucket::new(rate);
            let (mut now, mut turns) = (0.0, Vec::new());
            for (parts, wait) in asks {
                now += f64::from(wait);
                if let Some(turn) = bucket.grant(f64::from(parts), now, 120.0) {
                    prop_assert!((now..=now + 120.0).contains(&turn));
                    turns.push((turn, f64::from(parts)));
                }
            }
            for first in 0..turns.len() {
                let mut granted = 0.0;
                for last in first..turns.len() {
                    let most = rate * (turns[last].0 - turns[first].0);
                    prop_assert!(granted <= most + 1e-6, "{granted} of {most}");
                    granted += turns[last].1;
                }
            }
        }
    }

    #[test]
    fn a_sender_that_rested_has_saved_nothing() {
        let mut bucket = Bucket::new(1.0);
        assert_eq!(bucket.grant(100.0, 10_000.0, 120.0), Some(10_000.0));
        assert_eq!(bucket.grant(100.0, 10_000.0, 120.0), Some(10_100.0));
        assert_eq!(bucket.grant(100.0, 10_000.0, 120.0), None);
        assert_eq!(bucket.grant(100.0, 10_080.0, 120.0), Some(10_200.0));
    }
}
