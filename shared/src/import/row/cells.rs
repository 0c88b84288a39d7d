//! The cells of a row, by the columns of its header.

use std::collections::{BTreeMap, BTreeSet};

use super::super::attributes;
use super::super::cell::{clean, is_blank, trim, unreadable};
use super::super::header::Header;
use super::super::opt_out;
use super::super::own::{self, Own};
use super::{LIST_MARK, Lacks, Refusal, Row, SEPARATOR, phone_of};
use crate::contact::{Attribute, Profile, Status};
use crate::export::unmarked;
use crate::ids::ContactId;
use crate::phone::Region;
use crate::zone::Zone;

/// A row's cells. A row may end before its empty last ones.
pub(super) struct Cells<'h> {
    pub(super) header: &'h Header,
    pub(super) cells: &'h [String],
}

impl<'h> Cells<'h> {
    /// The text at a column's place. A row may end before its empty last cells.
    pub(super) fn at(&self, place: usize) -> &'h str {
        let cell = self.cells.get(place).map(String::as_str).unwrap_or_default();
        match self.header.own {
            None => clean(cell),
            // What looks like a formula is a text.
            Some(Own::Csv) => unmarked(trim(cell)),
            Some(Own::Jsonl) => trim(cell),
        }
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
        let mut attributes = self.attributes(phone_place);
        let time_zone = self.read_or_keep(self.header.time_zone, &mut attributes, |cell| {
            cell.parse::<Zone>().map_err(|error| error.to_string())
        })?;
        let language = self.read_or_keep(self.header.language, &mut attributes, language)?;
        let status = self.status()?;
        attributes::check(&attributes).map_err(|(name, reason)| {
            let named = self.header.attributes.iter().map(|place| &*self.header.names[*place]);
            (named.into_iter().find(|column| *column == name), reason)
        })?;
        let text = |place| {
            let cell = self.some(place)?.replace("\r\n", "\n").replace('\r', "\n");
            Some(cell.replace(LIST_MARK, SEPARATOR))
        };
        let profile = Profile {
            phone,
            first_name: text(self.header.first_name),
            last_name: text(self.header.last_name),
            email: text(self.header.email),
            external_id: text(self.header.external_id),
            status: status.unwrap_or_default(),
            tags: self.tags(),
            time_zone,
            language,
            attributes,
        };
        let profile = profile.checked().map_err(|error| {
            let place = match error.field {
                "firstName" => self.header.first_name,
                "lastName" => self.header.last_name,
                "email" => self.header.email,
                "externalId" => self.header.external_id,
                "tags" => self.header.tags.first().copied(),
                _ => None,
            };
            (place.map(|place| self.name(place)), error.reason)
        })?;
        let lacks = Lacks {
            first_name: self.header.first_name.is_none(),
            last_name: self.header.last_name.is_none(),
            email: self.header.email.is_none(),
        };
        let blank_attributes = self.blank_attributes();
        Ok(Row { id, profile, status, is_replaced: false, lacks, blank_attributes })
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

    /// A field's value, or none if the cell is blank. If the column is only recognized by its name, a
    /// value that is not valid becomes an attribute.
    fn read_or_keep<T>(
        &self,
        place: Option<usize>,
        attributes: &mut BTreeMap<String, Attribute>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Refusal<'h>> {
        let Some((place, cell)) = place.zip(self.some(place)) else {
            return Ok(None);
        };
        match read(cell) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.header.guessed.contains(&place) => {
                if !self.header.are_attributes_listed {
                    attributes.insert(self.name(place).to_owned(), value(cell));
                }
                Ok(None)
            }
            Err(reason) => Err((Some(self.name(place)), reason)),
        }
    }

    fn status(&self) -> Result<Option<Status>, Refusal<'h>> {
        let Some((place, cell)) = self.header.status.zip(self.some(self.header.status)) else {
            return Ok(None);
        };
        let found = [Status::Active, Status::Inactive];
        let found = found.into_iter().find(|status| cell.eq_ignore_ascii_case(status.as_str()));
        let refusal = || (Some(self.name(place)), "must be active or inactive".to_owned());
        found.map(Some).ok_or_else(refusal)
    }

    fn tags(&self) -> BTreeSet<String> {
        let cells = self.header.tags.iter().map(|place| self.at(*place));
        if let Some(format) = self.header.own {
            let tags = cells.flat_map(|cell| own::tags(cell, format));
            return tags.filter(|tag| !is_blank(tag)).collect();
        }
        let tags = cells.flat_map(|cell| cell.split([',', ';', '\u{FDD0}']));
        // Mailchimp quotes each of them.
        let tags = tags.map(|tag| tag.trim().trim_matches('"').trim());
        tags.filter(|tag| !is_blank(tag)).map(str::to_owned).collect()
    }

    fn attributes(&self, phone_place: Option<usize>) -> BTreeMap<String, Attribute> {
        // An only phone column is not among the attributes unless the client listed it.
        let is_used =
            |place: usize| !self.header.are_attributes_listed && Some(place) == phone_place;
        let is_csv = self.header.own == Some(Own::Csv);
        let places = self.header.attributes.iter().copied();
        let mut attributes: BTreeMap<String, Attribute> = BTreeMap::new();
        for place in places.filter(|place| !is_used(*place) && !is_blank(self.at(*place))) {
            let list = is_csv.then(|| own::list(self.at(place))).flatten();
            let new = list.map_or_else(|| value(self.at(place)), Attribute::List);
            attributes
                .entry(self.header.attribute(place).to_owned())
                .and_modify(|known| {
                    *known = Attribute::List([known.elements(), new.elements()].concat());
                })
                .or_insert(new);
        }
        attributes
    }

    fn blank_attributes(&self) -> Vec<String> {
        let places = self.header.attributes.iter().copied();
        let blank = places.filter(|place| is_blank(self.at(*place)));
        blank.map(|place| self.header.attribute(place).to_owned()).collect()
    }
}

/// The value of an attribute: a list if the cell has several values.
fn value(cell: &str) -> Attribute {
    if cell.contains(LIST_MARK) {
        Attribute::List(cell.split(LIST_MARK).map(str::to_owned).collect())
    } else {
        cell.into()
    }
}

fn language(cell: &str) -> Result<String, String> {
    let profile = Profile { language: Some(cell.to_owned()), ..Profile::default() };
    let checked = profile.checked().map_err(|error| error.reason)?;
    checked.language.ok_or_else(|| "must be a language tag, such as en or es-419".to_owned())
}
