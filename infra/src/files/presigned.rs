//! Requests that clients make to the bucket themselves.

use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_s3::presigning::PresigningConfig;
use shared::time::Timestamp;

use super::post::{Permission, PresignedPost, fields};
use super::{FileError, Files};

/// In place of a key, where only the bucket's address is wanted.
const ANY_KEY: &str = "key";

/// What signs a form.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: String,
}

#[derive(Debug, thiserror::Error)]
#[error("there are no credentials to sign with")]
struct NoCredentials;

impl Signer {
    pub(super) fn new(config: &aws_config::SdkConfig) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        Self { credentials: config.credentials_provider(), region }
    }
}

impl Files {
    /// A form that uploads one file of at most `max_bytes` to `key`.
    pub async fn presigned_post(
        &self,
        key: &str,
        max_bytes: u64,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<PresignedPost, FileError> {
        let Signer { credentials, region } = &self.signer;
        let failed = |error| FileError::interrupted("sign", key, error);
        let provider = credentials.as_ref().ok_or_else(|| failed(NoCredentials))?;
        let credentials = provider.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| FileError::interrupted("sign", key, error))?;
        let permission = Permission { bucket: &self.bucket, key, max_bytes, expires_at };
        let fields = fields(&permission, &credentials, region, now);
        Ok(PresignedPost { url: self.address().await?, fields, expires_at })
    }

    /// A link that downloads a file as `name` for a while.
    pub async fn presigned_get(
        &self,
        key: &str,
        name: &str,
        seconds: i64,
    ) -> Result<String, FileError> {
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let get = get.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let signed = get.presigned(valid(seconds, key)?).await;
        let signed = signed.map_err(|error| FileError::request("sign", key, error))?;
        Ok(signed.uri().to_owned())
    }

    /// The bucket's address, as the SDK finds it for the region and the endpoint.
    async fn address(&self) -> Result<String, FileError> {
        let get = self.client.get_object().bucket(&self.bucket).key(ANY_KEY);
        let signed = get.presigned(valid(60, ANY_KEY)?).await;
        let signed = signed.map_err(|error| FileError::request("sign", ANY_KEY, error))?;
        let address = signed.uri().split('?').next().unwrap_or_default();
        Ok(address.trim_end_matches(ANY_KEY).trim_end_matches('/').to_owned())
    }
}

fn valid(seconds: i64, key: &str) -> Result<PresigningConfig, FileError> {
    let seconds = Duration::from_secs(seconds.unsigned_abs());
    PresigningConfig::expires_in(seconds)
        .map_err(|error| FileError::interrupted("sign", key, error))
}
