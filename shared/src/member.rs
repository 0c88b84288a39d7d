//! Members: people who sign in with the team's identity provider.
//!
//! An admin invites an email address. The first person who signs in with it, verified, becomes the
//! member. From then on only the provider's own identifier of that person counts, because an address
//! can be given to someone else.

mod roster;

pub use roster::{Change, MAX_MEMBERS, Refusal, Roster};

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::access::{Role, SecretHash};
use crate::actor::Actor;
use crate::ids::{MemberId, OrganizationId};
use crate::text::email::{self, InvalidEmail};
use crate::time::Timestamp;

/// How long an invitation can be accepted.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3_600;

/// A person as an identity provider identifies them: the hash of its issuer and its subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(String);

impl PersonKey {
    #[must_use]
    pub fn new(issuer: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update((issuer.len() as u64).to_be_bytes());
        hash.update(issuer);
        hash.update(subject);
        Self(SecretHash(hash.finalize().into()).to_hex())
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An email address in lower case, so that an invitation does not depend on how it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberEmail(String);

impl MemberEmail {
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        email::email(text).map(|address| Self(address.to_lowercase()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash under which open invitations are found, so that no key contains an address.
    #[must_use]
    pub fn hash(&self) -> String {
        SecretHash::of(&self.0).to_hex()
    }
}

/// A person whom the identity provider has authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub key: PersonKey,
    pub name: Option<String>,
    /// Only if the provider has verified it.
    pub email: Option<MemberEmail>,
}

/// A member of one organization, as it is also stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub id: MemberId,
    pub organization_id: OrganizationId,
    /// The address that was invited.
    pub email: MemberEmail,
    /// The person's name when they accepted, if the provider has one.
    pub name: Option<String>,
    pub role: Role,
    pub standing: Standing,
    /// When the member was first invited.
    pub created_at: Timestamp,
    pub changed_by: Option<Actor>,
}

/// Whether someone has accepted the invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Standing {
    /// `until` is exclusive.
    Invited {
        until: Timestamp,
    },
    Joined {
        person: PersonKey,
        at: Timestamp,
    },
}

impl Member {
    #[must_use]
    pub fn person(&self) -> Option<&PersonKey> {
        match &self.standing {
            Standing::Invited { .. } => None,
            Standing::Joined { person, .. } => Some(person),
        }
    }

    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.person().is_some() && self.role == Role::Admin
    }

    /// The member as the cause of a change.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let name = self.name.as_deref().unwrap_or(self.email.as_str()).to_owned();
        Actor::Member { id: self.id.0, name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_known_by_issuer_and_subject() {
        let key = PersonKey::new("https://id.example", "5");
        assert_eq!(key, PersonKey::new("https://id.example", "5"));
        assert_ne!(key, PersonKey::new("https://id.example", "6"));
        assert_ne!(key, PersonKey::new("https://id.example5", ""));
    }

    #[test]
    fn addresses_are_compared_in_lower_case() {
        let email = MemberEmail::parse(" Ana@Example.com").expect("valid");
        assert_eq!(email.as_str(), "ana@example.com");
        assert!(!email.hash().contains("ana"));
        assert!(MemberEmail::parse("Ana <ana@example.com>").is_err());
    }
}
