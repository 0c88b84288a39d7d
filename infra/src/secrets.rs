//! Secrets, read by name through Parameter Store and cached.
//!
//! A secret is read once per lifetime. It is read earlier only if the cached value did not work,
//! and ever less often while that brings nothing new, so that a flood of requests with wrong
//! signatures costs the account's Parameter Store next to nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use reqwest::Client;
use serde::Serialize;
use serde_json::Value;
use shared::sender::SecretName;

use crate::signed_call::{CallError, Service, SignedCalls};
use crate::usage::Usage;

/// How long a cached secret is used.
const LIFETIME: Duration = Duration::from_mins(5);
/// How long after a read without news the next early read may follow, at first and at most. The
/// wait doubles in between.
const MIN_PATIENCE: Duration = Duration::from_secs(10);
const MAX_PATIENCE: Duration = Duration::from_mins(1);

/// Errors that a retry doesn't fix.
const DENIED: [&str; 3] = ["AccessDeniedException", "InvalidKeyId", "ValidationException"];

/// A provider's format of secrets.
pub trait Secret: Sized + PartialEq + Send + Sync {
    /// What a value must be, for the error about one that is not.
    const FORM: &'static str;

    /// Parses a secret's value, or returns `None` if it is malformed.
    fn parse(value: &str) -> Option<Self>;
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("there is no secret {0}")]
    Missing(SecretName),
    #[error("the secret {name} is malformed: it must be {form}")]
    Malformed { name: SecretName, form: &'static str },
    #[error("the secret {name} may not be read: check its policy and its key's")]
    Denied {
        name: SecretName,
        #[source]
        source: CallError,
    },
    #[error("failed to read the secret {name}")]
    Request {
        name: SecretName,
        #[source]
        source: CallError,
    },
    /// A failed read is not repeated at once.
    #[error("the secret {0} could not be read a moment ago")]
    Unread(SecretName),
}

impl SecretError {
    /// Whether only a person can fix it.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Missing(_) | Self::Malformed { .. } | Self::Denied { .. } => true,
            Self::Request { .. } | Self::Unread(_) => false,
        }
    }
}

/// A secret's last read.
struct Known<T> {
    /// `None` if the secret can't be read and only a person can fix that.
    value: Option<Arc<T>>,
    expires_at: Instant,
    /// When a value that does not work may be read again.
    again_at: Instant,
    patience: Duration,
    /// Whether the read failed for now, so that the secret may have another value.
    is_doubtful: bool,
}

/// A request to `GetParameter`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    name: String,
    with_decryption: bool,
}

/// Secrets of one format by name. Those in Secrets Manager are read through Parameter Store, too, by
/// a [`signed_call`](crate::signed_call), because the SDK took a tenth of the build for this one request.
pub struct Secrets<T> {
    calls: SignedCalls,
    usage: Usage,
    known: Mutex<HashMap<SecretName, Known<T>>>,
    /// Held while a secret is read, so that a burst of requests causes only one read.
    reading: tokio::sync::Mutex<()>,
}

impl<T: Secret> Secrets<T> {
    #[must_use]
    pub fn new(config: &SdkConfig, http: Client, usage: Usage) -> Self {
        let content = "application/x-amz-json-1.1";
        let service = Service { id: "SSM", signing_name: "ssm", content };
        let calls = SignedCalls::new(config, http, service);
        Self { calls, usage, known: Mutex::default(), reading: tokio::sync::Mutex::default() }
    }

    /// The secret, from the cache if possible.
    pub async fn get(&self, name: &SecretName) -> Result<Arc<T>, SecretError> {
        if let Some(cached) = self.cached(name) {
            return Ok(cached);
        }
        let _reading = self.reading.lock().await;
        match self.cached(name) {
            Some(cached) => Ok(cached),
            None => self.read(name).await,
        }
    }

    /// The secret if it `fits`. Tries the cached one and then reads it again, unless that was done
    /// recently. If none fits and the read failed for now, the result is its error: the secret may
    /// have a value that does.
    pub async fn find(
        &self,
        name: &SecretName,
        fits: impl Fn(&T) -> bool,
    ) -> Result<Option<Arc<T>>, SecretError> {
        let fitting = |value: Option<Arc<T>>| value.filter(|value| fits(value));
        if let Some(value) = fitting(self.cached(name)) {
            return Ok(Some(value));
        }
        let _reading = self.reading.lock().await;
        let is_recent = self.known().get(name).is_some_and(|it| Instant::now() < it.again_at);
        if !is_recent {
            self.read(name).await?;
        }
        let known = self.known();
        let Some(known) = known.get(name) else { return Ok(None) };
        match fitting(known.value.clone()) {
            None if known.is_doubtful => Err(SecretError::Unread(name.clone())),
            found => Ok(found),
        }
    }

    /// A fresh read of the secret, for a caller whose value `stale` the provider refused.
    pub async fn renewed(&self, name: &SecretName, stale: &Arc<T>) -> Result<Arc<T>, SecretError> {
        let _reading = self.reading.lock().await;
        match self.cached(name).filter(|cached| !Arc::ptr_eq(cached, stale)) {
            Some(cached) => Ok(cached),
            None => self.read(name).await,
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SecretName, Known<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached(&self, name: &SecretName) -> Option<Arc<T>> {
        let known = self.known();
        known.get(name).filter(|it| Instant::now() < it.expires_at)?.value.clone()
    }

    async fn read(&self, name: &SecretName) -> Result<Arc<T>, SecretError> {
        let read = self.request(name).await.map(Arc::new);
        let now = Instant::now();
        let mut known = self.known();
        let before = known.remove(name);
        let patience = |value: Option<&T>| match &before {
            Some(before) if before.expires_at > now && before.value.as_deref() == value => {
                (before.patience * 2).min(MAX_PATIENCE)
            }
            Some(_) | None => MIN_PATIENCE,
        };
        let is_doubtful = read.as_ref().is_err_and(|error| !error.is_permanent());
        let (value, lifetime, patience, result) = match read {
            Ok(value) => {
                let patience = patience(Some(&value));
                (Some(Arc::clone(&value)), LIFETIME, patience, Ok(value))
            }
            Err(error) if error.is_permanent() => (None, LIFETIME, patience(None), Err(error)),
            // A known value stays valid while a temporary error prevents reading it.
            Err(error) => {
                let last = before.and_then(|before| before.value);
                (last.clone(), MIN_PATIENCE, MIN_PATIENCE, last.ok_or(error))
            }
        };
        let (expires_at, again_at) = (now + lifetime, now + patience);
        known.insert(name.clone(), Known { value, expires_at, again_at, patience, is_doubtful });
        result
    }

    async fn request(&self, name: &SecretName) -> Result<T, SecretError> {
        let answer = self.ask(name).await.map_err(|source| {
            let (code, name) = (source.code().unwrap_or_default(), name.clone());
            match code.as_str() {
                "ParameterNotFound" => SecretError::Missing(name),
                code if DENIED.contains(&code) => SecretError::Denied { name, source },
                _ => SecretError::Request { name, source },
            }
        })?;
        let value = answer["Parameter"]["Value"].as_str().unwrap_or_default();
        T::parse(value).ok_or_else(|| SecretError::Malformed { name: name.clone(), form: T::FORM })
    }

    async fn ask(&self, name: &SecretName) -> Result<Value, CallError> {
        let request = GetParameter { name: parameter(&name.to_string()), with_decryption: true };
        let answer = self.calls.call("AmazonSSM.GetParameter", serde_json::to_vec(&request)?).await;
        self.usage.call("ssm.GetParameter");
        serde_json::from_slice(&answer?).map_err(CallError::Read)
    }
}

/// The name of the parameter for a secret. Source: "Referencing AWS Secrets Manager secrets from
/// Parameter Store parameters".
fn parameter(name: &str) -> String {
    match name.split_once(':') {
        Some(("secretsmanager", secret)) => format!("/aws/reference/secretsmanager/{secret}"),
        Some((_, path)) => path.to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
