//! Twilio's Messages API.
//!
//! Creating a message takes no idempotency key, so a request whose answer is lost must never be
//! repeated: the client retries nothing by itself, and what it does not know it calls ambiguous.

mod codes;
mod lookup;

pub use codes::{receipt_status, refusal_reason};
pub use lookup::{Found, LookupError};

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Deserialize;

use super::{Halt, Handover, Outgoing, Refusal, callback};
use crate::config::Environment;

#[derive(Clone)]
pub struct TwilioSettings {
    base_url: String,
    account_sid: String,
    auth_token: String,
    public_url: String,
    timeout: Duration,
}

impl TwilioSettings {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            base_url: environment.text("PROVIDER_URL").trim_end_matches('/').to_owned(),
            account_sid: environment.text("PROVIDER_ACCOUNT_SID"),
            auth_token: environment.text("PROVIDER_AUTH_TOKEN"),
            public_url: environment.text("PUBLIC_URL"),
            timeout: Duration::from_secs(environment.parsed("GATEWAY_TIMEOUT_SECONDS", 10)),
        }
    }

    /// The longest that one request can take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

#[derive(Clone)]
pub struct Twilio {
    http: Client,
    settings: TwilioSettings,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to build the provider's HTTP client")]
pub struct ClientError(#[from] reqwest::Error);

#[derive(Deserialize)]
struct Created {
    sid: String,
}

#[derive(Deserialize)]
struct Problem {
    code: u32,
}

impl Twilio {
    pub fn new(settings: TwilioSettings) -> Result<Self, ClientError> {
        // Another client of this process may have installed it before: then it is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout.min(Duration::from_secs(3)))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { http, settings })
    }

    fn messages_url(&self) -> String {
        let TwilioSettings { base_url, account_sid, .. } = &self.settings;
        format!("{base_url}/2010-04-01/Accounts/{account_sid}/Messages")
    }

    /// Hands one message over. It is asked once.
    pub async fn hand_over(&self, outgoing: &Outgoing<'_>) -> Handover {
        let callback = callback::address(&self.settings.public_url, &outgoing.message);
        let form = [
            ("To", outgoing.to.as_str()),
            ("From", outgoing.from.as_str()),
            ("Body", outgoing.body),
            ("StatusCallback", &callback),
        ];
        let answer = self
            .http
            .post(format!("{}.json", self.messages_url()))
            .basic_auth(&self.settings.account_sid, Some(&self.settings.auth_token))
            .form(&form)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.is_connect() || error.is_builder() => return Handover::Unreachable,
            Err(_) => return Handover::Ambiguous,
        };
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        match answer.bytes().await {
            Ok(body) => understand(status, retry_after, &body),
            Err(_) => understand(status, retry_after, &[]),
        }
    }
}

/// What an answer to a create request means.
fn understand(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Handover {
    if status.is_success() {
        return match serde_json::from_slice::<Created>(body) {
            Ok(created) => Handover::Accepted(created.sid),
            Err(_) => Handover::Ambiguous,
        };
    }
    let code = serde_json::from_slice::<Problem>(body).ok().map(|problem| problem.code);
    match (status, code) {
        (StatusCode::TOO_MANY_REQUESTS, _) | (_, Some(20_429 | 21_611)) => {
            Handover::Throttled { retry_after }
        }
        (StatusCode::UNAUTHORIZED, _) | (_, Some(20_003 | 20_005 | 30_002)) => {
            Handover::Halted(Halt::Account)
        }
        (status, code) if status.is_client_error() => Handover::Refused(Refusal {
            reason: code.map_or(shared::message::FailureReason::ProviderError, refusal_reason),
            code: code.map(|code| code.to_string()),
        }),
        _ => Handover::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use shared::message::FailureReason;

    use super::*;

    fn check(status: u16, body: &str, expected: &Handover) {
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(&understand(status, None, body.as_bytes()), expected, "{status} {body}");
    }

    fn refused(reason: FailureReason, code: &str) -> Handover {
        Handover::Refused(Refusal { reason, code: Some(code.to_owned()) })
    }

    #[test]
    fn answers_are_understood() {
        check(201, r#"{"sid":"SM1","status":"queued"}"#, &Handover::Accepted("SM1".to_owned()));
        check(400, r#"{"code":21610}"#, &refused(FailureReason::Unsubscribed, "21610"));
        check(400, r#"{"code":21211}"#, &refused(FailureReason::InvalidNumber, "21211"));
        check(400, r#"{"code":21614}"#, &refused(FailureReason::InvalidNumber, "21614"));
        check(400, r#"{"code":99999}"#, &refused(FailureReason::ProviderError, "99999"));
        check(429, r#"{"code":20429}"#, &Handover::Throttled { retry_after: None });
        check(400, r#"{"code":21611}"#, &Handover::Throttled { retry_after: None });
        check(401, r#"{"code":20003}"#, &Handover::Halted(Halt::Account));
        check(403, r#"{"code":20005}"#, &Handover::Halted(Halt::Account));
        check(403, r#"{"code":21408}"#, &refused(FailureReason::ProviderError, "21408"));
    }

    #[test]
    fn what_says_nothing_is_ambiguous() {
        check(201, "<html>", &Handover::Ambiguous);
        check(200, "", &Handover::Ambiguous);
        check(500, r#"{"code":20500}"#, &Handover::Ambiguous);
        check(502, "<html>", &Handover::Ambiguous);
        check(302, "", &Handover::Ambiguous);
    }
}
