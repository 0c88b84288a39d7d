//! What a campaign would cost: recipients, parts, price and time.

use serde::{Deserialize, Serialize};

use crate::audience::Totals;
use crate::chunk::Chunk;
use crate::parts::Parts;
use crate::price::{Bill, PriceList};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub parts: Parts,
    pub totals: Totals,
    /// The price of the recipients so far, if the organization has prices.
    pub bill: Bill,
}

impl Quote {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self { parts, totals: Totals::default(), bill: Bill::default() }
    }

    /// Adds the next chunk of a shard, whose totals include those of the earlier chunks.
    pub fn add(&mut self, prices: Option<&PriceList>, chunk: &Chunk) {
        self.totals = chunk.totals;
        let Some(prices) = prices else {
            return;
        };
        for phone in &chunk.recipients {
            self.bill.add(prices, phone, self.parts.count);
        }
    }

    /// The combined quote of two shards.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.totals += other.totals;
        self.bill = self.bill.plus(other.bill);
        self
    }

    #[must_use]
    pub fn total_parts(&self) -> u64 {
        self.totals.recipients * u64::from(self.parts.count)
    }

    /// How long the sender takes for all parts, in whole seconds.
    #[must_use]
    pub fn seconds(&self, parts_per_second: u32) -> u32 {
        let seconds = self.total_parts().div_ceil(u64::from(parts_per_second.max(1)));
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::phone::Phone;

    #[test]
    fn shards_add_up() {
        let prices = BTreeMap::from([("US".to_owned(), "0.01".to_owned())]);
        let prices = PriceList::read("USD", &prices).expect("valid");
        let chunk = |number: u32, recipients: u64| Chunk {
            number,
            recipients: vec![Phone::from_e164("+14155550123").expect("a phone")],
            through: None,
            totals: Totals { recipients, ..Totals::default() },
            ends: number == 1,
        };
        let mut shard = Quote::new(Parts::of(&"a".repeat(200)));
        shard.add(Some(&prices), &chunk(0, 1));
        shard.add(Some(&prices), &chunk(1, 2));
        let both = shard.plus(&shard);
        assert_eq!((both.totals.recipients, both.total_parts()), (4, 8));
        assert_eq!(both.bill.price.to_string(), "0.08");
        assert_eq!((both.seconds(3), both.seconds(0)), (3, 8));
    }
}
