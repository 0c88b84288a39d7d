//! The provider's ID tokens (`OpenID` Connect Core 1.0, 3.1.3.7): what they must say, and whom they name.
//!
//! Everything here is a function of the token, the keys and the time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::member::{MemberEmail, Person, PersonKey};
use shared::organization::NAME_LONGEST;
use shared::text;
use shared::time::Timestamp;

use super::keys::{Algorithm, PublicKey};

/// How far the provider's clock may differ from this one, in seconds.
const MAX_SKEW_SECONDS: i64 = 60;
const MAX_BYTES: usize = 8 * 1_024;
/// Source: `OpenID` Connect Core 1.0, section 2.
const MAX_SUBJECT_BYTES: usize = 255;

/// What a token must name.
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) client_id: String,
}

/// A token that says what it must, but whose signature is not verified yet.
#[derive(Debug)]
pub(super) struct Token<'a> {
    header: Header,
    claims: Claims,
    message: &'a [u8],
    signature: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    Algorithm,
    Issuer,
    Audience,
    Expired,
    NotYetValid,
    UnknownKey,
    Signature,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that have to be understood (RFC 7515, 4.1.11). There are none here.
    crit: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    name: Option<String>,
    email: Option<String>,
    /// Only the boolean counts.
    email_verified: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Refusal {
    pub(super) fn detail(self) -> &'static str {
        match self {
            Self::Malformed => "the token is not a valid ID token; sign in again",
            Self::Algorithm => "the token must be signed with RS256, PS256 or ES256",
            Self::Issuer => "the token is from another issuer; sign in again",
            Self::Audience => "the token is for another client; sign in again",
            Self::Expired => "the session has expired; sign in again",
            Self::NotYetValid => "the token is not valid yet; check the identity provider's clock",
            Self::UnknownKey => "the token is signed with an unknown key; sign in again",
            Self::Signature => "the token's signature is invalid; sign in again",
        }
    }
}

impl<'a> Token<'a> {
    /// Reads a token and checks what it says.
    pub(super) fn read(
        text: &'a str,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (message, signature) = text.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refusal::Malformed)?;
        if text.len() > MAX_BYTES {
            return Err(Refusal::Malformed);
        }
        let header: Header = decoded(header)?;
        if header.crit.is_some() {
            return Err(Refusal::Malformed);
        }
        header.algorithm()?;
        let claims: Claims = decoded(claims)?;
        claims.check(expected, now)?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
        Ok(Self { header, claims, message: message.as_bytes(), signature })
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The person, if one of the provider's keys signed the token.
    pub(super) fn verified(self, keys: &[PublicKey]) -> Result<Person, Refusal> {
        let algorithm = self.header.algorithm()?;
        let mut fitting = keys.iter().filter(|key| key.fits(self.key_id(), algorithm));
        // Without an ID in the token, the key has to be the only one.
        let (Some(key), None) = (fitting.next(), fitting.next()) else {
            return Err(Refusal::UnknownKey);
        };
        if key.verify(algorithm, self.message, &self.signature) {
            Ok(self.claims.person())
        } else {
            Err(Refusal::Signature)
        }
    }
}

impl Header {
    fn algorithm(&self) -> Result<Algorithm, Refusal> {
        serde_json::from_value(Value::String(self.alg.clone())).map_err(|_| Refusal::Algorithm)
    }
}

impl Claims {
    fn check(&self, expected: &Expected, now: Timestamp) -> Result<(), Refusal> {
        if self.iss != expected.issuer {
            return Err(Refusal::Issuer);
        }
        if !self.is_for(&expected.client_id) {
            return Err(Refusal::Audience);
        }
        let now = now.millis().div_euclid(1_000);
        if self.exp.saturating_add(MAX_SKEW_SECONDS) <= now {
            return Err(Refusal::Expired);
        }
        let starts = [self.nbf, self.iat].into_iter().flatten();
        if starts.max().is_some_and(|start| start.saturating_sub(MAX_SKEW_SECONDS) > now) {
            return Err(Refusal::NotYetValid);
        }
        if self.sub.is_empty() || self.sub.len() > MAX_SUBJECT_BYTES {
            return Err(Refusal::Malformed);
        }
        Ok(())
    }

    /// Whether the token is for this client, and no other party may use it. A token with several
    /// audiences has to say which of them that is.
    fn is_for(&self, client_id: &str) -> bool {
        let (is_audience, is_only) = match &self.aud {
            Audience::One(audience) => (audience == client_id, true),
            Audience::Several(all) => (all.iter().any(|one| one == client_id), all.len() == 1),
        };
        is_audience && self.azp.as_ref().map_or(is_only, |party| party == client_id)
    }

    fn person(self) -> Person {
        let is_verified = self.email_verified == Some(Value::Bool(true));
        let email = self.email.filter(|_| is_verified);
        Person {
            key: PersonKey::new(&self.iss, &self.sub),
            name: self.name.and_then(|name| text::name(&name, NAME_LONGEST).ok()),
            email: email.and_then(|email| MemberEmail::parse(&email).ok()),
        }
    }
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, Refusal> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}

#[cfg(test)]
mod tests;
