//! Which gateway a sender uses.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::Client;
use shared::sender::{Provider, Sender};

use super::Gateway;
use super::aws::EndUserMessaging;
use super::twilio::{Account, Twilio};
use crate::config::Environment;
use crate::secrets::{SecretError, Secrets};
use crate::usage::Usage;

#[derive(Clone)]
pub struct GatewaySettings {
    twilio_url: String,
    /// The deployment's own account, for organisations that have none.
    account_sid: String,
    auth_token: String,
    public_url: String,
    configuration_set: String,
    timeout: Duration,
}

impl GatewaySettings {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            twilio_url: environment.text("PROVIDER_URL").trim_end_matches('/').to_owned(),
            account_sid: environment.parsed("PROVIDER_ACCOUNT_SID", String::new()),
            auth_token: environment.parsed("PROVIDER_AUTH_TOKEN", String::new()),
            public_url: environment.text("PUBLIC_URL"),
            configuration_set: environment.parsed("CONFIGURATION_SET", String::new()),
            timeout: Duration::from_secs(environment.parsed("GATEWAY_TIMEOUT_SECONDS", 10)),
        }
    }

    #[must_use]
    pub fn auth_token(&self) -> &str {
        &self.auth_token
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The longest that one request can take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// One HTTP client, one AWS client and the secrets, from which each sender's gateway is made.
pub struct Gateways {
    settings: GatewaySettings,
    http: Client,
    aws: EndUserMessaging,
    secrets: Secrets,
}

#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("the sender has no account: neither the organisation nor the deployment names one")]
    NoAccount,
    #[error("failed to read the account's credentials")]
    Credentials(#[from] SecretError),
}

impl GatewayError {
    /// Whether only a person can mend it.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NoAccount => true,
            Self::Credentials(error) => error.is_permanent(),
        }
    }
}

impl Gateways {
    #[must_use]
    pub fn new(aws: &SdkConfig, http: Client, settings: GatewaySettings, usage: Usage) -> Self {
        let set = Some(settings.configuration_set.clone()).filter(|set| !set.is_empty());
        Self {
            aws: EndUserMessaging::new(aws, set, settings.timeout, usage.clone()),
            secrets: Secrets::new(aws, usage),
            http,
            settings,
        }
    }

    pub async fn of(&self, sender: &Sender) -> Result<Arc<dyn Gateway>, GatewayError> {
        let Provider::Twilio(twilio) = &sender.provider else {
            return Ok(Arc::new(self.aws.clone()));
        };
        let (sid, auth_token) = match &twilio.account {
            Some(own) => {
                let credentials = self.secrets.credentials(&own.credentials).await?;
                (own.account_sid.clone(), credentials.auth_token.clone())
            }
            None => (self.settings.account_sid.clone(), self.settings.auth_token.clone()),
        };
        if sid.is_empty() {
            return Err(GatewayError::NoAccount);
        }
        let GatewaySettings { twilio_url, public_url, timeout, .. } = self.settings.clone();
        let account = Account { base_url: twilio_url, sid, auth_token };
        Ok(Arc::new(Twilio::new(self.http.clone(), timeout, account, public_url)))
    }
}
