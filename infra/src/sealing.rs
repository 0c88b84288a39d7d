//! Encrypts the secrets that Volley makes for webhooks, with a key of the deployment.
//!
//! The key is a secret that functions read by its name, so the table alone reveals nothing. Each sealed
//! text is bound to its webhook, so that it is of no use elsewhere in the table.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use shared::ids::WebhookId;
use shared::sender::SecretName;
use shared::webhook::SigningSecret;

use crate::clock;
use crate::secrets::{Secret, SecretError, Secrets};

/// The deployment's key: 32 bytes.
#[derive(PartialEq, Eq)]
pub struct SealingKey([u8; 32]);

impl Secret for SealingKey {
    const FORM: &'static str = "32 bytes in base64, such as `openssl rand -base64 32` prints";

    fn parse(value: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(value.trim()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Key(#[from] SecretError),
    #[error("failed to encrypt a webhook's secret")]
    Failed,
    #[error("a webhook's secret was encrypted with another key; rotate the webhook's secret")]
    OtherKey,
}

pub struct Sealing {
    keys: Secrets<SealingKey>,
    name: SecretName,
}

impl Sealing {
    #[must_use]
    pub fn new(keys: Secrets<SealingKey>, name: SecretName) -> Self {
        Self { keys, name }
    }

    pub async fn seal(
        &self,
        webhook: WebhookId,
        secret: &SigningSecret,
    ) -> Result<String, SealError> {
        let key = self.keys.get(&self.name).await?;
        seal(&key, webhook, &secret.to_text(), clock::nonce()).ok_or(SealError::Failed)
    }

    pub async fn open(&self, webhook: WebhookId, sealed: &str) -> Result<SigningSecret, SealError> {
        let key: Arc<SealingKey> = self.keys.get(&self.name).await?;
        let text = open(&key, webhook, sealed).ok_or(SealError::OtherKey)?;
        SigningSecret::from_text(&text).map_err(|_| SealError::OtherKey)
    }
}

impl SealingKey {
    fn cipher(&self) -> Option<LessSafeKey> {
        Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).ok()?))
    }
}

/// The nonce is random: 96 bits are enough for billions of secrets.
fn seal(
    key: &SealingKey,
    webhook: WebhookId,
    text: &str,
    nonce: [u8; NONCE_LEN],
) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let context = Aad::from(webhook.0.into_bytes());
    let unique = Nonce::assume_unique_for_key(nonce);
    key.cipher()?.seal_in_place_append_tag(unique, context, &mut bytes).ok()?;
    Some(BASE64_STANDARD.encode([&nonce[..], &bytes].concat()))
}

fn open(key: &SealingKey, webhook: WebhookId, sealed: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let context = Aad::from(webhook.0.into_bytes());
    let text = key.cipher()?.open_in_place(nonce, context, &mut sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_its_key_and_its_webhook_open_a_secret() {
        let (key, webhook) = (SealingKey([1; 32]), WebhookId(Uuid::nil()));
        let sealed = seal(&key, webhook, "whsec_abc", [3; 12]).expect("sealed");
        assert!(!sealed.contains("whsec"));
        assert_eq!(open(&key, webhook, &sealed).as_deref(), Some("whsec_abc"));
        assert_eq!(open(&SealingKey([2; 32]), webhook, &sealed), None);
        assert_eq!(open(&key, WebhookId(Uuid::max()), &sealed), None);
        for malformed in ["", "AAAA", "!", &sealed[4..]] {
            assert_eq!(open(&key, webhook, malformed), None, "{malformed}");
        }
    }

    #[test]
    fn a_key_has_256_bits() {
        let key = BASE64_STANDARD.encode([1; 32]);
        assert!(SealingKey::parse(&format!("{key}\n")).is_some());
        for malformed in ["", "secret", &BASE64_STANDARD.encode([1; 16])] {
            assert!(SealingKey::parse(malformed).is_none(), "{malformed}");
        }
    }
}
