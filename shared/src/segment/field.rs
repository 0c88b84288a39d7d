//! The fields of a contact that a filter can test.

use std::borrow::Cow;

use serde_json::{Value, json};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::contact::Contact;
use crate::time::Timestamp;

/// A field. Standard fields are written by name, attributes as `{"attribute": NAME}`, because an
/// attribute's name may contain dots.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumString, IntoStaticStr, VariantNames,
)]
#[strum(serialize_all = "camelCase")]
pub enum Field {
    FirstName,
    LastName,
    Email,
    Phone,
    /// The country of the phone, by its two-letter code.
    Country,
    ExternalId,
    Status,
    Tags,
    TimeZone,
    Language,
    /// The import that created the contact.
    ImportId,
    CreatedAt,
    UpdatedAt,
    #[strum(disabled)]
    Attribute(String),
}

/// A field's value.
pub(super) enum Found<'c> {
    Texts(Vec<Cow<'c, str>>),
    Time(Timestamp),
}

impl Field {
    /// The names of the standard fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::VARIANTS.iter().copied().filter(|name| *name != "attribute")
    }

    pub(super) fn parse(written: &Value) -> Result<Self, String> {
        match written {
            Value::String(name) => name.parse().map_err(|_| unknown(name)),
            Value::Object(object) => match object.iter().next() {
                Some((key, Value::String(name))) if object.len() == 1 && key == "attribute" => {
                    Ok(Self::Attribute(name.clone()))
                }
                Some(_) | None => Err(r#"must be a name or {"attribute": NAME}"#.to_owned()),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                Err(r#"must be a name or {"attribute": NAME}"#.to_owned())
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Attribute(name) => json!({"attribute": name}),
            Self::FirstName
            | Self::LastName
            | Self::Email
            | Self::Phone
            | Self::Country
            | Self::ExternalId
            | Self::Status
            | Self::Tags
            | Self::TimeZone
            | Self::Language
            | Self::ImportId
            | Self::CreatedAt
            | Self::UpdatedAt => Value::from(<&'static str>::from(self)),
        }
    }

    /// Whether the field holds a moment, which every contact has.
    pub(super) fn is_time(&self) -> bool {
        matches!(self, Self::CreatedAt | Self::UpdatedAt)
    }

    /// The field's value in a contact, if it has one.
    pub(super) fn of<'c>(&self, contact: &'c Contact) -> Option<Found<'c>> {
        let profile = &contact.profile;
        let text = |value: &'c Option<String>| value.as_deref().map(Cow::Borrowed);
        let found = match self {
            Self::FirstName => text(&profile.first_name),
            Self::LastName => text(&profile.last_name),
            Self::Email => text(&profile.email),
            Self::Phone => profile.phone.as_ref().map(|phone| Cow::Borrowed(phone.as_str())),
            Self::Country => {
                let region = profile.phone.as_ref().and_then(crate::phone::Phone::region);
                region.map(|region| Cow::Owned(String::from(region)))
            }
            Self::ExternalId => text(&profile.external_id),
            Self::Status => Some(Cow::Borrowed(profile.status.as_str())),
            Self::TimeZone => profile.time_zone.map(|zone| Cow::Borrowed(zone.name())),
            Self::Language => text(&profile.language),
            Self::ImportId => {
                contact.imported.as_ref().map(|imported| Cow::Owned(imported.by.to_string()))
            }
            Self::CreatedAt => return Some(Found::Time(contact.created_at)),
            Self::UpdatedAt => return Some(Found::Time(contact.updated_at)),
            Self::Tags => {
                let tags: Vec<Cow<'c, str>> =
                    profile.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect();
                return (!tags.is_empty()).then_some(Found::Texts(tags));
            }
            Self::Attribute(name) => {
                let elements = profile.attributes.get(name)?.elements();
                let texts = elements.iter().map(|text| Cow::Borrowed(text.as_str()));
                return Some(Found::Texts(texts.collect()));
            }
        };
        found.map(|text| Found::Texts(vec![text]))
    }
}

fn unknown(name: &str) -> String {
    if let Some(attribute) = name.strip_prefix("attributes.") {
        return format!("is not a field; write {}", json!({"attribute": attribute}));
    }
    let names: Vec<&str> = Field::names().collect();
    format!(r#"must be one of {}, or {{"attribute": NAME}}"#, names.join(", "))
}
