//! Twilio's statuses and error codes in Volley's terms.
//!
//! Source: <https://www.twilio.com/docs/api/errors> and the message resource's documentation.

use shared::message::{FailureReason, Status};

use crate::gateway::{Halt, Label};

/// What an error code means when Twilio refuses to create a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Twilio will not send this message. Others are not affected.
    Refused(FailureReason),
    /// Twilio did not process the request. Retry it later.
    Throttled,
    /// Twilio would refuse every message of this sender until a person fixes the cause.
    Halted(Halt),
}

/// Returns what `code` means for a message that was to be created.
pub(super) fn meaning(code: u32) -> Meaning {
    match halt(code) {
        Some(halt) => Meaning::Halted(halt),
        None if is_throttled(code) => Meaning::Throttled,
        None => Meaning::Refused(refusal_reason(code)),
    }
}

/// Too many requests; the sender's queue is full; scheduled maintenance; a rate limit of the
/// campaign that is registered with the carriers, or of the channel.
fn is_throttled(code: u32) -> bool {
    matches!(code, 20_429 | 21_611 | 21_730 | 30_022 | 63_018)
}

/// Returns why `code` concerns every message of the sender, if it does.
///
/// 21606 and 21612 are missing on purpose: they are about this sender and this destination. So are
/// 21408 and 21608: the destination's country is not enabled, a trial account has not verified the
/// destination.
fn halt(code: u32) -> Option<Halt> {
    if ACCOUNT.iter().flat_map(|codes| *codes).any(|known| *known == code) {
        Some(Halt::Account)
    } else if SENDER.iter().flat_map(|codes| *codes).any(|known| *known == code) {
        Some(Halt::Sender)
    } else {
        SPEND_LIMIT.contains(&code).then_some(Halt::SpendLimit)
    }
}

const ACCOUNT: [&[u32]; 3] = [
    // The account is suspended or closed, may not do this, or is not the one in the URL.
    &[10_001, 10_002, 20_005, 20_006, 20_008, 20_010, 20_403, 20_404, 30_002, 30_037, 90_010],
    // The credentials are wrong or expired.
    &[
        20_003, 20_101, 20_102, 20_103, 20_104, 20_105, 20_106, 20_107, 20_151, 20_152, 20_153,
        20_154, 20_155, 20_156, 20_157, 20_159, 20_160,
    ],
    // The deployment's public URL is not one to which Twilio can send callbacks.
    &[21_609, 21_626],
];

const SENDER: [&[u32]; 4] = [
    // The number or sender id is missing, invalid, ambiguous, not the account's, or cannot send
    // texts.
    &[
        21_212, 21_213, 21_267, 21_601, 21_603, 21_607, 21_616, 21_659, 21_660, 21_661, 21_708,
        21_709, 21_910, 63_007,
    ],
    // The Messaging Service does not exist, is not available, or has no number to send from.
    &[21_701, 21_702, 21_703, 21_704, 21_705, 21_711, 21_712, 21_715],
    // The validity period in the sender's settings is invalid.
    &[21_624, 30_012, 30_013, 90_007, 90_014],
    // The number is not registered with the carriers or not verified, or its registered campaign
    // is suspended.
    &[21_729, 30_032, 30_033, 30_034, 30_035],
];

/// The account's daily limit, or a trial's.
const SPEND_LIMIT: [u32; 2] = [30_454, 63_038];

/// Returns why a message failed, given the code in its receipt.
fn refusal_reason(code: u32) -> FailureReason {
    use FailureReason as Reason;
    match code {
        21_610 => Reason::Unsubscribed,
        // Malformed, not a mobile number, a short code, the sender itself, or a premium number.
        21_202 | 21_211 | 21_217 | 21_265 | 21_266 | 21_268 | 21_401 | 21_421 | 21_604 | 21_614
        | 21_635 | 30_005 | 30_014 | 63_003 => Reason::InvalidNumber,
        21_612 | 21_214 | 30_003 | 30_006 | 30_009 | 63_035 | 63_036 => Reason::Unreachable,
        // Blocked by a carrier, for its content or because its sender is not registered; or by
        // Twilio's protection against pumped traffic (30450 and up).
        30_004 | 30_007 | 30_018 | 30_032..=30_035 | 30_038..=30_043 | 30_450 | 30_453 | 30_485 => {
            Reason::Filtered
        }
        30_036 => Reason::Expired,
        30_008 => Reason::Other,
        _ => Reason::ProviderError,
    }
}

/// Returns why a message failed, given its status at Twilio and its error code.
#[must_use]
pub fn failure_reason(status: &str, code: Option<u32>) -> FailureReason {
    match (status, code) {
        ("canceled", _) => FailureReason::Canceled,
        (_, Some(code)) => refusal_reason(code),
        (_, None) => FailureReason::Other,
    }
}

/// Returns what a message's status at Twilio means. `Sent` is any status that shows that Twilio has
/// the message.
#[must_use]
pub fn receipt_status(status: &str) -> Label<Status> {
    Label::Means(match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Status::Sent,
        "delivered" | "read" | "partially_delivered" => Status::Delivered,
        "undelivered" | "failed" | "canceled" => Status::Failed,
        // Only inbound messages have these.
        "receiving" | "received" => return Label::Ignored,
        _ => return Label::Unheard,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_opt_out_is_an_opt_out() {
        for code in 10_000..95_000 {
            let is_opt_out = refusal_reason(code) == FailureReason::Unsubscribed;
            assert_eq!(is_opt_out, code == 21_610, "{code}");
        }
    }

    #[test]
    fn codes_about_the_sender_or_account_halt() {
        for (halt, codes) in [
            (Halt::Account, &[10_001, 20_003, 20_005, 20_404, 21_609, 30_002, 30_037, 90_010][..]),
            (Halt::Sender, &[21_212, 21_603, 21_607, 21_659, 21_660, 21_661, 21_624]),
            (Halt::Sender, &[21_701, 21_702, 21_703, 21_704, 21_705, 21_709, 30_032, 30_034]),
            (Halt::SpendLimit, &[30_454, 63_038]),
        ] {
            for code in codes {
                assert_eq!(meaning(*code), Meaning::Halted(halt), "{code}");
            }
        }
    }

    #[test]
    fn codes_about_the_recipient_fail_one_message() {
        for code in [
            21_211, 21_214, 21_265, 21_266, 21_268, 21_408, 21_606, 21_608, 21_610, 21_612, 21_614,
            21_635, 30_003, 30_004, 30_005, 30_006, 30_007, 30_008, 30_450, 30_453,
        ] {
            assert!(matches!(meaning(code), Meaning::Refused(_)), "{code}: {:?}", meaning(code));
        }
    }

    #[test]
    fn a_failed_message_has_its_reason() {
        use FailureReason as Reason;
        for (status, code, reason) in [
            ("undelivered", Some(30_450), Reason::Filtered),
            ("failed", Some(30_453), Reason::Filtered),
            ("undelivered", Some(30_008), Reason::Other),
            ("failed", None, Reason::Other),
            ("canceled", None, Reason::Canceled),
            ("canceled", Some(30_036), Reason::Canceled),
        ] {
            assert_eq!(failure_reason(status, code), reason, "{status} {code:?}");
        }
    }

    #[test]
    fn every_status_has_its_rank() {
        for status in ["queued", "sending", "sent", "accepted", "scheduled"] {
            assert_eq!(receipt_status(status), Label::Means(Status::Sent), "{status}");
        }
        for status in ["delivered", "read", "partially_delivered"] {
            assert_eq!(receipt_status(status), Label::Means(Status::Delivered), "{status}");
        }
        for status in ["failed", "undelivered", "canceled"] {
            assert_eq!(receipt_status(status), Label::Means(Status::Failed), "{status}");
        }
        for status in ["receiving", "received"] {
            assert_eq!(receipt_status(status), Label::Ignored, "{status}");
        }
        assert_eq!(receipt_status("teleported"), Label::Unheard);
    }
}
