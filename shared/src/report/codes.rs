//! Failed messages by the provider's code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::MAX_CODES;
use crate::message::FailureReason;

/// The maximum number of codes that are distinguished while messages are counted. No provider has as
/// many.
const MAX_DISTINCT: usize = 2_000;
/// A longer code is not listed.
const MAX_CODE_BYTES: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCount {
    pub code: String,
    pub reason: FailureReason,
    pub messages: u64,
}

/// All codes so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Codes {
    listed: BTreeMap<(String, FailureReason), u64>,
    other: u64,
}

impl Codes {
    pub(super) fn add(&mut self, code: &str, reason: FailureReason) {
        self.add_many((code.to_owned(), reason), 1);
    }

    fn add_many(&mut self, key: (String, FailureReason), messages: u64) {
        let is_full = self.listed.len() >= MAX_DISTINCT && !self.listed.contains_key(&key);
        if is_full || key.0.len() > MAX_CODE_BYTES {
            self.other += messages;
        } else {
            *self.listed.entry(key).or_default() += messages;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.other += other.other;
        for (key, messages) in other.listed {
            self.add_many(key, messages);
        }
    }

    /// The most frequent codes, and the number of messages with other ones.
    pub(super) fn most_frequent(self) -> (Vec<CodeCount>, u64) {
        let count = |((code, reason), messages)| CodeCount { code, reason, messages };
        let mut codes: Vec<CodeCount> = self.listed.into_iter().map(count).collect();
        // Stable, so that equally frequent codes stay in their order.
        codes.sort_by_key(|code| std::cmp::Reverse(code.messages));
        let rest = codes.split_off(codes.len().min(MAX_CODES));
        let other = rest.iter().map(|code| code.messages).sum::<u64>();
        (codes, self.other + other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_codes_are_counted_together() {
        let mut codes = Codes::default();
        for code in 0..60 {
            for _ in 0..=code {
                codes.add(&code.to_string(), FailureReason::Other);
            }
        }
        codes.add(&"7".repeat(65), FailureReason::Other);
        let (listed, other) = codes.most_frequent();
        assert_eq!(listed.len(), MAX_CODES);
        assert_eq!((listed[0].code.as_str(), listed[0].messages), ("59", 60));
        assert_eq!((listed[49].code.as_str(), listed[49].messages), ("10", 11));
        assert_eq!(other, (1..=10).sum::<u64>() + 1);
    }
}
