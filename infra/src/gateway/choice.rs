//! The list of providers, and which of them a sender, a webhook or an event belongs to.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::Client;
use serde_json::Value;
use shared::organization::Organization;
use shared::sender::{Provider, ProviderKind, Sender};
use shared::time::Timestamp;

use super::adapter::{Adapter, Deployment, GatewayError};
use super::webhook::Webhooks;
use super::{Explanation, Gateway, Queued};
use crate::config::Environment;
use crate::usage::Usage;

/// Builds everything that differs by provider from one list. Each line has a name, the variant of
/// [`Provider`] and the folder's [`Adapter`]. The matches are exhaustive, so that a provider that
/// `shared` knows and the list does not is a compile error.
macro_rules! providers {
    ($($name:ident: $kind:ident => $adapter:ty,)+) => {
        #[derive(Clone)]
        struct Settings {
            $($name: <$adapter as Adapter>::Settings,)+
        }

        impl Settings {
            fn read(environment: &mut Environment<'_>) -> Self {
                Self { $($name: <$adapter as Adapter>::read(environment),)+ }
            }
        }

        /// The providers' clients, from which each sender's gateway is made.
        pub struct Gateways {
            $($name: $adapter,)+
        }

        impl Gateways {
            fn open(settings: Settings, deployment: &Deployment<'_>) -> Self {
                Self { $($name: <$adapter as Adapter>::open(settings.$name, deployment),)+ }
            }

            /// The gateway that a sender uses.
            pub async fn of(&self, sender: &Sender) -> Result<Arc<dyn Gateway>, GatewayError> {
                match &sender.provider {
                    $(Provider::$kind(settings) => Adapter::gateway(&self.$name, settings).await,)+
                }
            }

            /// What reads the webhooks of a provider, if it calls any.
            #[must_use]
            pub fn webhooks(&self, kind: ProviderKind) -> Option<&dyn Webhooks> {
                match kind {
                    $(ProviderKind::$kind => Adapter::webhooks(&self.$name),)+
                }
            }
        }

        /// What an event says that a provider put on one of the queues; `None` if it is not a
        /// provider's.
        #[must_use]
        pub fn read_queued(body: &Value, now: Timestamp) -> Option<Queued> {
            None$(.or_else(|| <$adapter as Adapter>::read_queued(body, now)))+
        }

        /// What a provider's code for a failed message means, if that is known.
        #[must_use]
        pub fn explain(kind: ProviderKind, code: &str) -> Option<Explanation> {
            match kind {
                $(ProviderKind::$kind => <$adapter as Adapter>::explain(code),)+
            }
        }

        fn replying(own: &Sender, address: &str) -> Sender {
            match &own.provider {
                $(Provider::$kind(settings) => {
                    <$adapter as Adapter>::sender_of_reply(own, settings, address)
                })+
            }
        }
    };
}

providers! {
    twilio: Twilio => super::twilio::Accounts,
    aws: Aws => super::aws::EndUserMessaging,
}

#[derive(Clone)]
pub struct GatewaySettings {
    providers: Settings,
    public_url: String,
    timeout: Duration,
}

impl GatewaySettings {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            providers: Settings::read(environment),
            public_url: environment.text("PUBLIC_URL"),
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

impl Gateways {
    #[must_use]
    pub fn new(aws: &SdkConfig, http: Client, settings: GatewaySettings, usage: Usage) -> Self {
        let GatewaySettings { providers, public_url, timeout } = settings;
        Self::open(providers, &Deployment { aws, http, public_url, timeout, usage })
    }
}

/// The sender of a reply to a person who wrote to `address`: that address if it can send, or `None`
/// if the organization no longer has it.
#[must_use]
pub fn sender_of_reply(organization: &Organization, address: &str) -> Option<Sender> {
    let is_own = organization.addresses().contains(address);
    is_own.then(|| replying(&organization.sender, address))
}
