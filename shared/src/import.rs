//! Imports: contacts from a CSV file, row by row.

use serde::{Deserialize, Serialize};

mod header;
mod rows;

pub use header::{Columns, Header, InvalidHeader, Row};
pub use rows::Rows;

use crate::actor::Actor;
use crate::ids::{ImportId, OrganizationId};
use crate::time::Timestamp;

/// How many rejected rows an import names.
pub const ERRORS_KEPT: usize = 100;
/// The largest file that comes in the request itself, in bytes.
pub const BYTES_MOST: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub organization_id: OrganizationId,
    pub status: Status,
    pub columns: Columns,
    pub progress: Progress,
    /// Why the whole file was refused.
    pub failure: Option<String>,
    /// Who asked for it, if it was recorded. The opt-outs of its file are theirs too.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Running,
    Done,
    Failed,
}

/// How far an import is. It is written together with the contacts of its rows, so that a job that
/// is repeated goes on behind the last row that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows done, the header not counted.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub rejected: u64,
    pub errors: Vec<RowError>,
}

/// Why a row was not taken. Rows count from 1, the header not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    pub row: u64,
    pub column: Option<String>,
    pub reason: String,
}

impl Progress {
    pub fn reject(&mut self, error: RowError) {
        self.rejected += 1;
        if self.errors.len() < ERRORS_KEPT {
            self.errors.push(error);
        }
    }
}
