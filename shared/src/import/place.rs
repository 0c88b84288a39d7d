//! Places in a file between two rows, from which a run goes on.

use serde::{Deserialize, Serialize};

use super::parser::Record;

/// Where a row begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, counted from 1.
    pub line: u64,
    /// How many lines before it a spreadsheet does not show as rows, because they are inside a cell.
    pub surplus_lines: u64,
}

/// How far a pass over a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Rows that the pass has done, the header not counted.
    pub rows: u64,
    /// Where the next row begins. Without it, that many rows are passed over from the first one on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Place {
    /// The beginning of a file with a byte order mark of `mark` bytes.
    pub(super) fn beginning(mark: u64) -> Self {
        Self { offset: mark, line: 1, surplus_lines: 0 }
    }

    /// Where the record after `record` begins, given the offset and the line of what follows it.
    pub(super) fn behind(self, record: &Record, (offset, line): (u64, u64)) -> Self {
        // One of the record's line ends is its own.
        let surplus = line.saturating_sub(record.line + 1);
        Self { offset, line, surplus_lines: self.surplus_lines + surplus }
    }

    /// The number that a spreadsheet gives a row that begins on `line`.
    pub(super) fn sheet_row(self, line: u64) -> u64 {
        line.saturating_sub(self.surplus_lines)
    }
}
