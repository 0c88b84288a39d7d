//! The cells of a row, by the columns of its header.

use std::collections::BTreeMap;

use super::super::attributes;
use super::super::cell::{clean, is_blank, unreadable};
use super::super::header::Header;
use super::super::opt_out;
use super::{Lacks, Refusal, Row, SEPARATOR, phone_of};
use crate::contact::Profile;
use crate::ids::ContactId;
use crate::phone::Region;

/// A row's cells. A row may end before its empty last ones.
pub(super) struct Cells<'h> {
    pub(super) header: &'h Header,
    pub(super) cells: &'h [String],
}

impl<'h> Cells<'h> {
    /// The text at a column's place. A row may end before its empty last cells.
    pub(super) fn at(&self, place: usize) -> &'h str {
        self.cells.get(place).map(|cell| clean(cell)).unwrap_or_default()
    }

    fn some(&self, place: Option<usize>) -> Option<&'h str> {
        place.map(|place| self.at(place)).filter(|cell| !is_blank(cell))
    }

    fn name(&self, place: usize) -> &'h str {
        &self.header.names[place]
    }

    pub(super) fn are_blank(&self) -> bool {
        let surplus = self.cells.iter().skip(self.header.names.len());
        surplus.into_iter().all(|cell| is_blank(cell))
            && self.header.used().into_iter().all(|place| is_blank(self.at(place)))
    }

    pub(super) fn row(&self, region: Region) -> Result<Row, Refusal<'h>> {
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
            attributes: attributes.into_iter().map(|(name, text)| (name, text.into())).collect(),
            ..Profile::default()
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
