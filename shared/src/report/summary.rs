//! The part of a report that an organization's report is summed from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cost, Report};
use crate::message::Counts;
use crate::price::PriceList;

/// Sums over messages, of one campaign or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    pub counts: Counts,
    pub accepted: u64,
    /// The number of accepted messages and their parts, by country.
    pub countries: BTreeMap<String, (u64, u64)>,
}

impl Summary {
    /// The parts of accepted messages.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.countries.values().map(|(_, parts)| parts).sum()
    }

    pub fn add(&mut self, other: &Self) {
        self.counts = self.counts.merged(other.counts);
        self.accepted += other.accepted;
        for (country, (messages, parts)) in &other.countries {
            let known = self.countries.entry(country.clone()).or_default();
            *known = (known.0 + messages, known.1 + parts);
        }
    }

    #[must_use]
    pub fn cost(&self, prices: &PriceList) -> Cost {
        let mut cost = Cost::default();
        for (country, (messages, parts)) in &self.countries {
            cost.add(prices, country, *messages, *parts);
        }
        cost
    }
}

impl Report {
    #[must_use]
    pub fn cost(&self, prices: &PriceList) -> Cost {
        self.summary().cost(prices)
    }
}
