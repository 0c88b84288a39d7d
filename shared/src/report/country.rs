//! Messages by country.

use serde::{Deserialize, Serialize};

/// The messages to one country, except for pending ones. It is stored as a list, because a report
/// may have hundreds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "[u64; 6]", from = "[u64; 6]")]
pub struct CountryCount {
    pub sent: u64,
    pub delivered: u64,
    pub failed: u64,
    pub unknown: u64,
    pub accepted: u64,
    /// The parts of accepted messages.
    pub parts: u64,
}

impl CountryCount {
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
            unknown: self.unknown + other.unknown,
            accepted: self.accepted + other.accepted,
            parts: self.parts + other.parts,
        }
    }
}

impl From<CountryCount> for [u64; 6] {
    fn from(count: CountryCount) -> Self {
        let CountryCount { sent, delivered, failed, unknown, accepted, parts } = count;
        [sent, delivered, failed, unknown, accepted, parts]
    }
}

impl From<[u64; 6]> for CountryCount {
    fn from([sent, delivered, failed, unknown, accepted, parts]: [u64; 6]) -> Self {
        Self { sent, delivered, failed, unknown, accepted, parts }
    }
}
