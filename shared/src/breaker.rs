//! The circuit breaker: it pauses a campaign before more of its messages fail.
//!
//! A [`Window`] counts outcomes: those of a chunk, of a campaign's first recipients
//! ([`crate::trial`]), or of receipts between two polls. Failures of single numbers don't count.
//! What counts are signs that the text, the sender or the list is wrong for everyone. [`Recent`]
//! watches the provider's responses one by one, because each message whose response is lost stays
//! `unknown` forever. After a pause, a person investigates and resumes, and counting starts over.

mod recent;

pub use recent::{Answers, Place, Recent};
use serde::{Deserialize, Serialize};

use crate::message::FailureReason;
use crate::reason::Reason;

/// The number of messages in a window by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Messages whose outcome is known.
    pub learnt: u32,
    /// Messages that the provider may or may not have accepted.
    #[serde(default)]
    pub unknown: u32,
    /// Filtered by a carrier or the provider.
    pub filtered: u32,
    /// To people who the provider says have opted out.
    pub opted_out: u32,
    /// Failed because of the provider.
    pub provider_failed: u32,
}

/// Fewer messages than this prove nothing about a running campaign.
const MIN_MESSAGES: u32 = 50;
/// A campaign's first recipients are judged after fewer messages, because the rest waits for them.
const MIN_FIRST_MESSAGES: u32 = 20;
/// The few recipients after a resume.
const MIN_FEW_MESSAGES: u32 = 5;
const FEW_PERCENT: u32 = 80;

/// The share of each outcome, in percent, from which on something is wrong for everyone.
#[derive(Clone, Copy)]
struct Limits {
    unknown: u32,
    filtered: u32,
    opted_out: u32,
    provider_failed: u32,
}

const LIMITS: Limits = Limits { unknown: 25, filtered: 30, opted_out: 30, provider_failed: 60 };

impl Window {
    /// Counts a message whose outcome is known. `failure` is why it failed, if it did.
    pub fn add(&mut self, failure: Option<FailureReason>) {
        self.learnt += 1;
        match failure {
            Some(FailureReason::Filtered) => self.filtered += 1,
            Some(FailureReason::Unsubscribed) => self.opted_out += 1,
            Some(FailureReason::ProviderError) => self.provider_failed += 1,
            Some(
                FailureReason::AlreadyReached
                | FailureReason::InvalidNumber
                | FailureReason::Unreachable
                | FailureReason::Expired
                | FailureReason::Stopped
                | FailureReason::Erased
                | FailureReason::Canceled
                | FailureReason::Other,
            )
            | None => {}
        }
    }

    /// Counts a message that is `unknown`.
    pub fn add_unknown(&mut self) {
        self.unknown += 1;
    }

    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            learnt: self.learnt + other.learnt,
            unknown: self.unknown + other.unknown,
            filtered: self.filtered + other.filtered,
            opted_out: self.opted_out + other.opted_out,
            provider_failed: self.provider_failed + other.provider_failed,
        }
    }

    /// Messages whose outcome says something about the provider.
    #[must_use]
    pub fn messages(&self) -> u32 {
        // The other outcomes are included in the first.
        let Self { learnt, unknown, filtered: _, opted_out: _, provider_failed: _ } = self;
        learnt + unknown
    }

    /// The reason to pause the campaign, if there is one.
    #[must_use]
    pub fn trips(&self) -> Option<Reason> {
        self.trips_from(MIN_MESSAGES)
    }

    /// Like [`Self::trips`], but for the first recipients of a campaign, before the rest is sent.
    #[must_use]
    pub fn trips_at_first(&self) -> Option<Reason> {
        self.trips_from(MIN_FIRST_MESSAGES)
    }

    /// Like [`Self::trips_at_first`], but for the few recipients after a resume: nearly all of them have to
    /// agree.
    #[must_use]
    pub fn trips_when_few(&self) -> Option<Reason> {
        let agree = Limits {
            unknown: FEW_PERCENT,
            filtered: FEW_PERCENT,
            opted_out: FEW_PERCENT,
            provider_failed: FEW_PERCENT,
        };
        if self.messages() < MIN_FEW_MESSAGES { None } else { self.reaches(agree) }
    }

    fn trips_from(&self, min_messages: u32) -> Option<Reason> {
        if self.messages() < min_messages { None } else { self.reaches(LIMITS) }
    }

    fn reaches(&self, limits: Limits) -> Option<Reason> {
        let messages = self.messages();
        let reaches = |count: u32, percent: u32| {
            u64::from(count) * 100 >= u64::from(messages) * u64::from(percent)
        };
        if reaches(self.unknown, limits.unknown) {
            Some(Reason::ProviderFailing)
        } else if reaches(self.filtered, limits.filtered) {
            Some(Reason::MessagesFiltered)
        } else if reaches(self.opted_out, limits.opted_out) {
            Some(Reason::RecipientsOptedOut)
        } else if reaches(self.provider_failed, limits.provider_failed) {
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

    #[test]
    fn a_campaigns_first_messages_are_judged_sooner() {
        use FailureReason::{Filtered, ProviderError};
        assert_eq!(window(20, &[(Filtered, 6)]).trips(), None);
        let first = |learnt, failures: &[_]| window(learnt, failures).trips_at_first();
        assert_eq!(first(20, &[(Filtered, 6)]), Some(Reason::MessagesFiltered));
        assert_eq!(first(20, &[(ProviderError, 12)]), Some(Reason::ProviderFailing));
        assert_eq!(first(20, &[(Filtered, 5)]), None);
        assert_eq!(first(19, &[(Filtered, 19)]), None);
    }

    #[test]
    fn unknown_messages_trip_a_window() {
        let unknown = |learnt, unknown| Window { unknown, ..window(learnt, &[]) };
        assert_eq!(unknown(15, 5).trips_at_first(), Some(Reason::ProviderFailing));
        assert_eq!(unknown(16, 5).trips_at_first(), None);
        assert_eq!(unknown(0, 19).trips_at_first(), None);
        let sum = unknown(15, 2).merged(unknown(0, 3));
        assert_eq!(sum.trips_at_first(), Some(Reason::ProviderFailing));
    }

    /// A window that was written before unknown messages were counted.
    #[test]
    fn an_old_window_is_read() {
        let old = r#"{"learnt":2,"filtered":1,"optedOut":0,"providerFailed":0}"#;
        let window: Window = serde_json::from_str(old).expect("understood");
        assert_eq!(window, Window { learnt: 2, filtered: 1, ..Window::default() });
    }
}
