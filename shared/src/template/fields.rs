//! Merge fields, and a recipient's values of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Object;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::contact::Contact;

/// The name of all attributes in a template.
pub(super) const ATTRIBUTES: &str = "attributes";

/// A field that a body can name.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum MergeField {
    FirstName,
    LastName,
    Email,
    Phone,
    ExternalId,
    Language,
    #[strum(disabled)]
    Attribute(String),
}

impl MergeField {
    /// The names of the standard fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::VARIANTS.iter().copied().filter(|name| *name != "attribute")
    }

    /// The field that a person names outside of a body: `firstName`, `attributes["City"]` or
    /// `attributes.City`.
    #[must_use]
    pub fn named(written: &str) -> Option<Self> {
        let attribute = written.strip_prefix(ATTRIBUTES).and_then(|rest| {
            let quoted = rest.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]"));
            quoted.map(unescaped).or_else(|| rest.strip_prefix('.').map(str::to_owned))
        });
        match attribute {
            Some(name) if name.is_empty() => None,
            Some(name) => Some(Self::Attribute(name)),
            None => written.parse().ok(),
        }
    }

    /// The field's value in a contact. A blank one counts as absent, so that no text begins `Hi ,`.
    #[must_use]
    pub fn of(&self, contact: &Contact) -> Option<String> {
        let profile = &contact.profile;
        let value = match self {
            Self::FirstName => profile.first_name.clone(),
            Self::LastName => profile.last_name.clone(),
            Self::Email => profile.email.clone(),
            Self::Phone => profile.phone.as_ref().map(ToString::to_string),
            Self::ExternalId => profile.external_id.clone(),
            Self::Language => profile.language.clone(),
            Self::Attribute(name) => {
                profile.attributes.get(name).map(|value| value.shown().into_owned())
            }
        };
        value.filter(|value| !value.trim().is_empty())
    }
}

/// The name that was written between quotes, where a backslash precedes quotes and backslashes.
fn unescaped(quoted: &str) -> String {
    let mut characters = quoted.chars().peekable();
    let mut name = String::with_capacity(quoted.len());
    while let Some(character) = characters.next() {
        let escaped = characters.next_if(|next| character == '\\' && matches!(next, '"' | '\\'));
        name.push(escaped.unwrap_or(character));
    }
    name
}

/// As a body names it.
impl fmt::Display for MergeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => {
                let name = name.replace('\\', r"\\").replace('"', "\\\"");
                write!(f, "{ATTRIBUTES}[\"{name}\"]")
            }
            Self::FirstName
            | Self::LastName
            | Self::Email
            | Self::Phone
            | Self::ExternalId
            | Self::Language => f.write_str(<&'static str>::from(self)),
        }
    }
}

/// A recipient's values of the fields that a body names. An absent field has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fields(Arc<BTreeMap<MergeField, String>>);

impl Fields {
    #[must_use]
    pub fn get(&self, field: &MergeField) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&MergeField, &str)> {
        self.0.iter().map(|(field, value)| (field, value.as_str()))
    }

    /// The bytes of the values.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.values().map(String::len).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(MergeField, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (MergeField, String)>>(fields: I) -> Self {
        Self(Arc::new(fields.into_iter().collect()))
    }
}

/// The variables of a template.
impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if name == ATTRIBUTES {
            return Some(Value::from_object(Attributes(Self::clone(self))));
        }
        self.get(&name.parse().ok()?).map(Value::from)
    }
}

/// The variable `attributes`.
#[derive(Debug)]
struct Attributes(Fields);

impl Object for Attributes {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let field = MergeField::Attribute(key.as_str()?.to_owned());
        self.0.get(&field).map(Value::from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_and_combining_marks_are_named() {
        for name in ["cafe\u{301}", "a\"b", "a\\", "\\\"", "tab\t", "City"] {
            let field = MergeField::Attribute(name.to_owned());
            assert_eq!(MergeField::named(&field.to_string()), Some(field));
        }
        assert_eq!(MergeField::named("attributes.City"), MergeField::named("attributes[\"City\"]"));
    }

    proptest! {
        #[test]
        fn a_field_is_what_it_is_shown_as(name in any::<String>().prop_filter("a name", |it| !it.is_empty())) {
            let field = MergeField::Attribute(name);
            prop_assert_eq!(MergeField::named(&field.to_string()), Some(field));
        }
    }
}
