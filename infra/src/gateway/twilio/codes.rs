//! Twilio's statuses and error codes in Volley's words.
//!
//! Source: <https://www.twilio.com/docs/api/errors> and the message resource's documentation.

use shared::message::{FailureReason, Status};

/// Why a message failed, by Twilio's code.
#[must_use]
pub fn refusal_reason(code: u32) -> FailureReason {
    match code {
        21_610 => FailureReason::Unsubscribed,
        21_211 | 21_217 | 21_401 | 21_421 | 21_612 | 21_614 | 30_005 => {
            FailureReason::InvalidNumber
        }
        30_003 | 30_006 | 30_009 => FailureReason::Unreachable,
        30_004 | 30_007 | 30_034 => FailureReason::Filtered,
        30_036 => FailureReason::Expired,
        30_008 => FailureReason::Unknown,
        _ => FailureReason::ProviderError,
    }
}

/// What a message's status at Twilio says of it; `None` for those of inbound messages, and for
/// ones that did not exist when this was written. That the provider has a message at all is what
/// `sent` means here.
#[must_use]
pub fn receipt_status(status: &str) -> Option<Status> {
    match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Some(Status::Sent),
        "delivered" | "read" | "partially_delivered" => Some(Status::Delivered),
        "undelivered" | "failed" | "canceled" => Some(Status::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_opt_out_is_an_opt_out() {
        for code in [30_003, 30_005, 30_006, 30_007, 30_008, 21_211, 21_614, 30_036] {
            assert_ne!(refusal_reason(code), FailureReason::Unsubscribed, "{code}");
        }
        assert_eq!(refusal_reason(21_610), FailureReason::Unsubscribed);
    }

    #[test]
    fn unheard_of_statuses_say_nothing() {
        assert_eq!(receipt_status("received"), None);
        assert_eq!(receipt_status("teleported"), None);
        assert_eq!(receipt_status("undelivered"), Some(Status::Failed));
    }
}
