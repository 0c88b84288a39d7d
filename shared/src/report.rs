//! Reports: the results of a campaign's messages.
//!
//! A poll reads every message anyway. It adds those of each shard to a [`Tally`] and merges the
//! tallies, in any order. The finished [`Report`] replaces the previous poll's, so nothing is
//! counted twice however often a poll runs. Its size is bounded, even for the largest campaign.

mod codes;
mod country;
mod delay;
mod series;
mod summary;
mod tally;

pub use codes::CodeCount;
pub use country::CountryCount;
pub use delay::Delays;
pub use series::{Interval, Moment, Series};
pub use summary::Summary;
pub use tally::{Period, Tally};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::message::{Counts, FailureReason};
use crate::price::{Amount, PriceList};

/// The maximum number of provider codes that a report lists.
pub const MAX_CODES: usize = 50;

/// The results of a campaign's messages, as one poll found them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    pub counts: Counts,
    /// Messages that the provider is known to have accepted, even if they failed afterwards.
    pub accepted: u64,
    /// Failed messages by reason. Their sum is that of the failed messages.
    pub reasons: BTreeMap<FailureReason, u64>,
    /// Failed messages by the provider's code, most frequent first.
    pub codes: Vec<CodeCount>,
    /// Failed messages with a code that is not listed.
    pub other_codes: u64,
    /// Messages by country, except for pending ones. Phones without a country are under `""`.
    pub countries: BTreeMap<String, CountryCount>,
    /// Accepted messages by their number of parts.
    pub part_counts: BTreeMap<u32, u64>,
    /// From the provider's acceptance to the delivery.
    pub delays: Delays,
    pub series: Series,
}

impl Report {
    /// The parts of accepted messages.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.part_counts.iter().map(|(parts, messages)| u64::from(*parts) * messages).sum()
    }

    /// The share of accepted messages that were delivered, if any were accepted.
    #[must_use]
    pub fn delivery_rate(&self) -> Option<f64> {
        rate(self.counts.delivered, self.accepted)
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        let accepted = |(country, count): (&String, &CountryCount)| {
            (country.clone(), (count.accepted, count.parts))
        };
        Summary {
            counts: self.counts,
            accepted: self.accepted,
            countries: self.countries.iter().map(accepted).collect(),
        }
    }
}

/// The price of accepted messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub price: Amount,
    /// Accepted messages to countries without a price.
    pub unpriced: u64,
}

impl Cost {
    /// The cost of `messages` accepted messages to a country, with this number of parts in all.
    fn add(&mut self, prices: &PriceList, country: &str, messages: u64, parts: u64) {
        match prices.part_in(country) {
            Some(part) => self.price = self.price.plus(part.times(parts)),
            None => self.unpriced += messages,
        }
    }
}

/// A share, if there is something to share.
#[must_use]
pub fn rate(part: u64, whole: u64) -> Option<f64> {
    // Precise enough for a percentage, and exact up to 2^53 messages.
    #[expect(clippy::cast_precision_loss)]
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests;
