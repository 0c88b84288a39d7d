//! Imports: contacts from a CSV file, row by row.
//!
//! A file is read twice. The first pass checks that the whole file can be read, and writes all its
//! opt-outs. Only then does the second pass write contacts, so that no campaign finds a contact
//! whose opt-out is in a later row.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

mod attributes;
mod batch;
mod cell;
mod columns;
mod delimiter;
mod encoding;
mod header;
mod names;
mod opt_out;
mod parser;
mod records;
mod row;
mod rows;
mod swallowed;
pub mod upload;

pub use batch::Batch;
pub use columns::Columns;
pub use encoding::{Charset, UnclearCharset, UnknownCharset};
pub use header::InvalidHeader;
pub use opt_out::OptOut;
pub use parser::Malformed;
pub use row::{Content, Reading, Row};
pub use rows::Rows;

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
    pub columns: Columns,
    /// The name of the file's encoding; `None` for files that were uploaded before it was stored.
    pub encoding: Option<String>,
    pub progress: Progress,
    /// Why the whole file was refused.
    pub failure: Option<String>,
    /// Who requested it, if that was recorded. The opt-outs in its file count as theirs, too.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Running,
    Done,
    Failed,
}

/// An import's progress. It is written together with the contacts of its rows, so that a repeated
/// job continues after the last row that was written.
///
/// `rows = created + updated + rejected + blank`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default)]
    pub first_pass: FirstPass,
    /// Rows that the second pass has processed, not counting the header.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub rejected: u64,
    /// Rows with only delimiters, which are ignored.
    #[serde(default)]
    pub blank: u64,
    pub errors: Vec<RowError>,
}

/// The progress of the pass that writes the opt-outs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstPass {
    pub rows: u64,
    /// Rows that opt a person out.
    pub opt_outs: u64,
    pub is_done: bool,
}

/// Why a row was rejected. Rows are numbered from 1, not counting the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    pub row: u64,
    /// The line of the file on which the row starts, numbered from 1. This is the row number in a
    /// spreadsheet, unless an earlier cell has several lines.
    #[serde(default)]
    pub line: Option<u64>,
    pub column: Option<String>,
    pub reason: String,
}

impl Import {
    /// The encoding of the import's file.
    pub fn charset(&self, content: &[u8], region: Region) -> Result<Charset, UnclearCharset> {
        let named = self.encoding.as_deref().and_then(|name| Charset::named(name).ok());
        Charset::of(content, named, region)
    }
}

impl Progress {
    pub fn reject(&mut self, error: RowError) {
        self.rejected += 1;
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// A number that increases with every save, so that a run can detect that another one has
    /// saved.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.first_pass.rows + u64::from(self.first_pass.is_done) + self.rows
    }
}

#[cfg(test)]
mod tests;
