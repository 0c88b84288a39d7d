//! The bucket for the files of imports and exports, and for the journal of erasures.

mod error;
mod list;
mod parts;
mod post;
mod presigned;
mod upload;

pub use error::{FileError, FileFailure};
pub use list::ListedFile;
pub use post::PresignedPost;
pub use upload::Upload;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::primitives::ByteStream;
use shared::ids::{ImportId, OrganizationId};
use shared::import::StoredFile;

use crate::usage::Usage;
use presigned::Signer;

/// The part of a file that one request reads.
pub const BLOCK_BYTES: u64 = 1024 * 1024;

#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
    bucket: String,
    usage: Usage,
    signer: Signer,
}

impl Files {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, bucket: String, usage: Usage) -> Self {
        let signer = Signer::new(config);
        let config = aws_sdk_s3::config::Builder::from(config)
            // Emulators do not resolve a bucket's own host name.
            .force_path_style(true)
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().build())
            .build();
        Self { client: Client::from_conf(config), bucket, usage, signer }
    }

    /// Writes a file whole.
    pub async fn put(
        &self,
        key: String,
        content_type: &str,
        content: Vec<u8>,
    ) -> Result<StoredFile, FileError> {
        let size = content.len() as u64;
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&key)
            .content_type(content_type)
            .body(ByteStream::from(content))
            .send()
            .await;
        self.usage.call("s3.PutObject");
        let put = put.map_err(|error| FileError::request("write", &key, error))?;
        Ok(StoredFile { key, etag: put.e_tag, size })
    }

    /// Finds out which version of a file there is. `None` without one.
    pub async fn find(&self, key: String) -> Result<Option<StoredFile>, FileError> {
        let found = self.client.head_object().bucket(&self.bucket).key(&key).send().await;
        self.usage.call("s3.HeadObject");
        match found {
            Ok(found) => {
                let size = found.content_length.and_then(|size| size.try_into().ok());
                Ok(Some(StoredFile { etag: found.e_tag, size: size.unwrap_or_default(), key }))
            }
            Err(error) if error::is_absent(&error) => Ok(None),
            Err(error) => Err(FileError::request("find", &key, error)),
        }
    }

    /// Removes a file, if it is there.
    pub async fn remove(&self, key: &str) -> Result<(), FileError> {
        let removed = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        self.usage.call("s3.DeleteObject");
        removed.map(drop).map_err(|error| FileError::request("remove", key, error))
    }

    /// Reads a block of a file from `offset` on, or all that is left. `offset` must be inside the file.
    pub async fn read(&self, file: &StoredFile, offset: u64) -> Result<Vec<u8>, FileError> {
        let last = (offset + BLOCK_BYTES).min(file.size).saturating_sub(1);
        let got = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&file.key)
            .range(format!("bytes={offset}-{last}"))
            .set_if_match(file.etag.clone())
            .send()
            .await;
        self.usage.call("s3.GetObject");
        let got = got.map_err(|error| FileError::request("read", &file.key, error))?;
        let content = got.body.collect().await;
        let content = content.map_err(|error| FileError::interrupted("read", &file.key, error))?;
        let content = content.to_vec();
        // Rows must not be lost silently.
        if content.len() as u64 == last + 1 - offset {
            Ok(content)
        } else {
            let error = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
            Err(FileError::interrupted("read", &file.key, error))
        }
    }
}

/// Where the file of an import is that came in the request itself.
#[must_use]
pub fn key_of_request(organization: OrganizationId, import: ImportId) -> String {
    format!("imports/{organization}/{import}.csv")
}

/// Where a client uploads the file of an import. `token` must be impossible to guess.
#[must_use]
pub fn key_of_upload(organization: OrganizationId, import: ImportId, token: &str) -> String {
    format!("imports/{organization}/{import}/{token}")
}
