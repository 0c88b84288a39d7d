//! Estimating an audience from some of its shards.
//!
//! A shard is a random sample of the phones, so sums over shards that were read whole estimate those of
//! all shards. Contacts of one phone are in one shard, so the error is computed from the variance between
//! shards and not from the number of contacts.

use sha2::{Digest, Sha256};

use crate::audience::{Skipped, Totals};
use crate::shard::Shards;

/// Fewer shards say too little of the variance.
pub const MIN_SHARDS: usize = 4;
/// The contacts of how many recipients are shown.
pub const MAX_SAMPLES: usize = 20;
/// The quantile of the normal distribution for 95 %, in hundredths.
const QUANTILE: f64 = 1.96;

/// The sums of an audience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub totals: Totals,
    /// The recipients' number is within this distance with 95 % probability. None if every shard was
    /// read.
    pub error: Option<u64>,
}

impl Estimate {
    /// The sums of `shards` shards from those that were read whole; `None` if too few were.
    #[must_use]
    pub fn of(read: &[Totals], shards: Shards) -> Option<Self> {
        let shards = usize::from(shards.count());
        let mut sum = Totals::default();
        for totals in read {
            sum += *totals;
        }
        if read.len() >= shards {
            return Some(Self { totals: sum, error: None });
        }
        if read.len() < MIN_SHARDS {
            return None;
        }
        let scale = |count: u64| rounded(float(count) * ratio(shards, read.len()));
        let Skipped { no_phone, duplicate, unsubscribed, not_in_target, inactive, unrenderable } =
            sum.skipped;
        let totals = Totals {
            recipients: scale(sum.recipients),
            parts: scale(sum.parts),
            skipped: Skipped {
                no_phone: scale(no_phone),
                duplicate: scale(duplicate),
                unsubscribed: scale(unsubscribed),
                not_in_target: scale(not_in_target),
                inactive: scale(inactive),
                unrenderable: scale(unrenderable),
            },
        };
        Some(Self { totals, error: Some(error(read, shards)) })
    }
}

/// The shards in the order in which the preview of this name reads them. It depends on the name alone, so
/// that repeated estimates agree and different previews do not all read the same shards.
#[must_use]
pub fn order(shards: Shards, name: &str) -> Vec<u16> {
    let key = |shard: &u16| -> [u8; 32] {
        Sha256::new().chain_update(name).chain_update(shard.to_be_bytes()).finalize().into()
    };
    let mut shards: Vec<u16> = shards.all().collect();
    shards.sort_by_key(key);
    shards
}

/// Half of the 95 % interval of the recipients' sum, with the correction for a finite population.
fn error(read: &[Totals], shards: usize) -> u64 {
    let count = ratio(read.len(), 1);
    let mean = read.iter().map(|totals| float(totals.recipients)).sum::<f64>() / count;
    let squares = read.iter().map(|totals| (float(totals.recipients) - mean).powi(2));
    let variance = squares.sum::<f64>() / (count - 1.0);
    let unread = 1.0 - ratio(read.len(), shards);
    let all = ratio(shards, 1);
    rounded((QUANTILE * all * (variance * unread / count).sqrt()).ceil())
}

fn ratio(one: usize, other: usize) -> f64 {
    float(one as u64) / float(other as u64)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate is not exact")]
fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are not negative"
)]
fn rounded(count: f64) -> u64 {
    count.round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audience::SkipReason;

    fn shard(recipients: u64, skipped: u64) -> Totals {
        let mut totals = Totals { recipients, ..Totals::default() };
        for _ in 0..skipped {
            totals.skipped.add(SkipReason::NotInTarget);
        }
        totals
    }

    #[test]
    fn all_shards_are_exact_and_few_say_nothing() {
        let read = vec![shard(5, 1); 8];
        let exact = Estimate::of(&read, 8.into()).expect("exact");
        assert_eq!((exact.totals.recipients, exact.error), (40, None));
        assert_eq!(Estimate::of(&read[..3], 8.into()), None);
        let same = Estimate::of(&read[..4], 8.into()).expect("an estimate");
        assert_eq!((same.totals, same.error), (exact.totals, Some(0)));
        let spread = [shard(0, 1), shard(10, 1), shard(0, 1), shard(10, 1)];
        let spread = Estimate::of(&spread, 8.into()).expect("an estimate");
        assert_eq!(spread.totals.recipients, 40);
        // 1.96 × 8 × √(33.3 × (1 − 4/8) / 4)
        assert_eq!(spread.error, Some(33));
    }

    #[test]
    fn shards_are_read_in_an_order_of_the_previews_own() {
        let (one, other) = (order(32.into(), "a"), order(32.into(), "b"));
        assert_eq!(one, order(32.into(), "a"));
        assert_ne!(one, other);
        let mut sorted = one;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..32).collect::<Vec<u16>>());
    }

    proptest! {
        /// The interval holds the truth about as often as it says: here 16 of 32 shards whose contacts
        /// are random.
        #[test]
        fn the_truth_is_within_the_error(seed in any::<u64>()) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 33
            };
            let shards: Vec<Totals> = (0..32).map(|_| shard(900 + next() % 200, 0)).collect();
            let truth: u64 = shards.iter().map(|totals| totals.recipients).sum();
            let estimate = Estimate::of(&shards[..16], 32.into()).expect("an estimate");
            let off = estimate.totals.recipients.abs_diff(truth);
            // Three times the error is exceeded in one of ten million runs.
            prop_assert!(off <= 3 * estimate.error.expect("an error") + 1);
        }
    }
}
