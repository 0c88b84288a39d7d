//! What a provider's folder offers to the rest of Volley.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::Client;
use serde_json::Value;
use shared::sender::Sender;
use shared::time::Timestamp;

use super::webhook::Webhooks;
use super::{Explanation, Gateway, Queued};
use crate::config::Environment;
use crate::secrets::SecretError;
use crate::usage::Usage;

/// What every provider's client is built with.
pub(super) struct Deployment<'a> {
    pub(super) aws: &'a SdkConfig,
    pub(super) http: Client,
    /// Where webhooks reach Volley.
    pub(super) public_url: String,
    /// How long one request may take at most.
    pub(super) timeout: Duration,
    pub(super) usage: Usage,
}

/// A provider. The list in `choice` names one type of each folder, and this is all that the rest
/// of Volley knows of it.
pub(super) trait Adapter: Sized {
    /// The deployment's settings for the provider.
    type Settings: Clone;
    /// An organization's settings for the provider.
    type Sender;

    /// Reads the deployment's settings. A deployment that does not use the provider has none.
    fn read(environment: &mut Environment<'_>) -> Self::Settings;

    fn open(settings: Self::Settings, deployment: &Deployment<'_>) -> Self;

    /// The gateway of a sender with these settings.
    async fn gateway(&self, settings: &Self::Sender) -> Result<Arc<dyn Gateway>, GatewayError>;

    /// What reads the provider's webhooks, if it calls any.
    fn webhooks(&self) -> Option<&dyn Webhooks>;

    /// What an event says that the provider put on one of the queues; `None` if it is not one of this
    /// provider's.
    fn read_queued(body: &Value, now: Timestamp) -> Option<Queued>;

    /// The sender of a reply to a person who wrote to `address`, which is one of the organization's.
    fn sender_of_reply(own: &Sender, settings: &Self::Sender, address: &str) -> Sender;

    /// What one of the provider's codes means, if that is known.
    fn explain(code: &str) -> Option<Explanation>;
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
