//! Senders: the number that an organization's texts come from, and the provider that sends them.

pub mod aws;
mod secret;
#[cfg(test)]
mod tests;
pub mod twilio;

pub use secret::{InvalidSecretName, SecretName};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::phone::Phone;

/// Frozen on a campaign when it is sent. A change applies to the next campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The phone that people reply to.
    pub phone: Phone,
    pub provider: Provider,
    /// The rate at which the provider accepts its message parts, which depends on the kind of
    /// number.
    pub parts_per_second: u32,
}

/// The rate of a long code, the slowest kind of number. Source: Twilio's documentation.
pub const PARTS_PER_SECOND: u32 = 1;
/// The highest rate that can be set.
pub const PARTS_PER_SECOND_MOST: u32 = 100_000;
/// The maximum number of a sender's messages in flight to a provider.
const MAX_AT_ONCE: usize = 25;

impl Sender {
    /// A sender of the slowest kind.
    #[must_use]
    pub fn new(phone: Phone, provider: Provider) -> Self {
        Self { phone, provider, parts_per_second: PARTS_PER_SECOND }
    }

    /// The maximum number of messages in flight to the provider.
    #[must_use]
    pub fn at_once(&self) -> usize {
        self.provider.settings().at_once(self.parts_per_second)
    }

    /// The secret of the organization's own account, if it has one.
    #[must_use]
    pub fn credentials(&self) -> Option<&SecretName> {
        self.provider.settings().credentials()
    }

    /// Every address that an inbound message may name as its destination: the phone, and those in
    /// the provider's settings.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<String> {
        let others = self.provider.settings().addresses();
        others.into_iter().chain([self.phone.to_string()]).collect()
    }
}

/// The provider that an organization sends with.
// A provider's file declares its settings and what they mean. `infra::gateway::choice` lists
// what talks to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumDiscriminants)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[strum_discriminants(
    name(ProviderKind),
    derive(IntoStaticStr, VariantArray),
    strum(serialize_all = "lowercase")
)]
pub enum Provider {
    Twilio(twilio::TwilioSender),
    Aws(aws::AwsSender),
}

impl ProviderKind {
    /// Every provider.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied()
    }

    /// Its name in settings and URLs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The rules of a provider's settings. Each provider implements this, so that no one else has to
/// check which provider it is.
trait ProviderSettings {
    /// Refuses settings that the provider would refuse.
    fn check(&self) -> Result<(), InvalidProvider>;

    /// The secret of the organization's own account, if it has one.
    fn credentials(&self) -> Option<&SecretName>;

    /// Every address that an inbound message may name as its destination, besides the phone.
    fn addresses(&self) -> Vec<String>;

    /// The maximum number of messages in flight to the provider.
    fn at_once(&self, parts_per_second: u32) -> usize;

    /// Refuses a body that the provider would refuse for every recipient.
    fn check_body(&self, body: &str) -> Result<(), BodyTooLong>;

    /// Whether the provider supports checking a message without sending it.
    fn has_dry_runs(&self) -> bool;

    /// The opt-out list that a number has unless another one was chosen; `None` if the provider
    /// offers no list that can be read.
    fn default_opt_out_list(&self) -> Option<&'static str>;
}

/// The field of a provider's settings that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidProvider {
    /// The field's place in the provider's settings, as a JSON pointer.
    pub pointer: &'static str,
    pub reason: String,
}

/// Why a provider doesn't accept a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be at most {max} characters in this encoding, the limit of {provider}")]
pub struct BodyTooLong {
    provider: &'static str,
    max: usize,
}

impl BodyTooLong {
    /// The maximum number of characters.
    #[must_use]
    pub fn max(self) -> usize {
        self.max
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self::Twilio(twilio::TwilioSender::default())
    }
}

impl Provider {
    fn settings(&self) -> &dyn ProviderSettings {
        match self {
            Self::Twilio(settings) => settings,
            Self::Aws(settings) => settings,
        }
    }

    /// The settings, if the provider would accept them.
    pub fn checked(self) -> Result<Self, InvalidProvider> {
        self.settings().check()?;
        Ok(self)
    }

    /// Refuses a body that the provider would refuse for every recipient.
    pub fn check_body(&self, body: &str) -> Result<(), BodyTooLong> {
        self.settings().check_body(body)
    }

    /// Whether the provider supports checking a message without sending it.
    #[must_use]
    pub fn has_dry_runs(&self) -> bool {
        self.settings().has_dry_runs()
    }

    /// The opt-out list that a number has unless another one was chosen; `None` if the provider
    /// offers no list that can be read.
    #[must_use]
    pub fn default_opt_out_list(&self) -> Option<&'static str> {
        self.settings().default_opt_out_list()
    }
}

fn require(holds: bool, pointer: &'static str, reason: &str) -> Result<(), InvalidProvider> {
    if holds { Ok(()) } else { Err(InvalidProvider { pointer, reason: reason.to_owned() }) }
}
