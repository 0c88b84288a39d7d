//! Interprets Twilio's responses to a create request.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use shared::message::FailureReason;

use super::codes::{Meaning, meaning};
use crate::gateway::{Halt, Handover, Refusal};

#[derive(Deserialize)]
struct Created {
    sid: String,
}

#[derive(Deserialize)]
struct Problem {
    code: u32,
}

/// A success names its message, and a client error is a refusal. Anything else, including a
/// truncated response, a proxy's page and its timeout (408), says nothing about the message.
pub(super) fn understand(
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Handover {
    if status.is_success() {
        return match serde_json::from_slice::<Created>(body) {
            Ok(created) if !created.sid.is_empty() => Handover::Accepted(created.sid),
            _ => Handover::Ambiguous,
        };
    }
    let code = serde_json::from_slice::<Problem>(body).ok().map(|problem| problem.code);
    match (status, code.map(meaning)) {
        (StatusCode::UNAUTHORIZED, _) => Handover::Halted(Halt::Account),
        (StatusCode::REQUEST_TIMEOUT, _) => Handover::Ambiguous,
        (status, _) if !status.is_client_error() => Handover::Ambiguous,
        // A daily limit is also a 429, but waiting a few seconds does not help.
        (_, Some(Meaning::Halted(halt))) => Handover::Halted(halt),
        (StatusCode::TOO_MANY_REQUESTS, _) | (_, Some(Meaning::Throttled)) => {
            Handover::Throttled { retry_after }
        }
        (_, Some(Meaning::Refused(reason))) => {
            Handover::Refused(Refusal { reason, code: code.map(|code| code.to_string()) })
        }
        (_, None) => {
            Handover::Refused(Refusal { reason: FailureReason::ProviderError, code: None })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reason: FailureReason, code: &str) -> Handover {
        Handover::Refused(Refusal { reason, code: Some(code.to_owned()) })
    }

    fn code(code: u32) -> String {
        format!(
            r#"{{"code": {code}, "message": "...", "more_info": "https://www.twilio.com/docs/errors/{code}", "status": 400}}"#
        )
    }

    /// Twilio's responses, and the meaning of each.
    #[test]
    fn answers_are_understood() {
        use FailureReason as Reason;
        let throttled = Handover::Throttled { retry_after: None };
        let created = r#"{"sid":"SM1","status":"queued","error_code":null}"#;
        let cases: Vec<(u16, String, Handover)> = vec![
            (201, created.to_owned(), Handover::Accepted("SM1".to_owned())),
            (429, code(20_429), throttled.clone()),
            (429, "<html>".to_owned(), throttled.clone()),
            (400, code(21_611), throttled.clone()),
            (400, code(21_610), refused(Reason::Unsubscribed, "21610")),
            (400, code(21_211), refused(Reason::InvalidNumber, "21211")),
            (400, code(21_614), refused(Reason::InvalidNumber, "21614")),
            (400, code(30_005), refused(Reason::InvalidNumber, "30005")),
            (400, code(21_612), refused(Reason::Unreachable, "21612")),
            (400, code(30_003), refused(Reason::Unreachable, "30003")),
            (400, code(30_006), refused(Reason::Unreachable, "30006")),
            (400, code(30_007), refused(Reason::Filtered, "30007")),
            (400, code(30_008), refused(Reason::Other, "30008")),
            (400, code(30_036), refused(Reason::Expired, "30036")),
            (400, code(30_001), refused(Reason::ProviderError, "30001")),
            (400, code(21_606), refused(Reason::ProviderError, "21606")),
            (403, code(21_408), refused(Reason::ProviderError, "21408")),
            (401, code(20_003), Handover::Halted(Halt::Account)),
            (401, String::new(), Handover::Halted(Halt::Account)),
            (403, code(20_005), Handover::Halted(Halt::Account)),
            (400, code(30_002), Handover::Halted(Halt::Account)),
            (400, code(21_601), Handover::Halted(Halt::Sender)),
            (404, code(21_701), Handover::Halted(Halt::Sender)),
            (400, code(21_212), Handover::Halted(Halt::Sender)),
            (400, code(21_659), Handover::Halted(Halt::Sender)),
            (400, code(21_703), Handover::Halted(Halt::Sender)),
            (404, code(20_404), Handover::Halted(Halt::Account)),
            (429, code(63_038), Handover::Halted(Halt::SpendLimit)),
            (400, code(63_038), Handover::Halted(Halt::SpendLimit)),
            (429, code(20_003), Handover::Halted(Halt::Account)),
            (429, code(21_211), throttled.clone()),
            (400, code(21_730), throttled.clone()),
            (400, code(30_450), refused(Reason::Filtered, "30450")),
            (400, code(30_453), refused(Reason::Filtered, "30453")),
            (503, code(63_038), Handover::Ambiguous),
            (408, "<html>".to_owned(), Handover::Ambiguous),
            (
                404,
                "<html>".to_owned(),
                Handover::Refused(Refusal { reason: Reason::ProviderError, code: None }),
            ),
            (201, "<html>".to_owned(), Handover::Ambiguous),
            (201, r#"{"sid":""}"#.to_owned(), Handover::Ambiguous),
            (200, String::new(), Handover::Ambiguous),
            (201, r#"{"sid":"SM"#.to_owned(), Handover::Ambiguous),
            (302, String::new(), Handover::Ambiguous),
            (500, code(20_500), Handover::Ambiguous),
            (503, code(20_429), Handover::Ambiguous),
            (502, "<html>".to_owned(), Handover::Ambiguous),
        ];
        for (status, body, expected) in cases {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(understand(status, None, body.as_bytes()), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_wait_that_is_asked_for_is_kept() {
        let wait = Some(Duration::from_secs(7));
        let answer = understand(StatusCode::TOO_MANY_REQUESTS, wait, b"");
        assert_eq!(answer, Handover::Throttled { retry_after: wait });
    }
}
