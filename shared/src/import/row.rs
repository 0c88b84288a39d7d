//! What one row of a file asks for.

use std::collections::BTreeMap;

use super::attributes;
use super::cell::{clean, is_blank, is_rounded, unreadable};
use super::header::Header;
use super::opt_out;
use super::progress::{RowError, SkipReason};
use super::rows::Entry;
use crate::contact::Profile;
use crate::ids::ContactId;
use crate::phone::{Phone, Region};

/// What joins the values of an attribute that has several.
pub(super) const SEPARATOR: &str = ", ";
/// How many characters of a refused cell are shown.
const MAX_VALUE: usize = 200;

/// What was read of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Counted from 1, the header not counted.
    pub number: u64,
    /// The line of the file on which the row begins, counted from 1.
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
    /// The contact to update; without one, the row creates a contact.
    pub id: Option<ContactId>,
    pub profile: Profile,
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
            Some(endpoint) => match endpoint.skipped(cells.cells) {
                Some(reason) => Ok(Content::Skipped(reason)),
                None => cells.row(self.region(region)).map(Content::Row),
            },
            None => cells.row(region).map(Content::Row),
        })
    }

    /// The row of a file that only opts people out, which is refused if it has no phone.
    pub(super) fn reading_of_opt_out(&self, number: u64, region: Region) -> Reading {
        self.read_as(number, |cells| {
            if self.opt_out(region, true).is_some() {
                return Ok(Content::Skipped(SkipReason::OptOutsOnly));
            }
            let row = cells.row(self.region(region))?;
            if row.profile.phone.is_none() && !self.header.has_opt_outs() {
                return Err((None, "has no phone to opt out".to_owned()));
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
    cell.chars().take(MAX_VALUE).collect()
}

struct Cells<'h> {
    header: &'h Header,
    cells: &'h [String],
}

impl<'h> Cells<'h> {
    /// The text at a column's place. A row may end before its empty last cells.
    fn at(&self, place: usize) -> &'h str {
        self.cells.get(place).map(|cell| clean(cell)).unwrap_or_default()
    }

    fn some(&self, place: Option<usize>) -> Option<&'h str> {
        place.map(|place| self.at(place)).filter(|cell| !is_blank(cell))
    }

    fn name(&self, place: usize) -> &'h str {
        &self.header.names[place]
    }

    fn are_blank(&self) -> bool {
        let surplus = self.cells.iter().skip(self.header.names.len());
        surplus.into_iter().all(|cell| is_blank(cell))
            && self.header.used().into_iter().all(|place| is_blank(self.at(place)))
    }

    fn row(&self, region: Region) -> Result<Row, Refusal<'h>> {
        self.check_length()?;
        self.check_opt_outs()?;
        self.check_characters()?;
        let phone_place = self.phone_place();
        let phone = phone_place.map(|place| {
            phone_of(self.at(place), region).map_err(|reason| (Some(self.name(place)), reason))
        });
        let phone = phone.transpose()?;
        let id = self.id()?;
        if phone.is_none() && id.is_none() && self.says_opted_out() {
            let reason = "marks a person as opted out but has no phone; add the phone".to_owned();
            return Err((Some(self.name(self.header.phones[0])), reason));
        }
        let attributes = self.attributes(phone_place);
        attributes::check(&attributes).map_err(|(name, reason)| {
            let named = self.header.attributes.iter().map(|place| &*self.header.names[*place]);
            (named.into_iter().find(|column| *column == name), reason)
        })?;
        let text =
            |place| self.some(place).map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n"));
        let profile = Profile {
            phone,
            first_name: text(self.header.first_name),
            last_name: text(self.header.last_name),
            email: text(self.header.email),
            attributes,
        };
        let profile = profile.checked().map_err(|error| {
            let place = match error.field {
                "firstName" => self.header.first_name,
                "lastName" => self.header.last_name,
                "email" => self.header.email,
                _ => None,
            };
            (place.map(|place| self.name(place)), error.reason)
        })?;
        let lacks = Lacks {
            first_name: self.header.first_name.is_none(),
            last_name: self.header.last_name.is_none(),
            email: self.header.email.is_none(),
        };
        Ok(Row { id, profile, lacks, blank_attributes: self.blank_attributes() })
    }

    fn check_length(&self) -> Result<(), Refusal<'h>> {
        let width = self.header.names.len();
        if opt_out::may_be_short_of_opt_out(self.header, self.cells) {
            let reason = format!(
                "has {} values, where the header has {width}, and seems to lack one before the \
                 opt-out; write all delimiters",
                self.cells.len(),
            );
            return Err((None, reason));
        }
        if self.cells.iter().skip(width).all(|cell| is_blank(cell)) {
            return Ok(());
        }
        let reason = format!(
            "has {} values but the header has {width}; quote values that contain a delimiter",
            self.cells.len(),
        );
        Err((None, reason))
    }

    fn check_opt_outs(&self) -> Result<(), Refusal<'h>> {
        let unclear = |place: &&usize| opt_out::says(self.at(**place)).is_err();
        match self.header.opt_outs.iter().find(unclear) {
            None => Ok(()),
            Some(place) => {
                let reason = "must be ALL, NONE, yes or no".to_owned();
                Err((Some(self.name(*place)), reason))
            }
        }
    }

    fn says_opted_out(&self) -> bool {
        self.header.opt_outs.iter().any(|place| opt_out::says(self.at(*place)) == Ok(true))
    }

    fn check_characters(&self) -> Result<(), Refusal<'h>> {
        for place in self.header.used() {
            if let Some(c) = unreadable(self.at(place)) {
                let code = u32::from(c);
                let reason = if c == char::REPLACEMENT_CHARACTER {
                    "has a character that was lost because the file is not UTF-8; save the file \
                     as UTF-8, or send it as application/octet-stream"
                        .to_owned()
                } else {
                    format!("has the control character U+{code:04X}; remove it")
                };
                return Err((Some(self.name(place)), reason));
            }
        }
        Ok(())
    }

    fn id(&self) -> Result<Option<ContactId>, Refusal<'h>> {
        let Some(place) = self.header.id else {
            return Ok(None);
        };
        let id = self.some(Some(place)).map(str::parse::<ContactId>).transpose();
        id.map_err(|_| {
            let reason = "must be a contact ID (UUID); to ignore the column, import with ?id=";
            (Some(self.name(place)), reason.to_owned())
        })
    }

    /// The place of the row's phone: the best column that has one. A note in place of a phone, such
    /// as `n/a`, counts only if no other column has a phone.
    fn phone_place(&self) -> Option<usize> {
        let filled =
            || self.header.phones.iter().copied().filter(|place| !is_blank(self.at(*place)));
        let has_digit = |place: &usize| self.at(*place).chars().any(char::is_numeric);
        filled().find(has_digit).or_else(|| filled().next())
    }

    fn attributes(&self, phone_place: Option<usize>) -> BTreeMap<String, String> {
        // An only phone column is not among the attributes unless the client listed it.
        let is_used =
            |place: usize| !self.header.are_attributes_listed && Some(place) == phone_place;
        let places = self.header.attributes.iter().copied();
        let mut attributes: BTreeMap<String, String> = BTreeMap::new();
        for place in places.filter(|place| !is_used(*place) && !is_blank(self.at(*place))) {
            let value = self.at(place);
            let values = attributes.entry(self.header.names[place].clone()).or_default();
            if !values.is_empty() {
                values.push_str(SEPARATOR);
            }
            values.push_str(value);
        }
        attributes
    }

    fn blank_attributes(&self) -> Vec<String> {
        let places = self.header.attributes.iter().copied();
        let blank = places.filter(|place| is_blank(self.at(*place)));
        blank.map(|place| self.header.names[place].clone()).collect()
    }
}

/// Reads a phone as it is written in a cell.
pub(super) fn phone_of(cell: &str, region: Region) -> Result<Phone, String> {
    // An apostrophe keeps a spreadsheet from taking the phone for a number.
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
