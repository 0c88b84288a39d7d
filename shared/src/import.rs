//! Imports: contacts from a file, row by row.
//!
//! A file is read twice. The first pass checks that the whole file can be read, and writes all its
//! opt-outs. Only then does the second pass write contacts, so that no campaign finds a contact
//! whose opt-out is in a later row. Both passes read the file piece by piece and continue where an
//! earlier run stopped.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

mod attributes;
mod batch;
mod cell;
mod columns;
mod control;
mod country;
mod delimiter;
mod encoding;
mod ending;
mod header;
mod layout;
pub mod limits;
mod matching;
mod names;
mod objects;
mod opt_out;
mod options;
mod own;
mod parser;
mod pinpoint;
mod place;
mod progress;
mod records;
pub mod report;
mod row;
mod rows;
mod stage;
mod swallowed;
mod undo;
pub mod upload;
mod warning;

pub use batch::Batch;
pub use columns::Columns;
pub use control::Refusal;
pub use encoding::{Charset, UnclearCharset, UnknownCharset};
pub use ending::RejectedRows;
pub use header::InvalidHeader;
pub use layout::{Description, Format, HEAD_BYTES, Layout};
pub use matching::{Known, MatchBy, MatchKey, OnMatch, Outcome};
pub use opt_out::OptOut;
pub use options::Options;
pub use parser::Malformed;
pub use place::{Place, Position};
pub use progress::{FirstPass, Progress, RowError, SkipReason, Skipped, Written};
pub use report::Report;
pub use row::{Content, Lacks, Reading, Row};
pub use rows::{FirstReading, Rows};
pub use stage::Stage;
pub use undo::{Imported, Undo, UndoVerdict};
pub use warning::Warning;

use crate::actor::Actor;
use crate::ids::{ImportId, OrganizationId};
use crate::phone::Region;
use crate::time::Timestamp;

/// The maximum number of rejected rows that an import lists.
pub const MAX_ERRORS: usize = 100;
/// The maximum size of a file in the request itself, in bytes.
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
    /// Whether the file is an archive that is to be unpacked.
    pub is_packed: bool,
    pub progress: Progress,
    /// Rejected rows that an older version kept in the import itself.
    pub former_errors: Vec<RowError>,
    /// How the import ends once the file of its rejected rows is written.
    pub ending: Option<Status>,
    /// The file of its rejected rows.
    pub report: Option<Report>,
    /// Whether an earlier version created contacts of it, which do not say that they are of it.
    pub is_unmarked: bool,
    /// How far its contacts are removed again.
    pub undo: Option<Undo>,
    /// Why the whole file was refused.
    pub failure: Option<String>,
    /// Who requested it, if that was recorded. The opt-outs in its file count as theirs, too.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When its file was complete. People opted out then, unless the file knows better.
    pub started_at: Timestamp,
    /// Counts its saves, so that a run notices that another one has saved.
    pub version: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its file is still to be uploaded.
    Uploading,
    Pending,
    Running,
    Done,
    Failed,
    Cancelled,
    /// The contacts that it created are being removed.
    Undoing,
    Undone,
}

/// An object in the bucket. It must not change while it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether its rows are endpoints of Amazon Pinpoint.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_pinpoint: bool,
    /// What its first rows give reason to ask about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Why no row of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Charset(#[from] UnclearCharset),
    #[error(transparent)]
    Header(#[from] InvalidHeader),
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
            is_packed: false,
            progress: Progress::default(),
            former_errors: Vec::new(),
            ending: None,
            report: None,
            is_unmarked: false,
            undo: None,
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

    /// By what a row finds its contact.
    #[must_use]
    pub fn match_by(&self) -> MatchBy {
        let is_pinpoint = self.reading.as_ref().is_some_and(|reading| reading.is_pinpoint);
        let usual = if is_pinpoint { MatchBy::Phone } else { MatchBy::Id };
        self.options.match_by.unwrap_or(usual)
    }

    /// How the rows are read, once a run has looked at the file.
    #[must_use]
    pub fn description(&self) -> Option<Description> {
        self.reading.as_ref()?.description(&self.options)
    }
}

impl ReadFile {
    /// How a file is read, by its first bytes, of which `is_whole` says whether they are all.
    pub fn of(
        head: &[u8],
        is_whole: bool,
        options: &Options,
        region: Region,
    ) -> Result<(Self, Layout), Unreadable> {
        // The last line may be cut inside a character.
        let sample = if is_whole { head } else { upload::whole_lines(head) };
        let named = options.encoding.as_deref().and_then(|name| Charset::named(name).ok());
        let charset = Charset::of(sample, named, region)?;
        let format = options.format.unwrap_or_else(|| Format::of(sample, charset));
        let mut reading = Self {
            unpacked: None,
            format,
            encoding: charset.name(),
            region,
            is_pinpoint: false,
            warnings: Vec::new(),
        };
        let description = reading.description(options).ok_or(UnclearCharset)?;
        let layout = Layout::read(head, is_whole, &description)?;
        reading.is_pinpoint = layout.is_pinpoint();
        reading.warnings = warning::warnings(&layout, head, is_whole);
        Ok((reading, layout))
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
            are_opt_outs_only: options.opt_outs_only,
        })
    }
}

#[cfg(test)]
mod tests;
