//! The Twilio accounts that Volley sends through: the deployment's, and those of organizations.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use shared::phone::Phone;
use shared::sender::twilio::TwilioSender;
use shared::sender::{Provider, SecretName, Sender};
use shared::time::Timestamp;

use super::{Account, Credentials, Twilio, reply_settings};
use crate::config::Environment;
use crate::gateway::adapter::{Adapter, Deployment, GatewayError};
use crate::gateway::webhook::Webhooks;
use crate::gateway::{
    Explanation, Found, Gateway, Halt, Handover, LookupError, Outgoing, Queued, Sought,
};
use crate::secrets::Secrets;
use crate::usage::Usage;

#[derive(Clone)]
pub struct Settings {
    pub(super) url: String,
    /// The deployment's account, for organizations without their own.
    pub(super) account_sid: String,
    /// The name of the secret with that account's credentials.
    pub(super) credentials: Option<SecretName>,
}

impl Settings {
    fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            url: environment.text("PROVIDER_URL").trim_end_matches('/').to_owned(),
            account_sid: environment.parsed("PROVIDER_ACCOUNT_SID", String::new()),
            credentials: environment.optional("PROVIDER_CREDENTIALS"),
        }
    }
}

pub struct Accounts {
    settings: Settings,
    http: Client,
    secrets: Arc<Secrets<Credentials>>,
    public_url: String,
    timeout: Duration,
}

impl Accounts {
    #[must_use]
    pub fn new(
        aws: &SdkConfig,
        http: Client,
        settings: Settings,
        public_url: String,
        timeout: Duration,
        usage: Usage,
    ) -> Self {
        let secrets = Arc::new(Secrets::new(aws, http.clone(), usage));
        Self { settings, http, secrets, public_url, timeout }
    }

    #[must_use]
    pub fn secrets(&self) -> &Secrets<Credentials> {
        &self.secrets
    }

    /// Where the credentials of the deployment's account are, if it has one.
    #[must_use]
    pub fn own_credentials(&self) -> Option<&SecretName> {
        self.settings.credentials.as_ref()
    }
}

impl Adapter for Accounts {
    type Settings = Settings;
    type Sender = TwilioSender;

    fn read(environment: &mut Environment<'_>) -> Settings {
        Settings::read(environment)
    }

    fn open(settings: Settings, deployment: &Deployment<'_>) -> Self {
        let Deployment { aws, http, public_url, timeout, usage } = deployment;
        Self::new(aws, http.clone(), settings, public_url.clone(), *timeout, usage.clone())
    }

    /// The gateway through a sender's account.
    async fn gateway(&self, sender: &TwilioSender) -> Result<Arc<dyn Gateway>, GatewayError> {
        let (sid, name) = if let Some(own) = &sender.account {
            (own.account_sid.clone(), own.credentials.clone())
        } else {
            let credentials = self.settings.credentials.clone();
            let name = credentials.filter(|_| !self.settings.account_sid.is_empty());
            (self.settings.account_sid.clone(), name.ok_or(GatewayError::NoAccount)?)
        };
        let credentials = self.secrets.get(&name).await?;
        let base_url = self.settings.url.clone();
        let account = Account { base_url, sid, auth_token: credentials.auth_token.clone() };
        let public_url = self.public_url.clone();
        let twilio = Twilio::new(self.http.clone(), self.timeout, account, public_url);
        let twilio = twilio.with_settings(sender);
        let current = Mutex::new((Arc::new(twilio), credentials));
        Ok(Arc::new(OfAccount { secrets: Arc::clone(&self.secrets), name, current }))
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(self)
    }

    /// Everything comes by webhooks.
    fn read_queued(_: &Value, _: Timestamp) -> Option<Queued> {
        None
    }

    fn sender_of_reply(own: &Sender, settings: &TwilioSender, address: &str) -> Sender {
        let phone = Phone::from_e164(address).ok();
        let settings = reply_settings(settings, phone.as_ref());
        Sender::new(phone.unwrap_or_else(|| own.phone.clone()), Provider::Twilio(settings))
    }

    fn explain(code: &str) -> Option<Explanation> {
        super::explanations::explain(code)
    }
}

/// A gateway that follows its account's token rotation: if Twilio rejects the account, the secret
/// is read again, and if it has changed, the request is repeated once. Twilio has not processed a
/// request that it rejected this way, and both attempts fit into the time limit of one.
struct OfAccount {
    secrets: Arc<Secrets<Credentials>>,
    name: SecretName,
    current: Mutex<(Arc<Twilio>, Arc<Credentials>)>,
}

impl OfAccount {
    fn current(&self) -> (Arc<Twilio>, Arc<Credentials>) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The gateway with the current token, if that differs from `refused`.
    async fn renewed(
        &self,
        twilio: &Twilio,
        refused: &Arc<Credentials>,
        since: Instant,
    ) -> Option<Twilio> {
        let left = || twilio.timeout.checked_sub(since.elapsed()).filter(|left| !left.is_zero());
        let read = tokio::time::timeout(left()?, self.secrets.renewed(&self.name, refused)).await;
        let credentials = match read {
            Ok(Ok(credentials)) => credentials,
            Ok(Err(error)) => {
                tracing::warn!(error = ?anyhow::Error::from(error), "failed to read a token again");
                return None;
            }
            Err(_) => return None,
        };
        let renewed = twilio.with_token(&credentials.auth_token);
        let is_other = credentials.auth_token != refused.auth_token;
        let once = is_other.then(|| Some(renewed.within(left()?)));
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) =
            (Arc::new(renewed), credentials);
        once.flatten()
    }

    async fn create(&self, outgoing: &Outgoing<'_>) -> Handover {
        let since = Instant::now();
        let (twilio, credentials) = self.current();
        let answer = twilio.create(outgoing).await;
        if answer != Handover::Halted(Halt::Account) {
            return answer;
        }
        match self.renewed(&twilio, &credentials, since).await {
            Some(renewed) => renewed.create(outgoing).await,
            None => answer,
        }
    }

    async fn ask(&self, sought: &Sought<'_>) -> Result<Found, LookupError> {
        let since = Instant::now();
        let (twilio, credentials) = self.current();
        let answer = twilio.ask(sought).await;
        if !matches!(answer, Err(LookupError::Answer(StatusCode::UNAUTHORIZED))) {
            return answer;
        }
        match self.renewed(&twilio, &credentials, since).await {
            Some(renewed) => renewed.ask(sought).await,
            None => answer,
        }
    }
}

impl Gateway for OfAccount {
    fn hand_over<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        self.create(outgoing).boxed()
    }

    fn check<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        async move { self.current().0.check(outgoing).await }.boxed()
    }

    fn look_up<'a>(&'a self, sought: &'a Sought<'a>) -> BoxFuture<'a, Result<Found, LookupError>> {
        self.ask(sought).boxed()
    }
}

#[cfg(test)]
mod tests;
