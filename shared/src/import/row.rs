//! What a row of a file asks for.

mod cells;

use super::cell::is_rounded;
use super::progress::{RowError, SkipReason};
use super::rows::Entry;
use crate::contact::{Profile, Status};
use crate::ids::ContactId;
use crate::phone::{Phone, Region};
use cells::Cells;

/// What joins the values of a cell that has several where only one text is wanted.
const SEPARATOR: &str = ", ";
/// What joins the values of a list in a cell. It is not a character of any text (Unicode calls it a
/// noncharacter).
pub(super) const LIST_MARK: &str = "\u{FDD0}";
/// How many characters of a refused cell are shown.
const MAX_VALUE: usize = 200;

/// The result of reading a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Numbered from 1, not counting the header.
    pub number: u64,
    /// The line of the file on which the row starts, numbered from 1.
    pub line: u64,
    /// The number that a spreadsheet gives the row.
    pub sheet_row: u64,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Skipped(SkipReason),
    Refused(RowError),
    Row(Row),
}

/// A contact to create or to update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The contact to update. Without it, the row creates a contact.
    pub id: Option<ContactId>,
    pub profile: Profile,
    /// The contact's status, if the row has one. A new contact has that of the profile.
    pub status: Option<Status>,
    /// Whether it is an endpoint of Amazon Pinpoint that another one has replaced, so that it changes
    /// no contact.
    pub is_replaced: bool,
    pub lacks: Lacks,
    /// Attributes whose cell is blank.
    pub blank_attributes: Vec<String>,
}

/// The fields that the file has no column for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    pub first_name: bool,
    pub last_name: bool,
    pub email: bool,
}

/// A column's name and what is wrong with its cell.
type Refusal<'h> = (Option<&'h str>, String);

impl Row {
    /// The same row of an endpoint with this status.
    fn of_endpoint(mut self, status: Option<Status>) -> Self {
        self.status = status.or(self.status);
        self.profile.status = self.status.unwrap_or_default();
        self.is_replaced = status == Some(Status::Inactive);
        self
    }

    /// Why this row is not taken, given its contacts.
    #[must_use]
    pub fn rejected(&self, reading: &Reading, reason: String) -> RowError {
        let id = self.id.map(|id| id.to_string());
        let value = id.or_else(|| self.profile.phone.as_ref().map(ToString::to_string));
        reading.refused(None, value, reason)
    }
}

impl Reading {
    /// Why this row is not taken.
    #[must_use]
    pub fn refused(
        &self,
        column: Option<String>,
        value: Option<String>,
        reason: impl Into<String>,
    ) -> RowError {
        RowError {
            row: self.number,
            line: Some(self.line),
            sheet_row: Some(self.sheet_row),
            column,
            value,
            reason: reason.into(),
        }
    }
}

impl Entry {
    pub(super) fn reading(&self, number: u64, region: Region) -> Reading {
        self.read_as(number, |cells| match self.header.endpoint.as_ref() {
            Some(endpoint) => {
                if let Some(reason) = endpoint.skipped(cells.cells) {
                    return Ok(Content::Skipped(reason));
                }
                let row = cells.row(self.region(region))?;
                Ok(Content::Row(row.of_endpoint(endpoint.status(cells.cells))))
            }
            None => cells.row(region).map(Content::Row),
        })
    }

    /// The row of a file that only opts people out. In a list of people who opted out, a row without
    /// a phone is refused. Otherwise, one that doesn't say whether the person opted out is refused,
    /// except for an endpoint of Amazon Pinpoint, which then has not.
    pub(super) fn reading_of_opt_out(&self, number: u64, region: Region, is_list: bool) -> Reading {
        self.read_as(number, |cells| {
            if self.opt_out(region, is_list).is_some() {
                return Ok(Content::Skipped(SkipReason::OptOutsOnly));
            }
            let row = cells.row(self.region(region))?;
            if is_list && row.profile.phone.is_none() {
                return Err((None, "has no phone to opt out".to_owned()));
            }
            if !is_list && !self.header.has_opt_outs() && self.header.endpoint.is_none() {
                let reason = "does not say whether the person opted out; add a field such as \
                              \"optOut\": true";
                return Err((None, reason.to_owned()));
            }
            Ok(Content::Skipped(SkipReason::OptOutsOnly))
        })
    }

    fn read_as<'h>(
        &'h self,
        number: u64,
        read: impl Fn(&Cells<'h>) -> Result<Content, Refusal<'h>>,
    ) -> Reading {
        let Self { header, record, sheet_row, refusal } = self;
        let cells = Cells { header, cells: &record.cells };
        let content = if let Some(reason) = refusal {
            Err((None, reason.clone()))
        } else if cells.are_blank() {
            Ok(Content::Skipped(SkipReason::Blank))
        } else {
            read(&cells)
        };
        let mut reading = Reading {
            number,
            line: record.line,
            sheet_row: *sheet_row,
            content: Content::Skipped(SkipReason::Blank),
        };
        reading.content = content.unwrap_or_else(|(column, reason)| {
            let place = column.and_then(|name| header.names.iter().position(|known| known == name));
            let value = place.map(|place| shortened(cells.at(place)));
            let value = value.filter(|value| !value.is_empty());
            Content::Refused(reading.refused(column.map(str::to_owned), value, reason))
        });
        reading
    }
}

/// As much of a cell as helps to find it.
fn shortened(cell: &str) -> String {
    cell.replace(LIST_MARK, SEPARATOR).chars().take(MAX_VALUE).collect()
}

/// Parses a phone from a cell.
pub(super) fn phone_of(cell: &str, region: Region) -> Result<Phone, String> {
    // An apostrophe keeps a spreadsheet from treating the phone as a number.
    let written = cell.strip_prefix('\'').unwrap_or(cell);
    if is_rounded(written) {
        return Err(
            "was rounded by a spreadsheet; format the column as text and enter it again".to_owned()
        );
    }
    Phone::parse(written, region).map_err(|error| error.to_string())
}

/// Reads every phone that a cell may mean, for an opt-out: see [`Phone::all_in`].
pub(super) fn phones_of(cell: &str, region: Region) -> Vec<Phone> {
    let written = cell.strip_prefix('\'').unwrap_or(cell);
    if is_rounded(written) { Vec::new() } else { Phone::all_in(written, region) }
}

#[cfg(test)]
mod tests;
