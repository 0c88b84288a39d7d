//! Twilio's statuses and error codes in Volley's words.
//!
//! Source: <https://www.twilio.com/docs/api/errors> and the message resource's documentation.

use shared::message::{FailureReason, Status};

use crate::gateway::Halt;

/// What one of Twilio's error codes says of a message that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused(FailureReason),
    /// Not processed: to be asked again later.
    Throttled,
    Halted(Halt),
}

/// Every code that means more than that Twilio refuses this message.
pub(super) fn meaning(code: u32) -> Meaning {
    use FailureReason as Reason;
    Meaning::Refused(match code {
        // Too many requests; the sender's queue is full.
        20_429 | 21_611 => return Meaning::Throttled,
        // Wrong credentials, a closed or suspended account.
        20_003 | 20_005 | 30_002 => return Meaning::Halted(Halt::Account),
        // Not a number, or not a Messaging Service, from which the account can send anything.
        // 21606 is left out: it may be about this destination only.
        21_601 | 21_603 | 21_660 | 21_661 | 21_701 | 21_704 | 21_705 => {
            return Meaning::Halted(Halt::Sender);
        }
        21_610 => Reason::Unsubscribed,
        21_211 | 21_217 | 21_401 | 21_421 | 21_614 | 30_005 => Reason::InvalidNumber,
        21_612 | 30_003 | 30_006 | 30_009 => Reason::Unreachable,
        30_004 | 30_007 | 30_034 => Reason::Filtered,
        30_036 => Reason::Expired,
        30_008 => Reason::Unknown,
        _ => Reason::ProviderError,
    })
}

/// Why a message failed, by the code in its receipt.
#[must_use]
pub fn refusal_reason(code: u32) -> FailureReason {
    match meaning(code) {
        Meaning::Refused(reason) => reason,
        Meaning::Throttled | Meaning::Halted(_) => FailureReason::ProviderError,
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
        for code in 20_000..64_000 {
            let is_opt_out = refusal_reason(code) == FailureReason::Unsubscribed;
            assert_eq!(is_opt_out, code == 21_610, "{code}");
        }
    }

    #[test]
    fn every_status_has_its_rank() {
        let ranks = |statuses: &[&str]| -> Vec<Option<Status>> {
            statuses.iter().map(|status| receipt_status(status)).collect()
        };
        let sent = ranks(&["queued", "sending", "sent", "accepted", "scheduled"]);
        assert!(sent.iter().all(|status| *status == Some(Status::Sent)));
        let delivered = ranks(&["delivered", "read", "partially_delivered"]);
        assert!(delivered.iter().all(|status| *status == Some(Status::Delivered)));
        let failed = ranks(&["failed", "undelivered", "canceled"]);
        assert!(failed.iter().all(|status| *status == Some(Status::Failed)));
        assert_eq!(ranks(&["receiving", "received", "teleported"]), [None, None, None]);
    }
}
