//! Twilio's Messages API.
//!
//! Create requests have no idempotency key, so a request whose response is lost must never be
//! repeated. The client never retries by itself, and treats anything unclear as ambiguous.

mod accounts;
mod answers;
pub mod callback;
mod codes;
mod credentials;
mod explanations;
mod lookup;
pub mod signature;
mod webhook;

pub use accounts::{Accounts, Settings};
pub use codes::{failure_reason, receipt_status};
pub use credentials::Credentials;

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::Client;
use shared::message::FailureReason;
use shared::phone::Phone;
use shared::sender::twilio::TwilioSender;

use super::{Found, Gateway, Handover, LookupError, Outgoing, Refusal, Sought};
use crate::trace;
use answers::understand;

/// An account and its token.
#[derive(Clone)]
pub struct Account {
    pub base_url: String,
    pub sid: String,
    pub auth_token: String,
}

#[derive(Clone)]
pub struct Twilio {
    http: Client,
    timeout: Duration,
    account: Account,
    settings: TwilioSender,
    /// The base URL for callbacks.
    public_url: String,
}

impl Twilio {
    /// A client for senders without settings.
    ///
    /// `http` must not retry or follow redirects. `timeout` limits each request.
    #[must_use]
    pub fn new(http: Client, timeout: Duration, account: Account, public_url: String) -> Self {
        Self { http, timeout, account, settings: TwilioSender::default(), public_url }
    }

    /// The same client for a sender with these settings.
    #[must_use]
    pub fn with_settings(self, settings: &TwilioSender) -> Self {
        Self { settings: settings.clone(), ..self }
    }

    /// The same client with another token.
    fn with_token(&self, auth_token: &str) -> Self {
        let account = Account { auth_token: auth_token.to_owned(), ..self.account.clone() };
        Self { account, ..self.clone() }
    }

    /// The same client with another time limit.
    fn within(&self, timeout: Duration) -> Self {
        Self { timeout, ..self.clone() }
    }

    fn messages_url(&self) -> String {
        let Account { base_url, sid, .. } = &self.account;
        format!("{base_url}/2010-04-01/Accounts/{sid}/Messages")
    }

    async fn create(&self, outgoing: &Outgoing<'_>) -> Handover {
        let answer = self
            .http
            .post(format!("{}.json", self.messages_url()))
            .basic_auth(&self.account.sid, Some(&self.account.auth_token))
            .form(&self.form(outgoing))
            .timeout(self.timeout)
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

    fn form(&self, outgoing: &Outgoing<'_>) -> Vec<(&'static str, String)> {
        let mut form = vec![("To", outgoing.to.to_string()), ("Body", outgoing.body.to_owned())];
        let callback = |message| callback::address(&self.public_url, message, trace::current());
        form.extend(outgoing.message.as_ref().map(|message| ("StatusCallback", callback(message))));
        form.push(match &self.settings.messaging_service_sid {
            Some(sid) => ("MessagingServiceSid", sid.clone()),
            None => ("From", outgoing.from.phone.to_string()),
        });
        form.extend(self.settings.validity_seconds.map(|s| ("ValidityPeriod", s.to_string())));
        form
    }
}

/// A reply comes from the phone that the person wrote to, or from the service if they wrote to
/// that.
fn reply_settings(settings: &TwilioSender, phone: Option<&Phone>) -> TwilioSender {
    let service = settings.messaging_service_sid.clone().filter(|_| phone.is_none());
    TwilioSender { messaging_service_sid: service, ..settings.clone() }
}

impl Gateway for Twilio {
    fn hand_over<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        self.create(outgoing).boxed()
    }

    /// Twilio has no such request.
    fn check<'a>(&'a self, _: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        let refusal = Refusal { reason: FailureReason::ProviderError, code: None };
        async { Handover::Refused(refusal) }.boxed()
    }

    fn look_up<'a>(&'a self, sought: &'a Sought<'a>) -> BoxFuture<'a, Result<Found, LookupError>> {
        self.ask(sought).boxed()
    }
}
