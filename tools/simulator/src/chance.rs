//! Randomness that depends only on a seed and a number, regardless of the order of requests.

/// What a message's randomness is used for.
#[derive(Clone, Copy)]
pub(crate) enum About {
    Undelivered = 1,
    Code,
    Twice,
    OutOfOrder,
    Early,
    FirstDelay,
    NextDelay,
}

/// The randomness of one message: the `nth` to `to`.
#[derive(Clone, Copy)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64, to: &str, nth: usize) -> Self {
        // FNV-1a over the number. The mixing below then spreads its bits.
        let hash = to.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(hash ^ mix(seed) ^ mix(nth as u64 + 1)))
    }

    /// A number from 0 to below 1. The same use always gets the same number.
    pub(crate) fn roll(self, about: About) -> f64 {
        let bits = mix(self.0 ^ mix(about as u64)) >> 32;
        f64::from(u32::try_from(bits).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }

    pub(crate) fn hits(self, about: About, rate: f64) -> bool {
        self.roll(about) < rate
    }
}

/// The finalizer of `SplitMix64`.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_hits_its_share_and_the_same_ones_again() {
        let hit = |seed| {
            (0..10_000)
                .filter(|n| {
                    Chance::new(seed, &format!("+1415355{n:04}"), 0).hits(About::Twice, 0.1)
                })
                .collect::<Vec<_>>()
        };
        let first = hit(1);
        assert!((900..1_100).contains(&first.len()), "{}", first.len());
        assert_eq!(first, hit(1));
        assert_ne!(first, hit(2));
    }
}
