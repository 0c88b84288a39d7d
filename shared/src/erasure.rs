//! Erasing a person: what stays is a keyed hash of their phone, so that they are not texted again.
//!
//! A plain hash of a phone names the phone, because all phones can be tried. So the hash has a key that
//! is kept apart from the table. Phones are gone once a person is erased, so a hash can't be computed
//! again under another key. Every hash names its key, and a key that a hash names may never be lost:
//! without it, nothing of its organization is sent.

mod journal;
pub mod places;
mod record;
mod search;
mod sought;

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::ids::OrganizationId;
use crate::phone::Line;

pub use journal::{Note, Replay};
pub use record::{Erasure, Stage, Status};
pub use search::PhoneSearch;
pub use sought::SearchPlace;

/// The number of digits of a key: 32 bytes.
const KEY_DIGITS: usize = 64;
const MAX_ID: usize = 32;

/// A key of hashes and its name.
#[derive(Clone, PartialEq, Eq)]
pub struct ErasureKey {
    id: String,
    key: [u8; KEY_DIGITS / 2],
}

/// All keys of a deployment. New hashes are made with the last one.
#[derive(Clone, PartialEq, Eq)]
pub struct ErasureKeys(Vec<ErasureKey>);

impl fmt::Debug for ErasureKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl ErasureKeys {
    /// What [`Self::parse`] reads.
    pub const FORM: &'static str =
        "NAME:KEY, or several separated by spaces, with keys of 64 hexadecimal digits";

    /// Parses keys, oldest first. Names are up to 32 letters, digits and hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<ErasureKey>> = text.split_whitespace().map(key).collect();
        let keys = keys.filter(|keys| !keys.is_empty())?;
        let is_twice = |(place, key): (usize, &ErasureKey)| {
            keys[..place].iter().any(|earlier| earlier.id == key.id)
        };
        (!keys.iter().enumerate().any(is_twice)).then_some(Self(keys))
    }

    /// The hash of a phone under the newest key.
    #[must_use]
    pub fn hash(&self, organization: OrganizationId, line: &Line) -> Option<ErasedHash> {
        self.0.last().map(|key| key.hash(organization, line))
    }

    /// The hashes of a phone under all keys.
    #[must_use]
    pub fn hashes(&self, organization: OrganizationId, line: &Line) -> Vec<ErasedHash> {
        self.0.iter().map(|key| key.hash(organization, line)).collect()
    }

    /// Whether a hash is that of a phone; `None` without the key that it names.
    #[must_use]
    pub fn is_of(
        &self,
        hash: &ErasedHash,
        organization: OrganizationId,
        line: &Line,
    ) -> Option<bool> {
        let key = self.0.iter().find(|key| key.id == hash.key_id)?;
        Some(key.hash(organization, line) == *hash)
    }

    /// Whether there is a key of this name.
    #[must_use]
    pub fn has(&self, key_id: &str) -> bool {
        self.0.iter().any(|key| key.id == key_id)
    }
}

fn key(text: &str) -> Option<ErasureKey> {
    let (id, digits) = text.split_once(':')?;
    if !is_id(id) || digits.len() != KEY_DIGITS {
        return None;
    }
    let mut key = [0; KEY_DIGITS / 2];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(ErasureKey { id: id.to_owned(), key })
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl ErasureKey {
    /// The organization is part of what is hashed, so that hashes can't be compared across tenants.
    fn hash(&self, organization: OrganizationId, line: &Line) -> ErasedHash {
        let mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC accepts keys of any length");
        let text = format!("erased {organization} {}", line.as_phone());
        let digest = mac.chain_update(text).finalize().into_bytes();
        let digest: Vec<String> = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        ErasedHash { key_id: self.id.clone(), digest: digest.concat() }
    }
}

/// What is kept of an erased person's phone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ErasedHash {
    key_id: String,
    digest: String,
}

impl ErasedHash {
    /// Parses a hash as it is displayed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, digest) = text.split_once('#')?;
        let is_digest = digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id(id) && is_digest).then(|| Self { key_id: id.to_owned(), digest: digest.to_owned() })
    }

    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the hash of an erased person")]
pub struct InvalidHash;

impl TryFrom<String> for ErasedHash {
    type Error = InvalidHash;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(InvalidHash)
    }
}

impl From<ErasedHash> for String {
    fn from(hash: ErasedHash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for ErasedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.key_id, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::phone::Phone;

    fn keys(names: &[&str]) -> ErasureKeys {
        let keys = names.iter().enumerate().map(|(place, name)| format!("{name}:{place:064x}"));
        ErasureKeys::parse(&keys.collect::<Vec<_>>().join("\n")).expect("keys")
    }

    fn line(phone: &str) -> Line {
        Phone::from_e164(phone).expect("valid").line()
    }

    #[test]
    fn a_hash_is_of_one_key_organization_and_line() {
        let [one, two] = [1, 2].map(|id| OrganizationId(Uuid::from_u128(id)));
        let both = keys(&["a", "b"]);
        let hash =
            |organization, phone: &str| both.hash(organization, &line(phone)).expect("a hash");
        let found = hash(one, "+525512345678");
        assert_eq!(found, hash(one, "+5215512345678"), "a line has one hash");
        assert_ne!(found, hash(two, "+525512345678"));
        assert_ne!(found, hash(one, "+525512345679"));
        assert_eq!(found.key_id(), "b");
        assert_eq!(ErasedHash::parse(&found.to_string()), Some(found.clone()));
        let older = keys(&["a"]).hash(one, &line("+525512345678")).expect("a hash");
        assert_ne!(older, found);
        assert_eq!(both.hashes(one, &line("+525512345678")), [older, found.clone()]);
        assert!(both.has("a") && !keys(&["a"]).has("b"));
        let is_of = |keys: &ErasureKeys, phone| keys.is_of(&found, one, &line(phone));
        assert_eq!(is_of(&both, "+5215512345678"), Some(true));
        assert_eq!(is_of(&both, "+525512345679"), Some(false));
        assert_eq!(is_of(&keys(&["a"]), "+525512345678"), None, "its key is lost");
        assert!(!found.to_string().contains("5512345678"));
    }

    #[test]
    fn keys_are_named_once_and_whole() {
        let digits = "0".repeat(KEY_DIGITS);
        for text in [
            String::new(),
            digits.clone(),
            format!(":{digits}"),
            format!("a b:{digits}"),
            format!("a#b:{digits}"),
            format!("a:{}", &digits[1..]),
            format!("a:{}g", &digits[1..]),
            format!("a:{digits} a:{digits}"),
        ] {
            assert_eq!(ErasureKeys::parse(&text), None, "{text}");
        }
        let text = format!("{:?}", keys(&["2026"]));
        assert_eq!(text, r#"["2026"]"#);
        for text in ["", "a", "a#b", "a#zz345678901234567890123456789012"] {
            assert_eq!(ErasedHash::parse(text), None, "{text}");
        }
    }
}
