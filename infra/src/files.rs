//! The bucket for the files of imports.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use shared::ids::{ImportId, OrganizationId};

use crate::usage::Usage;

/// S3's status of `SlowDown`.
const SLOW_DOWN: u16 = 503;

#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} the file of import {import}")]
pub struct FileError {
    operation: &'static str,
    import: ImportId,
    /// The bucket is throttled: retry later.
    pub is_throttled: bool,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl FileError {
    fn request<E>(operation: &'static str, import: ImportId, error: SdkError<E>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let is_throttled = status == Some(SLOW_DOWN);
        Self { operation, import, is_throttled, source: Box::new(error) }
    }
}

#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
    bucket: String,
    usage: Usage,
}

impl Files {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, bucket: String, usage: Usage) -> Self {
        let config = aws_sdk_s3::config::Builder::from(config)
            // Emulators do not resolve a bucket's own host name.
            .force_path_style(true)
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().build())
            .build();
        Self { client: Client::from_conf(config), bucket, usage }
    }

    pub async fn put(
        &self,
        organization: OrganizationId,
        import: ImportId,
        content: Vec<u8>,
    ) -> Result<(), FileError> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key(organization, import))
            .content_type("text/csv")
            .body(ByteStream::from(content))
            .send()
            .await;
        self.usage.call("s3.PutObject");
        put.map_err(|error| FileError::request("keep", import, error))?;
        Ok(())
    }

    pub async fn get(
        &self,
        organization: OrganizationId,
        import: ImportId,
    ) -> Result<Vec<u8>, FileError> {
        let got = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key(organization, import))
            .send()
            .await;
        self.usage.call("s3.GetObject");
        let got = got.map_err(|error| FileError::request("read", import, error))?;
        let content = got.body.collect().await.map_err(|error| FileError {
            operation: "read",
            import,
            is_throttled: false,
            source: Box::new(error),
        })?;
        Ok(content.to_vec())
    }
}

fn key(organization: OrganizationId, import: ImportId) -> String {
    format!("imports/{organization}/{import}.csv")
}
