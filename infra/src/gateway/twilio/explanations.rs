//! What Twilio's error codes mean to the people who read a report.
//!
//! Source: <https://www.twilio.com/docs/api/errors>.

use crate::gateway::Explanation;

/// What a code means, and what to do about it.
pub(super) fn explain(code: &str) -> Option<Explanation> {
    let code: u32 = code.parse().ok()?;
    let known = TABLE.iter().find(|(codes, _, _)| codes.contains(&code))?;
    Some(Explanation { meaning: known.1, advice: known.2 })
}

const CORRECT: &str = "Correct the contact's phone or remove it.";
const TRY_LATER: &str = "Try these people again in a later campaign.";
const REGISTER: &str = "Complete the sender's registration at Twilio before the next campaign.";
const FIX_SENDER: &str = "Check the sender's number or Messaging Service at Twilio.";

/// Codes, what they mean, and what to do.
#[rustfmt::skip]
const TABLE: &[(&[u32], &str, &str)] = &[
    (&[21_202], "Twilio sends no texts to premium numbers.", CORRECT),
    (&[21_211, 21_217, 21_401, 21_421, 30_014], "The number is not a valid phone number.", CORRECT),
    (&[21_214], "The number cannot be reached by texts.", CORRECT),
    (&[21_265, 21_604], "The recipient is missing or is a short code.", CORRECT),
    (&[21_266, 21_268], "The recipient is the sender's own number, or a premium number.", CORRECT),
    (&[21_408], "Texts to this country are not enabled in the Twilio account.",
        "Enable the country under Geo permissions at Twilio, or leave it out of the target."),
    (&[21_635], "The number is a landline and cannot receive texts.", CORRECT),
    (&[21_606, 21_612], "The sender cannot send texts to this number or country.",
        "Use a sender that serves the country."),
    (&[21_608], "A trial account can only text verified numbers.", "Upgrade the Twilio account."),
    (&[21_610], "The person replied STOP to this sender and Twilio blocks further texts.",
        "Nothing: the phone is unsubscribed. Only the person can opt in again, by texting START."),
    (&[21_614], "The number is not a mobile number.", CORRECT),
    (&[30_006], "The number is a landline, or its carrier does not take texts.", CORRECT),
    (&[30_001], "Twilio's queue for the sender was full.", "Lower the sender's rate in its settings."),
    (&[30_010], "The message costs more than the maximum price in the sender's settings.",
        "Raise the maximum price, or leave the country out of the target."),
    (&[30_003], "The phone is off, out of range, or does not accept texts.", TRY_LATER),
    (&[30_004], "The carrier or the phone blocked the message.",
        "Check whether the person blocked you, and whether the sender is registered."),
    (&[30_005], "The number does not exist or is no longer in use.", CORRECT),
    (&[30_007], "A carrier filtered the message as spam.",
        "Check the sender's registration, then the text and its links. Shortened links are often filtered."),
    (&[30_008], "The carrier reported an error without a cause.",
        "Try again later. If it concerns many messages to one carrier, ask Twilio's support."),
    (&[30_009], "A part of the message did not arrive.", TRY_LATER),
    (&[30_018], "The carrier requires the sender to be registered.", REGISTER),
    (&[30_019], "The message is larger than the carrier accepts.", "Shorten the text."),
    (&[30_024], "The sender's number is not yet provisioned by the carrier.",
        "Wait for a few days after you registered the number, or ask Twilio's support."),
    (&[30_032, 30_033, 30_034, 30_035], "The sender is not registered with the carriers, not verified, or suspended.", REGISTER),
    (&[30_036], "The message was not delivered within its validity period.",
        "Raise the validity period in the sender's settings, or try again later."),
    (&[30_038, 30_039, 30_040, 30_041, 30_042, 30_043], "A carrier blocked the message for its content or sender.",
        "Check the text against the carrier's rules and the sender's registration."),
    (&[30_450, 30_453, 30_485], "Twilio's protection against fraudulent traffic blocked the message.",
        "Check where the phones came from. If they are genuine, ask Twilio to allow the country."),
    (&[63_003, 63_035, 63_036], "The channel cannot reach this recipient.", CORRECT),
    (&[30_002, 20_003, 20_005, 20_403, 20_404, 30_037], "The Twilio account is suspended, or its credentials do not work.",
        "Check the account's payment and credentials at Twilio."),
    (&[21_212, 21_601, 21_603, 21_607, 21_659, 21_660, 21_661, 21_701, 21_703, 21_704, 21_705], "The sender cannot be used by this account.", FIX_SENDER),
    (&[21_602, 21_605, 21_617], "Twilio refused the text itself: it is empty or too long.", "Shorten the text."),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use shared::message::FailureReason;

    use super::super::codes::{Meaning, meaning};
    use super::*;

    #[test]
    fn a_code_is_explained_once() {
        let codes: Vec<u32> =
            TABLE.iter().flat_map(|(codes, _, _)| codes.iter().copied()).collect();
        let mut seen = HashSet::new();
        let twice: Vec<&u32> = codes.iter().filter(|code| !seen.insert(**code)).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert_eq!(explain("30003").map(|it| it.advice), Some(TRY_LATER));
        for unknown in ["", "x", "99999"] {
            assert_eq!(explain(unknown), None, "{unknown}");
        }
    }

    /// What is refused for a reason that has a name is explained.
    #[test]
    fn codes_with_a_reason_are_explained() {
        let unexplained: Vec<u32> = (10_000..95_000)
            .filter(|code| match meaning(*code) {
                Meaning::Refused(reason) => {
                    reason != FailureReason::ProviderError && explain(&code.to_string()).is_none()
                }
                Meaning::Throttled | Meaning::Halted(_) => false,
            })
            .collect();
        assert!(unexplained.is_empty(), "{unexplained:?}");
    }
}
