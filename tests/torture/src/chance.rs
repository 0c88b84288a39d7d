//! Randomness that comes from a seed, so that it is the same in each run.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance for one purpose of a seed, independent of the seed's other purposes.
    #[must_use]
    pub fn of(seed: u64, matter: &str) -> Self {
        // FNV-1a. The mixing then spreads its bits.
        let hash = matter.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(seed) ^ hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Returns `true` with a probability of `per_mille` / 1,000.
    pub fn hits(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// Picks one item of a slice that must not be empty.
    pub fn of_these<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(these.len() as u64)).unwrap_or_default();
        &these[place]
    }
}

/// The finalizer of `SplitMix64`.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, matter: &str) -> Vec<u64> {
        let mut chance = Chance::of(seed, matter);
        (0..1_000).map(|_| chance.below(10)).collect()
    }

    #[test]
    fn a_seed_decides_and_spreads() {
        assert_eq!(draws(1, "a"), draws(1, "a"));
        assert_ne!(draws(1, "a"), draws(2, "a"));
        assert_ne!(draws(1, "a"), draws(1, "b"));
        let sevens = draws(1, "a").into_iter().filter(|draw| *draw == 7).count();
        assert!((60..140).contains(&sevens), "{sevens}");
    }
}
