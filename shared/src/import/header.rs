//! The header of a file: which column is which field of a contact.

use super::cell::{clean, unreadable};
use super::columns::{Columns, place_of};
use super::layout::HEAD_BYTES;
use super::names::{self, Field, JudgedNames};
use super::own::{self, Own};
use super::parser::Malformed;
use super::pinpoint::{self, Endpoint};
use crate::phone::{Phone, Region};
use places::Places;

mod places;

/// The maximum number of columns that are used.
pub(super) const MAX_COLUMNS: usize = 200;
/// The maximum number of columns of which some are used. No spreadsheet has more.
pub(super) const MAX_WIDTH: usize = 16_384;
/// The maximum length of a column's name in characters, which is also that of a contact's
/// attribute.
pub(super) const MAX_NAME: usize = 200;
/// The number of columns that an error lists.
const MAX_LISTED: usize = 30;

/// Why a header, and so the file, was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHeader {
    #[error("the file is empty or contains only delimiters")]
    Empty,
    #[error("the first {HEAD_BYTES} bytes of the file contain no row")]
    TooFar,
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("the file has no column '{0}'; the columns are {1}")]
    NoColumn(String, String),
    #[error("the file has no known phone column; name it with ?phone=COLUMN; the columns are {0}")]
    NoPhone(String),
    #[error(
        "the first row must contain column names, such as 'phone', but it contains a phone number"
    )]
    NoHeader,
    #[error(
        "the file has the column '{0}' twice; rename one, or list the columns that become attributes \
         with ?attributes=NAME,NAME"
    )]
    Twice(String),
    #[error(
        "the file has {0} columns, more than {MAX_COLUMNS}; list those that become attributes with \
         ?attributes=NAME,NAME or leave all out with ?attributes=none, or remove some, such as {1}"
    )]
    TooMany(usize, String),
    #[error("the file has {0} columns, more than {MAX_WIDTH}; remove some")]
    TooWide(usize),
    #[error(
        "{0} columns of the file would be used, more than {MAX_COLUMNS}; list fewer attributes"
    )]
    TooManyUsed(usize),
    #[error("the name of column {0} is longer than {MAX_NAME} characters; shorten it")]
    NameTooLong(usize),
    #[error(
        "the name of column {0} has unreadable characters; save the file as UTF-8, or specify its \
         encoding with ?encoding= and send it as application/octet-stream"
    )]
    Unreadable(usize),
}

/// The columns of a file, by index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) names: Vec<String>,
    /// The format in which Volley exported the rows, if it did.
    pub(super) own: Option<Own>,
    pub(super) id: Option<usize>,
    /// Columns of phones, best first. A row uses the first that is not blank.
    pub(super) phones: Vec<usize>,
    pub(super) first_name: Option<usize>,
    pub(super) last_name: Option<usize>,
    pub(super) email: Option<usize>,
    pub(super) external_id: Option<usize>,
    pub(super) status: Option<usize>,
    /// Columns with tags, separated by commas or semicolons.
    pub(super) tags: Vec<usize>,
    pub(super) time_zone: Option<usize>,
    pub(super) language: Option<usize>,
    /// Columns that are only recognized by name, so that a value that is invalid is an attribute.
    pub(super) guessed: Vec<usize>,
    pub(super) opt_outs: Vec<usize>,
    /// Columns of consent. They stay attributes, and a clear no in one is an opt-out.
    pub(super) opt_ins: Vec<usize>,
    pub(super) opted_out_at: Option<usize>,
    /// Whether that column has a time only if a person opted out, so that it needs no other column.
    pub(super) is_dated_opt_out: bool,
    pub(super) attributes: Vec<usize>,
    /// Whether the client listed the attributes.
    pub(super) are_attributes_listed: bool,
    /// Whether a column is certainly for phones, not just by a likely name.
    pub(super) is_certain: bool,
    /// What the rows have besides if they are Amazon Pinpoint's.
    pub(super) endpoint: Option<Endpoint>,
}

impl Header {
    pub(super) fn read(
        cells: &[String],
        columns: &Columns,
        region: Region,
    ) -> Result<Self, InvalidHeader> {
        Self::read_judged(cells, columns, region, &mut JudgedNames::default())
    }

    /// The same of a file that has many headers with the same names.
    pub(super) fn read_judged(
        cells: &[String],
        columns: &Columns,
        region: Region,
        judged: &mut JudgedNames,
    ) -> Result<Self, InvalidHeader> {
        let names: Vec<String> = cells.iter().map(|name| clean(name).to_owned()).collect();
        if names.len() > MAX_WIDTH {
            return Err(InvalidHeader::TooWide(names.len()));
        }
        if names.len() > MAX_COLUMNS && columns.attributes.is_none() {
            let surplus = listed(names.iter().skip(MAX_COLUMNS));
            return Err(InvalidHeader::TooMany(names.len(), surplus));
        }
        let is_own = own::is_own(|wanted| names.iter().any(|name| name == wanted));
        let places = Places::find(&names, columns, is_own, judged)?;
        let phones = places.phones();
        let opted_out_at = places.first(Field::OptedOutAt);
        let (time_zone, language) = (places.first(Field::TimeZone), places.first(Field::Language));
        let guessed = [
            time_zone.filter(|_| columns.time_zone.is_none() && !is_own),
            language.filter(|_| columns.language.is_none() && !is_own),
        ];
        let is_effective_date = |place: usize| names::plain(&names[place]) == names::EFFECTIVE_DATE;
        let header = Self {
            id: places.first(Field::Id),
            first_name: places.first(Field::FirstName),
            last_name: places.first(Field::LastName),
            email: places.first(Field::Email),
            external_id: places.first(Field::ExternalId),
            status: places.first(Field::Status),
            tags: places.all(Field::Tags).into_iter().map(|(_, place)| place).collect(),
            time_zone,
            language,
            guessed: guessed.into_iter().flatten().collect(),
            opted_out_at,
            is_dated_opt_out: opted_out_at.is_some_and(|place| !is_effective_date(place))
                && columns.opt_out.is_none(),
            opt_outs: places.all(Field::OptOut).into_iter().map(|(_, place)| place).collect(),
            opt_ins: places.consents(),
            are_attributes_listed: columns.attributes.is_some(),
            is_certain: phones.iter().any(|(fit, _)| fit.is_certain()),
            phones: phones.into_iter().map(|(_, place)| place).collect(),
            attributes: Vec::new(),
            names: Vec::new(),
            own: is_own.then_some(Own::Csv),
            endpoint: Endpoint::of(&names),
        };
        if header.phones.is_empty() {
            let is_phone = |name: &String| Phone::parse(name, region).is_ok();
            return Err(if names.iter().any(is_phone) {
                InvalidHeader::NoHeader
            } else {
                InvalidHeader::NoPhone(listed(names.iter()))
            });
        }
        let attributes = attributes(&names, columns, &header)?;
        Self { names, attributes, ..header }.checked()
    }

    /// Refuses names that the used columns must not have.
    fn checked(self) -> Result<Self, InvalidHeader> {
        let names = &self.names;
        let mut used = self.used();
        used.sort_unstable();
        used.dedup();
        if used.len() > MAX_COLUMNS {
            return Err(InvalidHeader::TooManyUsed(used.len()));
        }
        for (at, place) in used.iter().copied().enumerate() {
            let name = &names[place];
            if self.attribute(place).chars().count() > MAX_NAME {
                return Err(InvalidHeader::NameTooLong(place + 1));
            }
            if unreadable(name).is_some() || name.contains(['\u{2028}', '\u{2029}']) {
                return Err(InvalidHeader::Unreadable(place + 1));
            }
            // Pinpoint repeats the name of an attribute that has several values.
            let may_repeat = self.endpoint.is_some() && self.attributes.contains(&place);
            if !may_repeat && used[..at].iter().any(|other| names[*other] == *name) {
                return Err(InvalidHeader::Twice(name.clone()));
            }
        }
        Ok(self)
    }

    /// The indexes of all columns that are used.
    pub(super) fn used(&self) -> Vec<usize> {
        let single = [
            self.id,
            self.first_name,
            self.last_name,
            self.email,
            self.opted_out_at,
            self.external_id,
            self.status,
            self.time_zone,
            self.language,
        ];
        let several = [&self.phones, &self.tags, &self.opt_outs, &self.attributes];
        single.into_iter().flatten().chain(several.into_iter().flatten().copied()).collect()
    }

    /// The name of the attribute that a column becomes.
    pub(super) fn attribute(&self, place: usize) -> &str {
        let name = &self.names[place];
        let attribute = if self.own.is_some() { own::attribute(name) } else { None };
        attribute.unwrap_or(name)
    }

    /// Whether the cells of a column may opt a person out.
    pub(super) fn opts_out_by(&self, place: usize) -> bool {
        let is_date = self.is_dated_opt_out && self.opted_out_at == Some(place);
        is_date || self.opt_outs.contains(&place) || self.opt_ins.contains(&place)
    }

    pub(super) fn has_opt_outs(&self) -> bool {
        !self.opt_outs.is_empty() || !self.opt_ins.is_empty() || self.is_dated_opt_out
    }
}

/// The indexes of the columns that become attributes. Phones that a row does not use also become
/// attributes, so that nothing is lost.
fn attributes(
    names: &[String],
    columns: &Columns,
    fields: &Header,
) -> Result<Vec<usize>, InvalidHeader> {
    let Some(wanted) = columns.attribute_names() else {
        let is_only_phone = fields.phones.len() == 1;
        let used = fields.used();
        let is_field = |place: &usize| {
            used.contains(place) && (is_only_phone || !fields.phones.contains(place))
        };
        let is_endpoints =
            |place: &usize| fields.endpoint.is_some() && !pinpoint::is_attribute(&names[*place]);
        let is_others = |place: &usize| {
            let name = &names[*place];
            fields.own.is_some() && own::is_exported(name) && own::attribute(name).is_none()
        };
        let places = (0..names.len()).filter(|place| !is_field(place) && !names[*place].is_empty());
        return Ok(places.filter(|place| !is_endpoints(place) && !is_others(place)).collect());
    };
    let place = |name: String| {
        place_of(names, &name).ok_or_else(|| InvalidHeader::NoColumn(name, listed(names.iter())))
    };
    wanted.into_iter().map(place).collect()
}

/// Lists names of columns in one line of limited length.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let mut names: Vec<String> =
        names.map(|name| name.chars().take(MAX_NAME).collect::<String>()).collect();
    let surplus = names.len().saturating_sub(MAX_LISTED);
    names.truncate(MAX_LISTED);
    let listed = names.join(", ");
    if surplus > 0 { format!("{listed} and {surplus} more") } else { listed }
}

#[cfg(test)]
mod tests;
