//! Providers' credentials, read by their names and kept for a while.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::operation::get_parameter::GetParameterError;
use serde::Deserialize;
use shared::sender::SecretName;

use crate::usage::Usage;

/// A rotated secret is read anew after so long.
const LIFETIME: Duration = Duration::from_mins(5);
/// Whoever finds a secret outdated has it read anew, but not more often than this.
const FRESH: Duration = Duration::from_secs(10);

/// Errors that no waiting mends.
const DENIED: [&str; 3] = ["AccessDeniedException", "InvalidKeyId", "ValidationException"];

/// What a secret holds: an auth token, or an object with these fields.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    /// Sends messages, and signs webhooks.
    pub auth_token: String,
    /// The one before, with which webhooks may still be signed while the token is rotated.
    pub previous_auth_token: Option<String>,
    /// Shared keys, with which webhooks are signed where the account has any.
    #[serde(default)]
    pub signing_keys: Vec<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("there is no secret {0}")]
    Missing(SecretName),
    #[error("the secret {0} is neither a token nor an object with authToken")]
    Malformed(SecretName),
    #[error("the secret {name} may not be read: see its policy and its key's")]
    Denied {
        name: SecretName,
        #[source]
        source: Box<SdkError<GetParameterError>>,
    },
    #[error("failed to read the secret {name}")]
    Request {
        name: SecretName,
        #[source]
        source: Box<SdkError<GetParameterError>>,
    },
}

impl SecretError {
    /// Whether only a person can mend it.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Self::Request { .. })
    }
}

/// Secrets by their names. Those of Secrets Manager are read through Parameter Store too.
pub struct Secrets {
    client: Client,
    usage: Usage,
    known: Mutex<HashMap<SecretName, (Instant, Arc<Credentials>)>>,
}

impl Secrets {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, usage: Usage) -> Self {
        Self { client: Client::new(config), usage, known: Mutex::default() }
    }

    pub async fn credentials(&self, name: &SecretName) -> Result<Arc<Credentials>, SecretError> {
        self.not_older_than(name, LIFETIME).await
    }

    /// As [`Self::credentials`], for whom what is known did not serve.
    pub async fn fresh(&self, name: &SecretName) -> Result<Arc<Credentials>, SecretError> {
        self.not_older_than(name, FRESH).await
    }

    async fn not_older_than(
        &self,
        name: &SecretName,
        age: Duration,
    ) -> Result<Arc<Credentials>, SecretError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(name).filter(|(read, _)| read.elapsed() < age).cloned();
        if let Some((_, credentials)) = found {
            return Ok(credentials);
        }
        let credentials = match self.read(name).await {
            Ok(credentials) => Arc::new(credentials),
            // What was good is good still, while nobody can say otherwise.
            Err(error @ SecretError::Request { .. }) => {
                let (_, last) = known().get(name).cloned().ok_or(error)?;
                return Ok(last);
            }
            Err(error) => return Err(error),
        };
        known().insert(name.clone(), (Instant::now(), Arc::clone(&credentials)));
        Ok(credentials)
    }

    async fn read(&self, name: &SecretName) -> Result<Credentials, SecretError> {
        let answer = self
            .client
            .get_parameter()
            .name(parameter(&name.to_string()))
            .with_decryption(true)
            .send()
            .await;
        self.usage.call("ssm.GetParameter");
        let answer = answer.map_err(|error| match error.as_service_error() {
            Some(error) if error.is_parameter_not_found() => SecretError::Missing(name.clone()),
            _ if DENIED.contains(&error.code().unwrap_or_default()) => {
                SecretError::Denied { name: name.clone(), source: Box::new(error) }
            }
            _ => SecretError::Request { name: name.clone(), source: Box::new(error) },
        })?;
        let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        credentials(&value).ok_or_else(|| SecretError::Malformed(name.clone()))
    }
}

/// The parameter under which a secret is read.
/// Source: "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
fn parameter(name: &str) -> String {
    match name.split_once(':') {
        Some(("secretsmanager", secret)) => format!("/aws/reference/secretsmanager/{secret}"),
        Some((_, path)) => path.to_owned(),
        None => name.to_owned(),
    }
}

fn credentials(value: &str) -> Option<Credentials> {
    let value = value.trim();
    if value.starts_with('{') {
        return serde_json::from_str(value).ok().filter(|c: &Credentials| !c.auth_token.is_empty());
    }
    let is_token = !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic());
    is_token.then(|| Credentials {
        auth_token: value.to_owned(),
        previous_auth_token: None,
        signing_keys: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_token_or_an_object() {
        let token = |value| credentials(value).map(|credentials| credentials.auth_token);
        assert_eq!(token(" abc \n"), Some("abc".to_owned()));
        assert_eq!(token(r#"{"authToken":"abc","signingKeys":["k"]}"#), Some("abc".to_owned()));
        for value in ["", "two words", "{}", r#"{"authToken":""}"#, r#"{"token":"abc"}"#, "{"] {
            assert_eq!(credentials(value), None, "{value}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let credentials = credentials("hush").expect("a token");
        assert!(!format!("{credentials:?}").contains("hush"));
    }

    #[test]
    fn secrets_manager_is_read_through_parameter_store() {
        assert_eq!(parameter("ssm:/volley/acme"), "/volley/acme");
        assert_eq!(parameter("secretsmanager:volley/a"), "/aws/reference/secretsmanager/volley/a");
    }
}
