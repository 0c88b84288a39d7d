//! The parts of a multipart upload, which any process may go on with that knows them.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use shared::export::Part;

use super::{FileError, Files};

impl Files {
    /// Begins a file that is not there before it is complete, and returns S3's ID of the upload.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, FileError> {
        let create = self.client.create_multipart_upload().bucket(&self.bucket).key(key);
        let created = create.content_type(content_type).send().await;
        self.usage.call("s3.CreateMultipartUpload");
        let created = created.map_err(|error| FileError::request("begin", key, error))?;
        Ok(created.upload_id.unwrap_or_default())
    }

    /// Writes a part of at least 5 MiB, or of any size if it is the last one.
    pub async fn write_part(
        &self,
        key: &str,
        upload: &str,
        number: u32,
        content: Vec<u8>,
    ) -> Result<Part, FileError> {
        let size = content.len() as u64;
        let sent = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .body(ByteStream::from(content))
            .send()
            .await;
        self.usage.call("s3.UploadPart");
        let sent = sent.map_err(|error| FileError::request("write", key, error))?;
        Ok(Part { number, etag: sent.e_tag, checksum: sent.checksum_crc32, size })
    }

    /// Makes these parts the file, and returns its tag.
    pub async fn complete_parts(
        &self,
        key: &str,
        upload: &str,
        parts: &[Part],
    ) -> Result<Option<String>, FileError> {
        let parts = parts.iter().map(|part| {
            // The SDK asks S3 for this checksum by default, and then this request must repeat it.
            CompletedPart::builder()
                .part_number(i32::try_from(part.number).unwrap_or(i32::MAX))
                .set_e_tag(part.etag.clone())
                .set_checksum_crc32(part.checksum.clone())
                .build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let completed = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload)
            .multipart_upload(parts)
            .send()
            .await;
        self.usage.call("s3.CompleteMultipartUpload");
        let completed = completed.map_err(|error| FileError::request("complete", key, error))?;
        Ok(completed.e_tag)
    }

    /// Gives up what was written. What fails here, the bucket's lifecycle rule removes.
    pub async fn abandon_parts(&self, key: &str, upload: &str) {
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(key);
        let aborted = abort.upload_id(upload).send().await;
        self.usage.call("s3.AbortMultipartUpload");
        if let Err(error) = aborted {
            tracing::warn!(error = ?error, "failed to abandon an upload");
        }
    }
}
