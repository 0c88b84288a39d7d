//! Files that are written piece by piece.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use shared::import::StoredFile;

use super::{FileError, Files};

/// S3 takes parts from 5 MB on, and 10,000 of them.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// A file that is not there before it is finished.
pub struct Upload<'f> {
    files: &'f Files,
    key: String,
    content_type: &'static str,
    /// S3's id of the upload, once a part of it was sent.
    id: Option<String>,
    parts: Vec<CompletedPart>,
    buffer: Vec<u8>,
    size: u64,
}

impl Files {
    #[must_use]
    pub fn upload(&self, key: String, content_type: &'static str) -> Upload<'_> {
        let (parts, buffer) = (Vec::new(), Vec::new());
        Upload { files: self, key, content_type, id: None, parts, buffer, size: 0 }
    }
}

impl Upload<'_> {
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), FileError> {
        self.size += piece.len() as u64;
        self.buffer.extend_from_slice(piece);
        while self.buffer.len() >= PART_BYTES {
            let rest = self.buffer.split_off(PART_BYTES);
            let part = std::mem::replace(&mut self.buffer, rest);
            self.send(part).await?;
        }
        Ok(())
    }

    /// Writes what is left. Small files take one request.
    pub async fn finish(mut self) -> Result<StoredFile, FileError> {
        let rest = std::mem::take(&mut self.buffer);
        if self.id.is_none() {
            return self.files.put(self.key, self.content_type, rest).await;
        }
        if !rest.is_empty() {
            self.send(rest).await?;
        }
        let Files { client, bucket, usage, .. } = self.files;
        let upload = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let completed = client
            .complete_multipart_upload()
            .bucket(bucket)
            .key(&self.key)
            .set_upload_id(self.id)
            .multipart_upload(upload)
            .send()
            .await;
        usage.call("s3.CompleteMultipartUpload");
        let completed =
            completed.map_err(|error| FileError::request("complete", &self.key, error))?;
        Ok(StoredFile { key: self.key, etag: completed.e_tag, size: self.size })
    }

    /// Gives up what was written. What fails here, the bucket's lifecycle rule removes.
    pub async fn abandon(self) {
        if let Some(id) = self.id {
            let Files { client, bucket, usage, .. } = self.files;
            let abort = client.abort_multipart_upload().bucket(bucket).key(self.key).upload_id(id);
            let aborted = abort.send().await;
            usage.call("s3.AbortMultipartUpload");
            if let Err(error) = aborted {
                tracing::warn!(error = ?error, "failed to abandon an upload");
            }
        }
    }

    async fn send(&mut self, part: Vec<u8>) -> Result<(), FileError> {
        let Files { client, bucket, usage, .. } = self.files;
        let id = if let Some(id) = &self.id {
            id.clone()
        } else {
            let create = client.create_multipart_upload().bucket(bucket).key(&self.key);
            let created = create.content_type(self.content_type).send().await;
            usage.call("s3.CreateMultipartUpload");
            let created = created.map_err(|error| FileError::request("begin", &self.key, error))?;
            self.id.insert(created.upload_id.unwrap_or_default()).clone()
        };
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let sent = client
            .upload_part()
            .bucket(bucket)
            .key(&self.key)
            .upload_id(id)
            .part_number(number)
            .body(ByteStream::from(part))
            .send()
            .await;
        usage.call("s3.UploadPart");
        let sent = sent.map_err(|error| FileError::request("write", &self.key, error))?;
        // The SDK asks S3 for this checksum by default, and then the last request must repeat it.
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32);
        self.parts.push(part.build());
        Ok(())
    }
}
