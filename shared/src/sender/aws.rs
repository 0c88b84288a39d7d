//! An organization's settings for AWS End User Messaging, and their rules.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BodyTooLong, InvalidProvider, MAX_AT_ONCE, ProviderSettings, SecretName, require};
use crate::parts::{Encoding, Parts};
use crate::phone::Phone;

/// The maximum number of additional phones per sender.
const MAX_NUMBERS: usize = 40;
/// Source: the service's API, also for the next two.
const TIME_TO_LIVE_SECONDS: RangeInclusive<u32> = 5..=259_200;
const MAX_GSM_CHARACTERS: usize = 1_530;
const MAX_OTHER_CHARACTERS: usize = 630;

/// How messages go through AWS End User Messaging, in the deployment's own AWS account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AwsSender {
    /// The ID or ARN of a pool, a sender ID or a number. Defaults to the sender's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origination_identity: Option<String>,
    /// The pool's other numbers, besides the sender's phone. People may reply to any of them.
    #[schema(value_type = Vec<String>)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// The configuration set for events. Defaults to the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
    /// Defaults to `PROMOTIONAL`.
    #[serde(default)]
    pub message_type: MessageType,
    /// How long AWS may hold a message before sending it, in seconds.
    #[schema(minimum = 5, maximum = 259_200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_live_seconds: Option<u32>,
    /// The maximum price of a part, in US dollars.
    #[schema(example = "0.05")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<String>,
}

/// How AWS routes and prices a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageType {
    Transactional,
    // Campaigns are.
    #[default]
    Promotional,
}

/// An address that people can write to: a phone in E.164, or a short code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be in E.164, such as +14155550123, or a short code of 3 to 8 digits")]
pub struct InvalidNumber;

impl ProviderSettings for AwsSender {
    fn check(&self) -> Result<(), InvalidProvider> {
        let is_name = |name: &str| {
            let known = |b: u8| b.is_ascii_alphanumeric() || b"_-:/+".contains(&b);
            (1..=256).contains(&name.len()) && name.bytes().all(known)
        };
        let reason = "must be 1 to 256 letters, digits or characters of _-:/+";
        let identity = self.origination_identity.as_deref();
        require(identity.is_none_or(is_name), "/originationIdentity", reason)?;
        let set = self.configuration_set.as_deref();
        require(set.is_none_or(is_name), "/configurationSet", reason)?;
        let reason = "must contain at most 40 numbers";
        require(self.numbers.len() <= MAX_NUMBERS, "/numbers", reason)?;
        let is_time = self.time_to_live_seconds.is_none_or(|s| TIME_TO_LIVE_SECONDS.contains(&s));
        require(is_time, "/timeToLiveSeconds", "must be between 5 and 259200")?;
        let price = self.max_price.as_deref();
        require(
            price.is_none_or(is_max_price),
            "/maxPrice",
            "must be an amount such as 0.05, with 1 to 5 decimal places",
        )
    }

    /// Messages are sent through the deployment's AWS account.
    fn credentials(&self) -> Option<&SecretName> {
        None
    }

    /// A pool has no address, but a phone or short code that messages are sent from does.
    fn addresses(&self) -> Vec<String> {
        let identity = self.origination_identity.as_deref();
        let identity = identity.and_then(|identity| Number::try_from(identity.to_owned()).ok());
        self.numbers.iter().cloned().chain(identity).map(String::from).collect()
    }

    /// AWS refuses messages that exceed the sender's rate, so a slow phone sends one at a time.
    fn at_once(&self, parts_per_second: u32) -> usize {
        usize::try_from(parts_per_second).unwrap_or(usize::MAX).clamp(1, MAX_AT_ONCE)
    }

    fn check_body(&self, body: &str) -> Result<(), BodyTooLong> {
        let (length, max) = match Parts::of(body).encoding {
            Encoding::Gsm7 => (body.chars().count(), MAX_GSM_CHARACTERS),
            Encoding::Ucs2 => (body.encode_utf16().count(), MAX_OTHER_CHARACTERS),
        };
        let provider = "AWS End User Messaging";
        if length > max { Err(BodyTooLong { provider, max }) } else { Ok(()) }
    }

    fn has_dry_runs(&self) -> bool {
        true
    }

    fn default_opt_out_list(&self) -> Option<&'static str> {
        Some("Default")
    }
}

/// Source: the API's pattern for `MaxPrice`: up to two digits, a point and up to five more.
fn is_max_price(price: &str) -> bool {
    let digits = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    price
        .split_once('.')
        .is_some_and(|(whole, fraction)| digits(whole, 0..=2) && digits(fraction, 1..=5))
}

impl TryFrom<String> for Number {
    type Error = InvalidNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_short_code =
            (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_short_code || Phone::from_e164(&text).is_ok() {
            Ok(Self(text))
        } else {
            Err(InvalidNumber)
        }
    }
}

impl From<Number> for String {
    fn from(Number(number): Number) -> Self {
        number
    }
}
