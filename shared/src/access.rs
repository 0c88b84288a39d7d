//! Who may do what: API keys and their roles.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strum::VariantArray;
use uuid::Uuid;

use crate::actor::Actor;
use crate::ids::{KeyId, OrganizationId};
use crate::time::Timestamp;

/// What a key allows, from least to most.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, VariantArray,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Everything except API keys and the organization's settings.
    Sender,
    Admin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Who created the key, if that was recorded.
    pub changed_by: Option<Actor>,
}

impl ApiKey {
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// The SHA-256 of a secret. A secret has 256 random bits, so no slow hash is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
            hex
        })
    }

    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits: Vec<u8> =
            hex.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair[0] << 4 | pair[pair.len() - 1]).collect();
        Some(Self(bytes.try_into().ok().filter(|_| digits.len() == 64)?))
    }
}

/// An organization's key, `volley_{key id}_{secret}`. The id locates the key; the whole string is
/// hashed.
#[must_use]
pub fn write_key(id: KeyId, secret: &[u8; 32]) -> String {
    format!("volley_{}_{}", id.0.simple(), SecretHash(*secret).to_hex())
}

/// The key id that `text` claims to have.
#[must_use]
pub fn read_key_id(text: &str) -> Option<KeyId> {
    let (id, _secret) = text.strip_prefix("volley_")?.split_once('_')?;
    Uuid::try_parse(id).ok().map(KeyId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_id() {
        let id = KeyId(Uuid::from_u128(5));
        let text = write_key(id, &[0xab; 32]);
        assert_eq!(read_key_id(&text), Some(id));
        assert_eq!(read_key_id("volley_5_x"), None);
        assert_eq!(read_key_id("Bearer"), None);
    }

    #[test]
    fn hashes_survive_their_text() {
        let hash = SecretHash::of("secret");
        assert!(SecretHash::from_hex(&hash.to_hex()) == Some(hash));
        assert!(SecretHash::from_hex("abc").is_none());
        assert!(SecretHash::from_hex(&"z".repeat(64)).is_none());
    }

    #[test]
    fn roles_are_ordered() {
        assert!(Role::Viewer < Role::Sender && Role::Sender < Role::Admin);
    }
}
