//! What the service's failures mean to the people who read a report. A message's code is the state
//! in its event's type, or the reason of a refused request.
//!
//! Source: "Event types for SMS, MMS, and voice" of the service's user guide, and the reasons of
//! the exceptions in its API reference.

use crate::gateway::Explanation;

/// What a code means, and what to do about it.
pub(super) fn explain(code: &str) -> Option<Explanation> {
    let known = TABLE.iter().find(|(codes, _, _)| codes.contains(&code))?;
    Some(Explanation { meaning: known.1, advice: known.2 })
}

const CORRECT: &str = "Correct the contact's phone or remove it.";
const TRY_LATER: &str = "Try these people again in a later campaign.";
const CHECK_TEXT: &str = "Check the sender's registration, then the text and its links. Shortened links are often filtered.";
const CHECK_PROTECT: &str =
    "Change the protect configuration if texts to this country or number are wanted.";

/// Codes, what they mean, and what to do.
#[rustfmt::skip]
const TABLE: &[(&[&str], &str, &str)] = &[
    (&["INVALID"], "The number is not valid or cannot receive texts.", CORRECT),
    (&["INVALID_MESSAGE"], "The carrier did not accept the text itself.",
        "Check the text for unusual characters, and its length."),
    (&["UNREACHABLE"], "The phone is off, out of range, or does not accept texts.", TRY_LATER),
    (&["CARRIER_UNREACHABLE"], "The carrier could not be reached.", TRY_LATER),
    (&["BLOCKED"], "The phone's owner or the carrier blocks this sender.",
        "Leave this person out of further campaigns."),
    (&["CARRIER_BLOCKED"], "The carrier blocked the message.", CHECK_TEXT),
    (&["SPAM"], "The carrier filtered the message as spam.", CHECK_TEXT),
    (&["PROTECT_BLOCKED", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE"],
        "A protect configuration of the AWS account blocks this country or number.", CHECK_PROTECT),
    (&["TTL_EXPIRED"], "The message was not delivered within its time to live.",
        "Raise the time to live in the sender's settings, or try again later."),
    (&["DESTINATION_PHONE_NUMBER_OPTED_OUT"], "The phone is on the opt-out list of the sender at AWS.",
        "Nothing: the phone is unsubscribed. Only the person can opt in again."),
    (&["DESTINATION_PHONE_NUMBER_NOT_VERIFIED"], "An account in the sandbox can only text verified numbers.",
        "Move the AWS account out of the SMS sandbox."),
    (&["FAILED"], "The message could not be delivered as RCS.", TRY_LATER),
    (&["FILE_INACCESSIBLE", "FILE_TYPE_UNSUPPORTED", "FILE_SIZE_EXCEEDED"],
        "The service could not use an attached file.", "Volley attaches none: check who else sends through this pool."),
];

#[cfg(test)]
mod tests {
    use aws_sdk_pinpointsmsvoicev2::types::{ConflictExceptionReason, EventType};
    use shared::message::Status;

    use super::super::labels::{event_label, state};
    use super::*;
    use crate::gateway::Label;

    #[test]
    fn every_failure_of_an_event_is_explained() {
        for event_type in EventType::values() {
            if let Label::Means((Status::Failed, _)) = event_label(event_type, true) {
                assert!(explain(state(event_type)).is_some(), "{event_type}");
            }
        }
        assert_eq!(explain("TELEPORTED"), None);
    }

    #[test]
    fn refusals_that_concern_one_phone_are_explained() {
        for reason in [
            ConflictExceptionReason::DestinationPhoneNumberOptedOut,
            ConflictExceptionReason::DestinationPhoneNumberNotVerified,
            ConflictExceptionReason::DestinationCountryBlockedByProtectConfiguration,
            ConflictExceptionReason::DestinationPhoneNumberBlockedByProtectNumberOverride,
        ] {
            assert!(explain(reason.as_str()).is_some(), "{reason:?}");
        }
    }
}
