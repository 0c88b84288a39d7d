//! Phone numbers in E.164.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::shard::Shards;

pub mod line;
mod named;
mod written;

pub use line::Line;
pub use written::InvalidPhone;

/// The namespace for hashing phones to shards. It must never change, because it decides where every
/// contact and unsubscribe is stored.
const SHARD_NAMESPACE: Uuid = Uuid::from_u128(0x6f9d_1b0a_52c3_5e0e_9d3e_64a5_1d8b_77f1);

/// A phone number in E.164: `+` and 7 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Phone(String);

impl Phone {
    /// Parses a number that a person wrote: international, or national as dialed in `region`.
    ///
    /// Agrees with libphonenumber, except where that would text the wrong number: see [`written`].
    pub fn parse(written: &str, region: Region) -> Result<Self, InvalidPhone> {
        written::parse(written, region)
    }

    /// Every number that a text may contain, even if [`Self::parse`] would refuse to choose one or
    /// to ignore a note. Only opt-outs are read this way: see [`named`].
    #[must_use]
    pub fn all_in(written: &str, region: Region) -> Vec<Self> {
        named::all(written, region)
    }

    /// Accepts a number that is in E.164 already, verbatim and without further checks. Stored keys
    /// depend on this: equal forms of a number must stay different here (see [`mod@line`]).
    pub fn from_e164(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhone::NotE164)?;
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(InvalidPhone::NotE164) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number's country, if it has one.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let number = PHONE_NUMBER_UTIL.parse(&self.0, None).ok()?;
        PHONE_NUMBER_UTIL.get_region_for_number(&number).map(Region)
    }

    /// The audience shard, out of `shards`, that stores everything about this phone.
    #[must_use]
    pub fn shard(&self, shards: Shards) -> u16 {
        shards.of(Uuid::new_v5(&SHARD_NAMESPACE, self.0.as_bytes()))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl TryFrom<String> for Phone {
    type Error = InvalidPhone;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_e164(&text)
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_e164(text)
    }
}

/// The country whose national format an organization uses, as an ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Region(rlibphonenumber::Region);

impl Default for Region {
    fn default() -> Self {
        Self(rlibphonenumber::Region::US)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a two-letter country code, such as US")]
pub struct InvalidRegion;

/// Parses the ISO code of a country that has a numbering plan.
impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let region = text.trim().parse().map_err(|_| InvalidRegion)?;
        let has_phones = PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some();
        has_phones.then_some(Self(region)).ok_or(InvalidRegion)
    }
}

/// Checks only the format: a stored region was checked when it was set.
impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|_| InvalidRegion)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.to_string()
    }
}

#[cfg(test)]
mod tests;
