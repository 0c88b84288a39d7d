//! What a campaign would cost: recipients, parts, price and time.

use serde::{Deserialize, Serialize};

use crate::audience::Totals;
use crate::body::{Body, Format};
use crate::chunk::Chunk;
use crate::parts::Parts;
use crate::price::{Bill, PriceList};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The parts of the body as it was written. With merge fields, the count is that of the text with
    /// the most parts.
    pub parts: Parts,
    pub totals: Totals,
    /// The parts of all recipients. Unknown in a quote that the previous release kept, where each
    /// recipient has as many.
    #[serde(default)]
    parts_of_all: Option<u64>,
    /// The price of the recipients so far, if the organization has prices.
    pub bill: Bill,
}

impl Quote {
    #[must_use]
    pub fn new(body: &Body) -> Self {
        let written = body.parts_as_written();
        let count = match body.format() {
            Format::Text => written.count,
            Format::Template => 1,
        };
        let parts = Parts { count, ..written };
        Self { parts, totals: Totals::default(), parts_of_all: Some(0), bill: Bill::default() }
    }

    /// Adds the next chunk of a shard, whose totals include those of the earlier chunks.
    pub fn add(&mut self, body: &Body, prices: Option<&PriceList>, chunk: &Chunk) {
        self.totals = chunk.totals;
        let counts = chunk.recipients.iter().map(|recipient| body.parts_for(recipient));
        self.parts.count = counts.fold(self.parts.count, u32::max);
        self.parts_of_all = self.parts_of_all.map(|sum| sum + body.parts_of_all(&chunk.recipients));
        let Some(prices) = prices else {
            return;
        };
        for recipient in &chunk.recipients {
            if let Some(phone) = recipient.phone() {
                self.bill.add(prices, phone, body.parts_for(recipient));
            }
        }
    }

    /// The combined quote of two shards.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.totals += other.totals;
        self.parts.count = self.parts.count.max(other.parts.count);
        self.parts_of_all = self.parts_of_all.zip(other.parts_of_all).map(|(one, two)| one + two);
        self.bill = self.bill.plus(other.bill);
        self
    }

    #[must_use]
    pub fn total_parts(&self) -> u64 {
        let uniform = || self.totals.recipients * u64::from(self.parts.count);
        self.parts_of_all.unwrap_or_else(uniform)
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
    use crate::recipient::Recipient;

    #[test]
    fn shards_add_up() {
        let prices = BTreeMap::from([("US".to_owned(), "0.01".to_owned())]);
        let prices = PriceList::read("USD", &prices).expect("valid");
        let chunk = |number: u32, recipients: u64| Chunk {
            number,
            recipients: vec![Recipient::of_phone(
                Phone::from_e164("+14155550123").expect("a phone"),
            )],
            through: None,
            skipped: Vec::new(),
            totals: Totals { recipients, ..Totals::default() },
            ends: number == 1,
        };
        let body = Body::from("a".repeat(200));
        let mut shard = Quote::new(&body);
        shard.add(&body, Some(&prices), &chunk(0, 1));
        shard.add(&body, Some(&prices), &chunk(1, 2));
        let both = shard.plus(&shard);
        assert_eq!((both.totals.recipients, both.total_parts()), (4, 8));
        assert_eq!(both.bill.price.to_string(), "0.08");
        assert_eq!((both.seconds(3), both.seconds(0)), (3, 8));
        let mut kept = serde_json::to_value(both).expect("JSON");
        assert!(kept.as_object_mut().expect("a map").remove("parts_of_all").is_some());
        let kept: Quote = serde_json::from_value(kept).expect("a quote of the previous release");
        assert_eq!(kept.total_parts(), 8);
    }
}
