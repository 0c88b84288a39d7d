//! Signatures by Standard Webhooks: an HMAC over ID, time and body.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ids::EventId;
use crate::time::Timestamp;

const PREFIX: &str = "whsec_";

/// The key that signs an endpoint's deliveries: `whsec_` and its bytes in base64.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing secret is malformed")]
pub struct InvalidSecret;

impl SigningSecret {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// The form in which a receiver gets it.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    pub fn from_text(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        BASE64_STANDARD.decode(encoded).map(Self).map_err(|_| InvalidSecret)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret")
    }
}

/// The header `webhook-signature`: one signature for each secret, so that a receiver can change from one
/// to the other at any time.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "HMAC accepts keys of any length")]
pub fn signature(secrets: &[SigningSecret], id: EventId, at: Timestamp, body: &str) -> String {
    let sign = |SigningSecret(key): &SigningSecret| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length");
        mac.update(format!("{id}.{}.", at.unix_seconds()).as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(sign).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_secret_survives_its_text_and_is_not_printed() {
        let secret = SigningSecret::new([7; 32]);
        let text = secret.to_text();
        assert!(text.starts_with("whsec_Bwc"), "{text}");
        assert_eq!(SigningSecret::from_text(&text), Ok(secret.clone()));
        assert_eq!(SigningSecret::from_text("whsec_!"), Err(InvalidSecret));
        assert_eq!(SigningSecret::from_text("Bwc="), Err(InvalidSecret));
        assert_eq!(format!("{secret:?}"), "SigningSecret");
    }

    /// Computed with Python's `hmac`.
    #[test]
    fn each_secret_signs() {
        let secrets = [SigningSecret::new([7; 32]), SigningSecret::new([8; 32])];
        let at = Timestamp::from_millis(1_790_000_000_999).expect("a time");
        let text = signature(&secrets, EventId(Uuid::nil()), at, "{}");
        let (first, second) = text.split_once(' ').expect("two");
        assert_eq!(first, "v1,FnS0DK4701TwTz+3G/ynXcO3WQdRA+nnwwJKUSCmgio=");
        assert_ne!(first, second);
        assert!(second.starts_with("v1,"));
        assert_eq!(signature(&secrets[..1], EventId(Uuid::nil()), at, "{}"), first);
    }
}
