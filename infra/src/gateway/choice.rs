//! Which gateway a sender uses.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::Client;
use serde_json::Value;
use shared::organization::Organization;
use shared::sender::{Provider, ProviderKind, Sender};
use shared::time::Timestamp;

use super::aws::EndUserMessaging;
use super::webhook::Webhooks;
use super::{Gateway, ProviderEvent, aws, twilio};
use crate::config::Environment;
use crate::secrets::SecretError;
use crate::usage::Usage;

#[derive(Clone)]
pub struct GatewaySettings {
    twilio: twilio::Settings,
    public_url: String,
    configuration_set: Option<String>,
    timeout: Duration,
}

impl GatewaySettings {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            twilio: twilio::Settings::read(environment),
            public_url: environment.text("PUBLIC_URL"),
            configuration_set: environment.optional("CONFIGURATION_SET"),
            timeout: Duration::from_secs(environment.parsed("GATEWAY_TIMEOUT_SECONDS", 10)),
        }
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The time limit of a request.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// The providers' clients, which create each sender's gateway.
pub struct Gateways {
    twilio: twilio::Accounts,
    aws: EndUserMessaging,
}

#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("the sender has no account: neither the organization nor the deployment names one")]
    NoAccount,
    #[error("failed to read the account's credentials")]
    Credentials(#[from] SecretError),
}

impl GatewayError {
    /// Whether only a person can fix it.
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
        let GatewaySettings { twilio, public_url, configuration_set, timeout } = settings;
        Self {
            aws: EndUserMessaging::new(aws, configuration_set, timeout, usage.clone()),
            twilio: twilio::Accounts::new(aws, http, twilio, public_url, timeout, usage),
        }
    }

    pub async fn of(&self, sender: &Sender) -> Result<Arc<dyn Gateway>, GatewayError> {
        match &sender.provider {
            Provider::Twilio(settings) => self.twilio.gateway(settings).await,
            Provider::Aws(settings) => Ok(Arc::new(self.aws.with_settings(settings))),
        }
    }

    /// The webhooks of a provider, if it calls any.
    #[must_use]
    pub fn webhooks(&self, kind: ProviderKind) -> Option<&dyn Webhooks> {
        match kind {
            ProviderKind::Twilio => Some(&self.twilio),
            ProviderKind::Aws => None,
        }
    }
}

/// Reads an event that a provider put on a queue. Returns `None` if it is not a provider's event.
#[must_use]
pub fn read_queued(body: &Value, now: Timestamp) -> Option<ProviderEvent> {
    ProviderKind::all().find_map(|kind| match kind {
        ProviderKind::Twilio => None,
        ProviderKind::Aws => aws::read(body, now),
    })
}

/// The sender of a reply to a person who wrote to `address`: that address if it can send, or `None`
/// if the organization no longer has it.
#[must_use]
pub fn sender_of_reply(organization: &Organization, address: &str) -> Option<Sender> {
    let own = organization.addresses().contains(address).then_some(&organization.sender)?;
    match &own.provider {
        Provider::Twilio(settings) => Some(twilio::sender_of_reply(own, settings, address)),
        Provider::Aws(settings) => Some(aws::sender_of_reply(own, settings, address)),
    }
}
