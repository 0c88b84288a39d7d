//! Contacts as Volley exports them, or as its API shows them.
//!
//! Their columns are taken for what they are called and for nothing else: an attribute is never a
//! phone or an opt-out, however it is named. So what was exported can be imported again. A column
//! that someone has added, such as `OptOut`, is read as in any other file.

use super::names::Field;
use super::row::LIST_MARK;
use crate::export::{ATTRIBUTE_PREFIX, CONTACT_COLUMNS};

/// The format in which contacts were exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// Cells that could be formulas have a mark, and lists are one cell.
    Csv,
    Jsonl,
}

/// Whether a file or an object with these names is an export: it has all names of a contact.
pub(super) fn is_own(has: impl Fn(&str) -> bool) -> bool {
    CONTACT_COLUMNS.iter().all(|name| has(name))
}

/// What the API shows besides.
const ORGANIZATION: &str = "organizationId";

/// Whether a column is of the export itself, rather than added to it.
pub(super) fn is_exported(column: &str) -> bool {
    CONTACT_COLUMNS.contains(&column) || column == ORGANIZATION || attribute(column).is_some()
}

/// The column of a field.
pub(super) fn column(field: Field) -> Option<&'static str> {
    match field {
        Field::Id => Some("id"),
        Field::Phone => Some("phone"),
        Field::FirstName => Some("firstName"),
        Field::LastName => Some("lastName"),
        Field::Email => Some("email"),
        Field::ExternalId => Some("externalId"),
        Field::Status => Some("status"),
        Field::Tags => Some("tags"),
        Field::TimeZone => Some("timeZone"),
        Field::Language => Some("language"),
        Field::OptOut | Field::OptIn | Field::OptedOutAt => None,
    }
}

/// The attribute that a column has.
pub(super) fn attribute(column: &str) -> Option<&str> {
    column.strip_prefix(ATTRIBUTE_PREFIX)
}

/// The list that a cell of a CSV file has as JSON.
pub(super) fn list(cell: &str) -> Option<Vec<String>> {
    let list: Vec<String> = serde_json::from_str(cell).ok()?;
    (!list.is_empty()).then_some(list)
}

/// The tags in a cell.
pub(super) fn tags(cell: &str, format: Own) -> Vec<String> {
    let (separator, list) = match format {
        Own::Csv => (";", list(cell)),
        Own::Jsonl => (LIST_MARK, None),
    };
    list.unwrap_or_else(|| cell.split(separator).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
