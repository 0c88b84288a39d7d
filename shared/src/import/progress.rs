//! How far an import is, and what its rows have become.

use serde::{Deserialize, Serialize};

use super::place::Position;

/// How far an import is. It is written together with the contacts of its rows, so that a job that
/// is repeated goes on after the last row that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub first_pass: FirstPass,
    pub second_pass: Position,
    pub created: u64,
    pub updated: u64,
    #[serde(default)]
    pub unchanged: u64,
    pub rejected: u64,
    #[serde(default)]
    pub skipped: Skipped,
    /// Whether a dry run had too many contacts to recognize each repeat, so that the split among
    /// created, updated and unchanged rows is an estimate. Their sum is exact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_estimate: bool,
}

/// How far the pass that writes the opt-outs is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstPass {
    pub position: Position,
    /// Rows that say that a person opted out.
    pub opt_outs: u64,
    /// Opt-outs that something newer overrides, such as a START.
    #[serde(default)]
    pub overridden: u64,
    /// Whether a row has the id of a contact.
    #[serde(default)]
    pub has_ids: bool,
    pub is_done: bool,
}

/// Rows that were left out on purpose, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Delimiters only.
    #[serde(default)]
    pub blank: u64,
    /// Their contact is there, and the import is not to change any.
    #[serde(default)]
    pub matched: u64,
    /// Endpoints of other channels than SMS.
    #[serde(default)]
    pub channel: u64,
    /// Endpoints that another one has replaced.
    #[serde(default)]
    pub inactive: u64,
    /// Rows of a file that only opts people out.
    #[serde(default)]
    pub opt_outs_only: u64,
}

/// Why a row is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    Blank,
    Matched,
    Channel,
    Inactive,
    OptOutsOnly,
}

/// Why a row was not taken. Rows count from 1, the header not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowError {
    pub row: u64,
    /// The line of the file on which the row begins, counted from 1. A spreadsheet numbers its rows
    /// so, unless a cell before it has several lines.
    #[serde(default)]
    pub line: Option<u64>,
    /// The number that a spreadsheet gives the row.
    #[serde(default)]
    pub sheet_row: Option<u64>,
    pub column: Option<String>,
    /// What the cell contains, shortened.
    #[serde(default)]
    pub value: Option<String>,
    pub reason: String,
}

/// What a row has done to its contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Created,
    Updated,
    Unchanged,
}

impl Progress {
    pub fn count(&mut self, written: Written) {
        *match written {
            Written::Created => &mut self.created,
            Written::Updated => &mut self.updated,
            Written::Unchanged => &mut self.unchanged,
        } += 1;
    }

    /// Rows that the second pass has done.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.second_pass.rows
    }

    /// Whether each row that was done has become exactly one thing.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let Self { created, updated, unchanged, rejected, skipped, .. } = self;
        self.rows() == created + updated + unchanged + rejected + skipped.total()
    }
}

impl Skipped {
    pub fn add(&mut self, reason: SkipReason) {
        *match reason {
            SkipReason::Blank => &mut self.blank,
            SkipReason::Matched => &mut self.matched,
            SkipReason::Channel => &mut self.channel,
            SkipReason::Inactive => &mut self.inactive,
            SkipReason::OptOutsOnly => &mut self.opt_outs_only,
        } += 1;
    }

    #[must_use]
    pub fn total(self) -> u64 {
        let Self { blank, matched, channel, inactive, opt_outs_only } = self;
        blank + matched + channel + inactive + opt_outs_only
    }
}
