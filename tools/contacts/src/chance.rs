//! A small generator of numbers that look random but are the same in every run.

use crate::phones::Country;

/// `SplitMix64`.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let value = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let value = self.next() % bound as u64;
        usize::try_from(value).unwrap_or_default()
    }

    /// Whether something happens that does so in `percent` of cases.
    pub(crate) fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"0123456789"[self.below(10)])).collect()
    }

    pub(crate) fn country(&mut self) -> Country {
        match self.below(100) {
            0..86 => Country::Us,
            86..92 => Country::Gb,
            92..96 => Country::Fr,
            _ => Country::De,
        }
    }
}
