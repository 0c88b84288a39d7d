//! The keys of the hashes that stay of erased people, kept in a secret and never in the table.

use std::sync::Arc;

use shared::erasure::ErasureKeys;
use shared::sender::SecretName;

use crate::secrets::{Secret, SecretError, Secrets};

impl Secret for ErasureKeys {
    const FORM: &'static str = ErasureKeys::FORM;

    fn parse(value: &str) -> Option<Self> {
        Self::parse(value)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ErasureKeyError {
    #[error("ErasureKeys names no secret: set it to the one that holds the keys")]
    NotSet,
    #[error("the secret of ErasureKeys lacks the key {0}, which hashes name: add it again")]
    Lost(String),
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// Reads the keys of a deployment.
pub struct ErasureKeyring {
    name: Option<SecretName>,
    secrets: Secrets<ErasureKeys>,
}

impl ErasureKeyring {
    #[must_use]
    pub fn new(name: Option<SecretName>, secrets: Secrets<ErasureKeys>) -> Self {
        Self { name, secrets }
    }

    pub async fn keys(&self) -> Result<Arc<ErasureKeys>, ErasureKeyError> {
        let name = self.name.as_ref().ok_or(ErasureKeyError::NotSet)?;
        Ok(self.secrets.get(name).await?)
    }
}
