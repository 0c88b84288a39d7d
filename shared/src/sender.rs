//! Senders: the number that an organisation's texts come from, and the provider that sends them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::parts::{Encoding, Parts};
use crate::phone::Phone;

/// Frozen on a campaign when it is sent: a change is for the next campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The number that people answer to.
    pub phone: Phone,
    pub provider: Provider,
    /// How fast the provider takes its message parts: the rate of its kind of number.
    pub parts_per_second: u32,
}

/// The rate of a long code, the slowest kind of number. Source: Twilio's documentation.
pub const PARTS_PER_SECOND: u32 = 1;
const AT_ONCE_MOST: usize = 25;
/// The highest rate that can be set.
pub const PARTS_PER_SECOND_MOST: u32 = 100_000;

impl Sender {
    /// A sender of the slowest kind.
    #[must_use]
    pub fn new(phone: Phone, provider: Provider) -> Self {
        Self { phone, provider, parts_per_second: PARTS_PER_SECOND }
    }

    /// How many messages are with the provider at once. Twilio queues what comes faster than the
    /// sender's rate; AWS refuses it, so that a slow number would be asked in vain most of the time.
    #[must_use]
    pub fn at_once(&self) -> usize {
        let rate = usize::try_from(self.parts_per_second).unwrap_or(usize::MAX);
        match self.provider {
            Provider::Twilio(_) => AT_ONCE_MOST,
            Provider::Aws(_) => rate.clamp(1, AT_ONCE_MOST),
        }
    }

    /// The secret of the organisation's own account, if it has one.
    #[must_use]
    pub fn credentials(&self) -> Option<&SecretName> {
        match &self.provider {
            Provider::Twilio(twilio) => Some(&twilio.account.as_ref()?.credentials),
            Provider::Aws(_) => None,
        }
    }

    /// Every address that an inbound message may name as its destination: the phone, a short code, a
    /// pool's other numbers, a Messaging Service.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<String> {
        let others: Vec<String> = match &self.provider {
            Provider::Twilio(twilio) => twilio.messaging_service_sid.iter().cloned().collect(),
            Provider::Aws(aws) => aws.addresses(),
        };
        others.into_iter().chain([self.phone.to_string()]).collect()
    }
}

/// Which provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    Twilio,
    Aws,
}

impl ProviderKind {
    pub const ALL: [Self; 2] = [Self::Twilio, Self::Aws];

    /// Its name in settings and URLs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Aws => "aws",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Provider {
    Twilio(TwilioSender),
    Aws(AwsSender),
}

/// How messages go through Twilio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TwilioSender {
    /// The organisation's own account; the deployment's if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<TwilioAccount>,
    /// Sends through this Messaging Service, which chooses the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_service_sid: Option<String>,
    /// How long Twilio may keep a message before it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_seconds: Option<u32>,
}

/// How many other numbers a sender may have.
const NUMBERS_MOST: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TwilioAccount {
    pub account_sid: String,
    /// Where the auth token is.
    pub credentials: SecretName,
}

/// How messages go through AWS End User Messaging, in the deployment's own AWS account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AwsSender {
    /// A pool, a sender id or a number by its id or ARN; the sender's phone if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origination_identity: Option<String>,
    /// The numbers and short codes of the pool besides the sender's phone: people may answer to any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// Where events go; the deployment's own configuration set if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
    #[serde(default)]
    pub message_type: MessageType,
    /// How long AWS may keep a message before it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_live_seconds: Option<u32>,
    /// The most that a part may cost, in US dollars, such as 0.05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageType {
    Transactional,
    /// Campaigns are.
    #[default]
    Promotional,
}

/// What people can write to: a phone in E.164, or a short code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be in E.164, such as +14155550123, or a short code of 3 to 8 digits")]
pub struct InvalidNumber;

/// The name of a secret: `ssm:/path` of a parameter, or `secretsmanager:name` of a secret. The
/// secret itself is never kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

/// Which field of a provider's settings was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidProvider {
    /// The field's place below the provider, as a JSON pointer.
    pub pointer: &'static str,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a name such as ssm:/volley/NAME or secretsmanager:volley/NAME")]
pub struct InvalidSecretName;

/// Why a provider does not take a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be at most {max} characters in this encoding, the limit of AWS End User Messaging")]
pub struct BodyTooLong {
    max: usize,
}

/// Source: Twilio's error 90007.
const VALIDITY_MOST: u32 = 36_000;
/// Source: the API of AWS End User Messaging, as the next two.
const TIME_TO_LIVE: std::ops::RangeInclusive<u32> = 5..=259_200;
const AWS_GSM_MOST: usize = 1_530;
const AWS_OTHERS_MOST: usize = 630;

impl Default for Provider {
    fn default() -> Self {
        Self::Twilio(TwilioSender::default())
    }
}

impl Provider {
    /// The settings, if the provider can be asked with them.
    pub fn checked(self) -> Result<Self, InvalidProvider> {
        match &self {
            Self::Twilio(twilio) => twilio.check()?,
            Self::Aws(aws) => aws.check()?,
        }
        Ok(self)
    }

    /// Refuses a body that the provider would refuse for every recipient.
    pub fn check_body(&self, body: &str) -> Result<(), BodyTooLong> {
        let Self::Aws(_) = self else {
            return Ok(());
        };
        let (length, max) = match Parts::of(body).encoding {
            Encoding::Gsm7 => (body.chars().count(), AWS_GSM_MOST),
            Encoding::Ucs2 => (body.encode_utf16().count(), AWS_OTHERS_MOST),
        };
        if length > max { Err(BodyTooLong { max }) } else { Ok(()) }
    }
}

fn require(holds: bool, pointer: &'static str, reason: &str) -> Result<(), InvalidProvider> {
    if holds { Ok(()) } else { Err(InvalidProvider { pointer, reason: reason.to_owned() }) }
}

/// Whether a text is one of Twilio's ids: two letters and 32 hexadecimal digits.
fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl TwilioSender {
    fn check(&self) -> Result<(), InvalidProvider> {
        if let Some(account) = &self.account {
            let reason = "must be AC followed by 32 hexadecimal digits";
            require(is_sid(&account.account_sid, "AC"), "/account/accountSid", reason)?;
        }
        let service = self.messaging_service_sid.as_deref();
        let reason = "must be MG followed by 32 hexadecimal digits";
        require(service.is_none_or(|sid| is_sid(sid, "MG")), "/messagingServiceSid", reason)?;
        let is_valid = self.validity_seconds.is_none_or(|s| (1..=VALIDITY_MOST).contains(&s));
        require(is_valid, "/validitySeconds", "must be between 1 and 36000")
    }
}

impl AwsSender {
    /// Where people can write to besides the sender's phone. A pool has no address of its own, but
    /// a number or short code that messages are sent from has.
    fn addresses(&self) -> Vec<String> {
        let identity = self.origination_identity.as_deref();
        let identity = identity.and_then(|identity| Number::try_from(identity.to_owned()).ok());
        self.numbers.iter().cloned().chain(identity).map(String::from).collect()
    }

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
        require(self.numbers.len() <= NUMBERS_MOST, "/numbers", reason)?;
        let is_time = self.time_to_live_seconds.is_none_or(|s| TIME_TO_LIVE.contains(&s));
        require(is_time, "/timeToLiveSeconds", "must be between 5 and 259200")?;
        let price = self.max_price.as_deref();
        require(
            price.is_none_or(is_max_price),
            "/maxPrice",
            "must be an amount such as 0.05, with 1 to 5 decimal places",
        )
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

impl FromStr for SecretName {
    type Err = InvalidSecretName;

    /// Only names below `volley` can be read: a deployment's other secrets are not opened by it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_prefix("ssm:/").or(text.strip_prefix("secretsmanager:"));
        let known = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
        let is_name = path.and_then(|path| path.strip_prefix("volley/")).is_some_and(|name| {
            (1..=200).contains(&name.len()) && name.bytes().all(known) && !name.contains("..")
        });
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidSecretName) }
    }
}

impl TryFrom<String> for SecretName {
    type Error = InvalidSecretName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(SecretName(name): SecretName) -> Self {
        name
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(settings: &str) -> Option<&'static str> {
        let provider: Provider = serde_json::from_str(settings).expect("a provider");
        provider.checked().err().map(|error| error.pointer)
    }

    #[test]
    fn settings_are_checked_by_what_the_providers_take() {
        let hex = "0123456789abcdef0123456789abcdef";
        for (settings, expected) in [
            (r#"{"kind":"twilio"}"#.to_owned(), None),
            (format!(r#"{{"kind":"twilio","messagingServiceSid":"MG{hex}"}}"#), None),
            (
                r#"{"kind":"twilio","messagingServiceSid":"MG1"}"#.to_owned(),
                Some("/messagingServiceSid"),
            ),
            (r#"{"kind":"twilio","validitySeconds":36001}"#.to_owned(), Some("/validitySeconds")),
            (
                r#"{"kind":"twilio","account":{"accountSid":"AC1","credentials":"ssm:/volley/a"}}"#
                    .to_owned(),
                Some("/account/accountSid"),
            ),
            (r#"{"kind":"aws","maxPrice":"0.05","timeToLiveSeconds":5}"#.to_owned(), None),
            (r#"{"kind":"aws","maxPrice":"1"}"#.to_owned(), Some("/maxPrice")),
            (r#"{"kind":"aws","timeToLiveSeconds":4}"#.to_owned(), Some("/timeToLiveSeconds")),
            (r#"{"kind":"aws","originationIdentity":""}"#.to_owned(), Some("/originationIdentity")),
        ] {
            assert_eq!(pointer(&settings), expected, "{settings}");
        }
    }

    #[test]
    fn people_can_write_to_every_number_and_short_code() {
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let addresses = |settings: &str| {
            let provider = serde_json::from_str(settings).expect("a provider");
            Sender::new(phone.clone(), provider).addresses().into_iter().collect::<Vec<_>>()
        };
        let pool =
            r#"{"kind":"aws","originationIdentity":"pool-1","numbers":["12345","+14153550101"]}"#;
        assert_eq!(addresses(pool), ["+14153550100", "+14153550101", "12345"]);
        let code = r#"{"kind":"aws","originationIdentity":"12345"}"#;
        assert_eq!(addresses(code), ["+14153550100", "12345"]);
        for number in ["12", "123456789", "BANK", "", "14153550100"] {
            assert_eq!(Number::try_from(number.to_owned()), Err(InvalidNumber), "{number}");
        }
    }

    #[test]
    fn only_names_below_volley_are_secrets() {
        for name in ["ssm:/volley/acme/twilio", "secretsmanager:volley/acme"] {
            assert!(name.parse::<SecretName>().is_ok(), "{name}");
        }
        for name in
            ["", "ssm:/other", "ssm:/volley/", "ssm:volley/a", "ssm:/volley/../a", "x:volley/a"]
        {
            assert_eq!(name.parse::<SecretName>(), Err(InvalidSecretName), "{name}");
        }
    }

    #[test]
    fn aws_takes_shorter_bodies() {
        let aws = Provider::Aws(AwsSender::default());
        assert!(aws.check_body(&"a".repeat(1_530)).is_ok());
        assert!(aws.check_body(&"a".repeat(1_531)).is_err());
        assert!(aws.check_body(&"я".repeat(630)).is_ok());
        assert!(aws.check_body(&"я".repeat(631)).is_err());
        assert!(Provider::default().check_body(&"я".repeat(1_600)).is_ok());
    }

    #[test]
    fn a_slow_number_at_aws_is_asked_one_by_one() {
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let at_once = |provider, parts_per_second| {
            let sender = Sender::new(phone.clone(), provider);
            Sender { parts_per_second, ..sender }.at_once()
        };
        let aws = || Provider::Aws(AwsSender::default());
        assert_eq!([1, 10, 100].map(|rate| at_once(aws(), rate)), [1, 10, 25]);
        assert_eq!(at_once(Provider::default(), 1), 25);
    }
}
