//! The circuit breaker: a campaign of whose messages too many fail is paused before more are lost.
//!
//! It judges a window of the newest messages: a chunk as far as it was handed over, or what receipts told
//! between two polls. Failures that lie with single numbers do not count; what counts is a sign
//! that the text, the sender or the list is wrong for everybody. A person looks and resumes, and
//! the next window begins anew.

use serde::{Deserialize, Serialize};

use crate::campaign::Reason;
use crate::message::FailureReason;

/// What the messages of a window came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// All whose fate was learnt.
    pub learnt: u32,
    /// Filtered by a carrier or the provider.
    pub filtered: u32,
    /// To people who the provider says have opted out.
    pub opted_out: u32,
    /// Failed for reasons of the provider's own.
    pub provider_failed: u32,
}

/// Fewer messages than this prove nothing.
const LEARNT_LEAST: u32 = 50;
const FILTERED_PERCENT: u32 = 30;
const OPTED_OUT_PERCENT: u32 = 30;
const PROVIDER_FAILED_PERCENT: u32 = 60;

impl Window {
    /// Counts a message of which the provider has said that it failed for `failure`, or that not.
    pub fn add(&mut self, failure: Option<FailureReason>) {
        self.learnt += 1;
        match failure {
            Some(FailureReason::Filtered) => self.filtered += 1,
            Some(FailureReason::Unsubscribed) => self.opted_out += 1,
            Some(FailureReason::ProviderError) => self.provider_failed += 1,
            Some(
                FailureReason::InvalidNumber
                | FailureReason::Unreachable
                | FailureReason::Expired
                | FailureReason::Stopped
                | FailureReason::Canceled
                | FailureReason::Other,
            )
            | None => {}
        }
    }

    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            learnt: self.learnt + other.learnt,
            filtered: self.filtered + other.filtered,
            opted_out: self.opted_out + other.opted_out,
            provider_failed: self.provider_failed + other.provider_failed,
        }
    }

    /// Why the campaign is to be paused, if it is.
    #[must_use]
    pub fn trips(&self) -> Option<Reason> {
        if self.learnt < LEARNT_LEAST {
            return None;
        }
        let reaches = |count: u32, percent: u32| {
            u64::from(count) * 100 >= u64::from(self.learnt) * u64::from(percent)
        };
        if reaches(self.filtered, FILTERED_PERCENT) {
            Some(Reason::MessagesFiltered)
        } else if reaches(self.opted_out, OPTED_OUT_PERCENT) {
            Some(Reason::RecipientsOptedOut)
        } else if reaches(self.provider_failed, PROVIDER_FAILED_PERCENT) {
            Some(Reason::ProviderFailing)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(learnt: u32, failures: &[(FailureReason, u32)]) -> Window {
        let mut window = Window::default();
        let failed =
            failures.iter().flat_map(|(reason, count)| vec![Some(*reason); *count as usize]);
        let fine = std::iter::repeat(None);
        failed.chain(fine).take(learnt as usize).for_each(|failure| window.add(failure));
        window
    }

    #[test]
    fn it_trips_on_what_concerns_everybody() {
        use FailureReason::{Filtered, InvalidNumber, ProviderError, Unreachable, Unsubscribed};
        for (learnt, failures, expected) in [
            (100, vec![], None),
            (49, vec![(Filtered, 49)], None),
            (50, vec![(Filtered, 15)], Some(Reason::MessagesFiltered)),
            (100, vec![(Filtered, 29)], None),
            (100, vec![(Unsubscribed, 30)], Some(Reason::RecipientsOptedOut)),
            (100, vec![(ProviderError, 59)], None),
            (100, vec![(ProviderError, 60)], Some(Reason::ProviderFailing)),
            (100, vec![(InvalidNumber, 60), (Unreachable, 40)], None),
        ] {
            assert_eq!(window(learnt, &failures).trips(), expected, "{learnt} {failures:?}");
        }
    }
}
