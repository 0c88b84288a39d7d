//! Files that are written piece by piece.

use shared::export::Part;
use shared::import::StoredFile;

use super::{FileError, Files};

/// S3 takes parts from 5 MiB on, and 10,000 of them. One is in memory at a time.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// A file that is not there before it is finished.
pub struct Upload<'f> {
    files: &'f Files,
    key: String,
    content_type: &'static str,
    /// S3's id of the upload, once a part of it was sent.
    id: Option<String>,
    parts: Vec<Part>,
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
    pub async fn write(&mut self, mut piece: &[u8]) -> Result<(), FileError> {
        self.size += piece.len() as u64;
        while !piece.is_empty() {
            let room = PART_BYTES - self.buffer.len();
            let (first, rest) = piece.split_at(piece.len().min(room));
            self.buffer.extend_from_slice(first);
            piece = rest;
            if self.buffer.len() == PART_BYTES {
                let part = std::mem::take(&mut self.buffer);
                self.send(part).await?;
                self.buffer.reserve_exact(PART_BYTES);
            }
        }
        Ok(())
    }

    /// Writes what is left. Small files take one request.
    pub async fn finish(mut self) -> Result<StoredFile, FileError> {
        let rest = std::mem::take(&mut self.buffer);
        let Some(id) = self.id.clone() else {
            return self.files.put(self.key, self.content_type, rest).await;
        };
        if !rest.is_empty() {
            self.send(rest).await?;
        }
        let etag = self.files.complete_parts(&self.key, &id, &self.parts).await?;
        Ok(StoredFile { key: self.key, etag, size: self.size })
    }

    /// Gives up what was written.
    pub async fn abandon(self) {
        if let Some(id) = self.id {
            self.files.abandon_parts(&self.key, &id).await;
        }
    }

    async fn send(&mut self, part: Vec<u8>) -> Result<(), FileError> {
        let id = if let Some(id) = &self.id {
            id.clone()
        } else {
            let id = self.files.begin_parts(&self.key, self.content_type).await?;
            self.id.insert(id).clone()
        };
        let number = u32::try_from(self.parts.len() + 1).unwrap_or(u32::MAX);
        self.parts.push(self.files.write_part(&self.key, &id, number, part).await?);
        Ok(())
    }
}
