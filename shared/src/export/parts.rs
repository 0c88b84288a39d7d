//! The parts of a file that is being written, as the export keeps them between two runs.

use serde::{Deserialize, Serialize};

use crate::import::StoredFile;

/// The maximum number of parts. They are stored in the export's item, which has at most 400 KB.
const MAX_PARTS: usize = 2_500;
/// S3 numbers the parts of an upload up to 10,000. A claimed number may stay unused.
const MAX_NUMBER: u32 = 10_000;

/// A part that S3 has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub number: u32,
    pub etag: Option<String>,
    /// Its CRC-32 in base64, if S3 checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    pub size: u64,
}

/// What a gzip file says at its end about all that was compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gzip {
    pub checksum: u32,
    /// The number of bytes before compression.
    pub plain: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// S3's ID of the upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// The number of the part that the newest run writes next.
    #[serde(default)]
    pub claimed: u32,
    #[serde(default)]
    pub written: Vec<Part>,
    /// Compressed rows that follow the last part and are too few for another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<StoredFile>,
    /// About all that is in the parts and the rest.
    #[serde(default)]
    pub gzip: Gzip,
}

impl Parts {
    /// Whether nothing has been written yet, not even the beginning of the file.
    #[must_use]
    pub fn are_empty(&self) -> bool {
        self.written.is_empty() && self.rest.is_none()
    }

    #[must_use]
    pub fn size(&self) -> u64 {
        self.written.iter().map(|part| part.size).sum()
    }

    pub(super) fn claim(self) -> Self {
        Self { claimed: self.claimed + 1, ..self }
    }

    pub(super) fn with(&self, part: Part, gzip: Gzip) -> Self {
        let mut written = self.written.clone();
        written.push(part);
        Self { written, gzip, rest: None, ..self.clone() }
    }

    /// No parts. Numbers go on from those that were used.
    pub(super) fn emptied(&self) -> Self {
        Self { upload: self.upload.clone(), claimed: self.claimed, ..Self::default() }
    }

    pub(super) fn are_full(&self) -> bool {
        self.written.len() >= MAX_PARTS || self.claimed >= MAX_NUMBER
    }
}
