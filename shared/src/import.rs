//! Imports: contacts from a file, row by row.
//!
//! A file is read twice. The first pass checks that it can be read to its end, and writes all of its
//! opt-outs; only then does the second one write contacts, so that no campaign meets a contact whose
//! opt-out is in a later row. Both read the file piece by piece and go on from where an earlier run
//! has stopped.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

mod attributes;
mod batch;
mod cell;
mod columns;
mod delimiter;
mod encoding;
mod header;
mod layout;
mod names;
mod objects;
mod opt_out;
mod options;
mod parser;
mod place;
mod progress;
mod records;
mod row;
mod rows;
mod stage;
mod swallowed;
pub mod upload;

pub use batch::Batch;
pub use columns::Columns;
pub use encoding::{Charset, UnclearCharset, UnknownCharset};
pub use header::InvalidHeader;
pub use layout::{Description, Format, HEAD_BYTES, Layout};
pub use opt_out::OptOut;
pub use options::Options;
pub use parser::Malformed;
pub use place::{Place, Position};
pub use progress::{FirstPass, Progress, RowError, Skipped};
pub use row::{Content, Reading, Row};
pub use rows::{FirstReading, Rows};
pub use stage::Stage;

use crate::actor::Actor;
use crate::ids::{ImportId, OrganizationId};
use crate::phone::Region;
use crate::time::Timestamp;

/// How many rejected rows an import names itself.
pub const MAX_ERRORS: usize = 100;
/// The largest file that comes in the request itself, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub organization_id: OrganizationId,
    pub status: Status,
    pub options: Options,
    /// The file as the client sent it. Unknown until its first run for imports of older versions.
    pub file: Option<StoredFile>,
    /// The file that is read, and how: known once a run has looked at its beginning.
    pub reading: Option<ReadFile>,
    pub progress: Progress,
    /// Rejected rows that an older version kept in the import itself.
    pub former_errors: Vec<RowError>,
    /// Why the whole file was refused.
    pub failure: Option<String>,
    /// Who asked for it, if it was recorded. The opt-outs of its file are theirs too.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When its file was complete. People opted out then, unless the file knows better.
    pub started_at: Timestamp,
    /// Counts its saves, so that a run can tell that another one has saved.
    pub version: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Running,
    Done,
    Failed,
}

/// An object in the bucket. It must not change while it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    pub key: String,
    pub etag: Option<String>,
    pub size: u64,
}

/// The file whose rows are read, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFile {
    /// What was unpacked, where the client's file is not the one that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked: Option<StoredFile>,
    pub format: Format,
    /// Its encoding by name.
    pub encoding: String,
    /// The region of the organization when the file was first read.
    pub region: Region,
}

impl Import {
    /// An import that is asked for `now`.
    #[must_use]
    pub fn new(
        id: ImportId,
        organization_id: OrganizationId,
        options: Options,
        changed_by: Option<Actor>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization_id,
            status: Status::Pending,
            options,
            file: None,
            reading: None,
            progress: Progress::default(),
            former_errors: Vec::new(),
            failure: None,
            changed_by,
            created_at: now,
            updated_at: now,
            started_at: now,
            version: 0,
        }
    }

    /// The object with the rows.
    #[must_use]
    pub fn rows_file(&self) -> Option<&StoredFile> {
        let unpacked = self.reading.as_ref().and_then(|reading| reading.unpacked.as_ref());
        unpacked.or(self.file.as_ref())
    }

    /// The name of the file's encoding, as far as it is known.
    #[must_use]
    pub fn encoding(&self) -> Option<&str> {
        let reading = self.reading.as_ref().map(|reading| &*reading.encoding);
        reading.or(self.options.encoding.as_deref())
    }

    /// How the rows are read, once a run has looked at the file.
    #[must_use]
    pub fn description(&self) -> Option<Description> {
        self.reading.as_ref()?.description(&self.options)
    }
}

impl ReadFile {
    /// How a file is read, by its first bytes.
    pub fn of(
        head: &[u8],
        options: &Options,
        unpacked: Option<StoredFile>,
        region: Region,
    ) -> Result<Self, UnclearCharset> {
        let named = options.encoding.as_deref().and_then(|name| Charset::named(name).ok());
        let charset = Charset::of(head, named, region)?;
        let format = options.format.unwrap_or_else(|| Format::of(head, charset));
        Ok(Self { unpacked, format, encoding: charset.name(), region })
    }

    /// How the rows are read; `None` if the encoding is not known.
    #[must_use]
    pub fn description(&self, options: &Options) -> Option<Description> {
        Some(Description {
            format: self.format,
            charset: Charset::named(&self.encoding).ok()?,
            delimiter: options.delimiter,
            columns: options.columns.clone(),
            region: self.region,
        })
    }
}

#[cfg(test)]
mod tests;
