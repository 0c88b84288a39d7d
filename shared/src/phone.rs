//! Phone numbers in E.164.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::shard_of;

/// The name space under which phones are hashed to shards. It must never change: it decides where
/// every contact and unsubscribe lies.
const SHARD_NAMESPACE: Uuid = Uuid::from_u128(0x6f9d_1b0a_52c3_5e0e_9d3e_64a5_1d8b_77f1);

/// A phone number in E.164: `+` and 7 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Phone(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    #[error("not a phone number")]
    NotANumber,
    #[error("no number that its country could have assigned")]
    NotAssignable,
    #[error("not in E.164, such as +14155550123")]
    NotE164,
}

impl Phone {
    /// Parses what a person wrote: international, or national as dialled in `region`.
    pub fn parse(written: &str, region: Region) -> Result<Self, InvalidPhone> {
        let written = written.trim();
        // Letters would be read as a vanity number's keys, which in a list of contacts is more
        // often a note beside the number, or no number at all.
        if written.is_empty() || written.chars().any(char::is_alphabetic) {
            return Err(InvalidPhone::NotANumber);
        }
        // `(0)` is Europe's note that a zero is dialled at home only.
        let number = PHONE_NUMBER_UTIL
            .parse(written.replace("(0)", ""), Some(region.0))
            .map_err(|_| InvalidPhone::NotANumber)?;
        if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
            return Err(InvalidPhone::NotAssignable);
        }
        Self::from_e164(&PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164))
    }

    /// Takes a number that is in E.164 already, by its form alone: stored numbers and those that
    /// a provider tells were checked when they came in.
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

    /// The country that the number is of, if it is one's.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let number = PHONE_NUMBER_UTIL.parse(&self.0, None).ok()?;
        PHONE_NUMBER_UTIL.get_region_for_number(&number).map(Region)
    }

    /// The audience shard, out of `shards`, in which everything about this phone lies.
    #[must_use]
    pub fn shard(&self, shards: u16) -> u16 {
        shard_of(Uuid::new_v5(&SHARD_NAMESPACE, self.0.as_bytes()), shards)
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

/// The country whose national forms an organisation writes, by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Region(rlibphonenumber::Region);

impl Default for Region {
    fn default() -> Self {
        Self(rlibphonenumber::Region::US)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country code of two letters, such as US")]
pub struct InvalidRegion;

/// Of a country that has phones.
impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let region = text.trim().parse().map_err(|_| InvalidRegion)?;
        let has_phones = PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some();
        has_phones.then_some(Self(region)).ok_or(InvalidRegion)
    }
}

/// By its form alone: a stored one was checked when it came in.
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(written: &str, region: &str, expected: Result<&str, InvalidPhone>) {
        let parsed = Phone::parse(written, region.parse().expect("a region"));
        assert_eq!(parsed.as_ref().map(Phone::as_str).map_err(|e| *e), expected, "{written}");
    }

    #[test]
    fn national_and_international_forms_are_one_number() {
        for written in ["(415) 355-0123", "415.355.0123", "+1 415 355 0123", "1-415-355-0123"] {
            check(written, "US", Ok("+14153550123"));
        }
        check("07911 123456", "GB", Ok("+447911123456"));
        check("06 12 34 56 78", "FR", Ok("+33612345678"));
        check("011 44 7911 123456", "US", Ok("+447911123456"));
    }

    /// None of these may lose a digit to the home region's trunk prefix.
    #[test]
    fn foreign_numbers_are_read_as_they_are_written() {
        check("+4915123456789", "US", Ok("+4915123456789"));
        check("+49 160 5123456", "US", Ok("+491605123456"));
        check("+5511912345678", "US", Ok("+5511912345678"));
        check("+33 (0)6 12 34 56 78", "US", Ok("+33612345678"));
        check("00 49 1512 3456789", "GB", Ok("+4915123456789"));
        check("011 49 1512 3456789", "US", Ok("+4915123456789"));
    }

    #[test]
    fn a_region_has_phones() {
        assert_eq!(" gb ".parse::<Region>().map(String::from), Ok("GB".to_owned()));
        for text in ["", "U", "USA", "001", "XX", "1A"] {
            assert_eq!(text.parse::<Region>(), Err(InvalidRegion), "{text}");
        }
    }

    #[test]
    fn a_phone_is_of_its_country() {
        for (phone, region) in
            [("+14153550123", "US"), ("+16135550123", "CA"), ("+447400123456", "GB")]
        {
            let phone = Phone::from_e164(phone).expect("valid");
            assert_eq!(phone.region().map(String::from).as_deref(), Some(region));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        check("", "US", Err(InvalidPhone::NotANumber));
        check("call me", "US", Err(InvalidPhone::NotANumber));
        check("1-800-FLOWERS", "US", Err(InvalidPhone::NotANumber));
        check("12345", "US", Err(InvalidPhone::NotAssignable));
        check("+1 000 000 0000", "US", Err(InvalidPhone::NotAssignable));
    }

    #[test]
    fn e164_is_checked_by_form() {
        for text in
            ["14155550123", "+", "+123456", "+1234567890123456", "+1415555012a", "+0123456789"]
        {
            assert_eq!(Phone::from_e164(text), Err(InvalidPhone::NotE164), "{text}");
        }
    }

    /// Shards decide where stored items lie, so their choice may never change.
    #[test]
    fn shards_are_stable() {
        let shards: Vec<u16> = ["+14155550123", "+447911123456", "+33612345678"]
            .iter()
            .map(|text| Phone::from_e164(text).expect("valid").shard(32))
            .collect();
        assert_eq!(shards, [21, 20, 20]);
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_answers_e164(written in "\\PC{0,40}") {
            if let Ok(phone) = Phone::parse(&written, Region::default()) {
                prop_assert_eq!(Phone::from_e164(phone.as_str()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(phone.as_str(), Region::default()), Ok(phone));
            }
        }
    }
}
