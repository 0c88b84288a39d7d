//! The columns that the client named.

use serde::{Deserialize, Serialize};

use super::names::{Field, plain};
use super::parser::Parser;

/// The column of each field, as the client named them. An empty name means that no column is this
/// field, regardless of the file's column names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Columns {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<String>,
    /// The columns that become attributes: a comma-separated list, or `none`. The default is all
    /// columns that are not a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
}

impl Columns {
    /// The list of columns that become attributes, from their names.
    #[must_use]
    pub fn attribute_list(names: &[String]) -> String {
        let quoted = names.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(",")
    }

    /// The same for an object with these names, which may lack some of the named ones.
    pub(super) fn among(&self, names: &[String]) -> Self {
        let found = |wanted: &Option<String>| {
            let wanted = wanted.as_ref()?;
            let is_there = place_of(names, wanted).is_some();
            Some(if is_there { wanted.clone() } else { String::new() })
        };
        let attributes = self.attribute_names().map(|wanted| {
            let there = wanted.into_iter().filter(|name| place_of(names, name).is_some());
            Self::attribute_list(&there.collect::<Vec<_>>())
        });
        Self {
            id: found(&self.id),
            phone: found(&self.phone),
            first_name: found(&self.first_name),
            last_name: found(&self.last_name),
            email: found(&self.email),
            opt_out: found(&self.opt_out),
            attributes,
        }
    }

    /// The column that the client named for a field.
    pub(super) fn named(&self, field: Field) -> Option<&str> {
        match field {
            Field::Id => self.id.as_deref(),
            Field::Phone => self.phone.as_deref(),
            Field::FirstName => self.first_name.as_deref(),
            Field::LastName => self.last_name.as_deref(),
            Field::Email => self.email.as_deref(),
            Field::OptOut => self.opt_out.as_deref(),
            Field::OptIn | Field::OptedOutAt => None,
        }
    }

    /// The names of the columns that become attributes; `None` means all that are not a field.
    pub(super) fn attribute_names(&self) -> Option<Vec<String>> {
        let list = self.attributes.as_deref()?.trim();
        if list.eq_ignore_ascii_case("none") {
            return Some(Vec::new());
        }
        // A name that contains a comma is quoted, as in the file.
        let mut parser = Parser::new(Some(','), 1);
        let mut characters = list.chars();
        let record = characters.find_map(|c| parser.push(c).ok().flatten());
        let record = record.or_else(|| parser.finish().ok().flatten());
        let names = record.map(|record| record.cells).unwrap_or_default();
        Some(names.into_iter().filter(|name| !name.trim().is_empty()).collect())
    }
}

/// The index of the column that the client means: the one with exactly this name, or else the one
/// with the same letters.
pub(super) fn place_of(names: &[String], wanted: &str) -> Option<usize> {
    let letters = plain(wanted);
    names
        .iter()
        .position(|name| name == wanted.trim())
        .or_else(|| names.iter().position(|name| !letters.is_empty() && plain(name) == letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_a_list() {
        let names = |list: &str| {
            let columns = Columns { attributes: Some(list.to_owned()), ..Columns::default() };
            columns.attribute_names()
        };
        assert_eq!(Columns::default().attribute_names(), None);
        for none in ["none", "None", "", " , "] {
            assert_eq!(names(none), Some(Vec::new()), "{none:?}");
        }
        let quoted = vec!["city".to_owned(), "a, b".to_owned(), "5\" nail".to_owned()];
        assert_eq!(names("city,\"a, b\",\"5\"\" nail\""), Some(quoted.clone()));
        assert_eq!(names(&Columns::attribute_list(&quoted)), Some(quoted));
    }

    #[test]
    fn the_exact_name_wins() {
        let names = ["CITY", "city", "Post-Code"].map(str::to_owned);
        assert_eq!(place_of(&names, "city"), Some(1));
        assert_eq!(place_of(&names, "City"), Some(0));
        assert_eq!(place_of(&names, "post code"), Some(2));
        assert_eq!(place_of(&names, "-"), None);
    }
}
