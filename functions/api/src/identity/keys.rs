//! The provider's public keys (RFC 7517), and when to fetch them.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use shared::time::Timestamp;

/// How long keys are used before they are fetched again, in seconds.
const FRESH_SECONDS: i64 = 3_600;
/// How long keys are used while the provider does not respond, in seconds.
const MAX_AGE_SECONDS: i64 = 24 * 3_600;
/// The least time between two fetches, in seconds. Anyone can send a token with an unknown key.
const MIN_INTERVAL_SECONDS: i64 = 60;
/// The same until there are any keys.
const MIN_INTERVAL_WITHOUT_KEYS_SECONDS: i64 = 5;

/// The accepted signatures. None is symmetric, so a public key can't serve as a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    RS256,
    PS256,
    ES256,
}

#[derive(Default)]
pub(super) struct KeySet {
    keys: Vec<PublicKey>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Use,
    Fetch,
}

/// A key as the provider publishes it. Others, such as those for encryption, are left out.
#[derive(Debug)]
pub(super) struct PublicKey {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// An uncompressed point on P-256.
    Ec(Vec<u8>),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    r#use: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Whether the keys have to be fetched before a token with this key is judged.
    pub(super) fn next(&self, key_id: Option<&str>, now: Timestamp) -> Next {
        let age = |at: Timestamp| now.since(at).num_seconds();
        let is_fresh = self.fetched_at.is_some_and(|at| age(at) < FRESH_SECONDS);
        let is_known = key_id.is_none() || self.keys.iter().any(|key| key.id.as_deref() == key_id);
        let interval = match self.fetched_at {
            Some(_) => MIN_INTERVAL_SECONDS,
            None => MIN_INTERVAL_WITHOUT_KEYS_SECONDS,
        };
        let may_fetch = self.tried_at.is_none_or(|at| age(at) >= interval);
        if (is_fresh && is_known) || !may_fetch { Next::Use } else { Next::Fetch }
    }

    /// Takes a fetched document. One without a usable key is as good as none.
    pub(super) fn renew(&mut self, document: &str, now: Timestamp) {
        self.tried_at = Some(now);
        let keys = read(document);
        if !keys.is_empty() {
            self.keys = keys;
            self.fetched_at = Some(now);
        }
    }

    /// Notes that a fetch failed.
    pub(super) fn missed(&mut self, now: Timestamp) {
        self.tried_at = Some(now);
    }

    /// The keys, unless they are too old to be trusted.
    pub(super) fn known(&self, now: Timestamp) -> Option<&[PublicKey]> {
        let age = now.since(self.fetched_at?).num_seconds();
        (age < MAX_AGE_SECONDS).then_some(&self.keys[..])
    }
}

fn read(document: &str) -> Vec<PublicKey> {
    let document: Option<Document> = serde_json::from_str(document).ok();
    let keys = document.map(|document| document.keys).unwrap_or_default();
    keys.into_iter().filter_map(|key| PublicKey::read(serde_json::from_value(key).ok()?)).collect()
}

impl PublicKey {
    fn read(jwk: Jwk) -> Option<Self> {
        if jwk.r#use.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |text: Option<String>| BASE64_URL_SAFE_NO_PAD.decode(text?).ok();
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", None) => Material::Rsa { modulus: bytes(jwk.n)?, exponent: bytes(jwk.e)? },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(jwk.x)?, bytes(jwk.y)?);
                Material::Ec([vec![4], x, y].concat())
            }
            _ => return None,
        };
        // A key for an algorithm that is not accepted can't be used with another one either.
        let algorithm = jwk.alg.map(|name| serde_json::from_value(Value::String(name)));
        Some(Self { id: jwk.kid, algorithm: algorithm.transpose().ok()?, material })
    }

    /// Whether a token that names this key and algorithm may have been signed with it.
    pub(super) fn fits(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let is_kind = match (&self.material, algorithm) {
            (Material::Rsa { .. }, Algorithm::RS256 | Algorithm::PS256)
            | (Material::Ec(_), Algorithm::ES256) => true,
            (Material::Rsa { .. }, Algorithm::ES256)
            | (Material::Ec(_), Algorithm::RS256 | Algorithm::PS256) => false,
        };
        is_kind
            && (id.is_none() || self.id.as_deref() == id)
            && self.algorithm.is_none_or(|own| own == algorithm)
    }

    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let rsa = |parameters: &RsaParameters| match &self.material {
            Material::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(parameters, message, signature).is_ok()
            }
            Material::Ec(_) => false,
        };
        match algorithm {
            Algorithm::RS256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::PS256 => rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::ES256 => match &self.material {
                Material::Ec(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
                    .is_ok(),
                Material::Rsa { .. } => false,
            },
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
