//! Profiles: what people and files say of a contact, and its limits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Attribute, Status};
use crate::phone::Phone;
use crate::text::email::{InvalidEmail, email};
use crate::text::{self, InvalidText};
use crate::zone::Zone;

/// The longest first or last name, or name of an attribute, in characters.
const FIELD_LONGEST: usize = 200;
pub const MAX_ATTRIBUTES: usize = 20;
/// The most bytes of all attributes, names and values.
pub const MAX_ATTRIBUTE_BYTES: usize = 2_048;
pub const MAX_TAGS: usize = 50;
pub const MAX_TAG_BYTES: usize = 64;
/// The most characters of an external ID.
pub const MAX_EXTERNAL_ID: usize = 128;
/// A language tag of BCP 47, such as `es-419`, has at most this many characters (RFC 5646, 4.4.1).
const MAX_LANGUAGE: usize = 35;
/// The most bytes of a profile. A contact's item is at most 4 KB, because a fan-out reads it whole:
/// the rest is for its keys, its times and its moves.
pub const MAX_PROFILE_BYTES: usize = 3_456;

/// What a person says of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub phone: Option<Phone>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    /// The contact's ID in the organization's other systems, unique in the organization.
    pub external_id: Option<String>,
    pub status: Status,
    pub tags: BTreeSet<String>,
    pub time_zone: Option<Zone>,
    /// A language tag of BCP 47.
    pub language: Option<String>,
    pub attributes: BTreeMap<String, Attribute>,
}

/// Which field of a profile was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct InvalidProfile {
    /// The field's name in the API.
    pub field: &'static str,
    pub reason: String,
}

fn refuse(field: &'static str, reason: impl fmt::Display) -> InvalidProfile {
    InvalidProfile { field, reason: format!("{reason}") }
}

impl Profile {
    /// The profile with its texts trimmed and blank ones taken as absent.
    pub fn checked(self) -> Result<Self, InvalidProfile> {
        let checked = Self {
            phone: self.phone,
            first_name: optional("firstName", self.first_name.as_deref(), FIELD_LONGEST)?,
            last_name: optional("lastName", self.last_name.as_deref(), FIELD_LONGEST)?,
            email: checked_email(self.email.as_deref())?,
            external_id: checked_external_id(self.external_id.as_deref())?,
            status: self.status,
            tags: check_tags(&self.tags).map_err(|reason| refuse("tags", reason))?,
            time_zone: self.time_zone,
            language: checked_language(self.language.as_deref())?,
            attributes: checked_attributes(self.attributes)
                .map_err(|reason| refuse("attributes", reason))?,
        };
        checked.check_size()?;
        Ok(checked)
    }

    /// Names the first field that makes the profile exceed its limit.
    fn check_size(&self) -> Result<(), InvalidProfile> {
        let text = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        let tags: usize = self.tags.iter().map(|tag| tag.len() + 1).sum();
        let sizes = [
            ("phone", self.phone.as_ref().map_or(0, |phone| 2 * phone.as_str().len())),
            ("firstName", text(&self.first_name)),
            ("lastName", text(&self.last_name)),
            ("email", text(&self.email)),
            ("externalId", text(&self.external_id)),
            ("status", self.status.as_str().len()),
            ("timeZone", self.time_zone.map_or(0, |zone| zone.name().len())),
            ("language", text(&self.language)),
            ("tags", tags),
            ("attributes", attribute_bytes(&self.attributes)),
        ];
        let mut sum = 0;
        for (field, size) in sizes {
            sum += field.len() + size;
            if sum > MAX_PROFILE_BYTES {
                let reason = format!(
                    "makes the contact larger than {MAX_PROFILE_BYTES} bytes; shorten this field or another"
                );
                return Err(refuse(field, reason));
            }
        }
        Ok(())
    }
}

fn optional(
    field: &'static str,
    value: Option<&str>,
    longest: usize,
) -> Result<Option<String>, InvalidProfile> {
    match value.map(|value| text::name(value, longest)) {
        None | Some(Err(InvalidText::Blank)) => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(error)) => Err(refuse(field, error)),
    }
}

fn checked_email(written: Option<&str>) -> Result<Option<String>, InvalidProfile> {
    let written = written.filter(|written| !written.trim().is_empty());
    written.map(email).transpose().map_err(|error: InvalidEmail| refuse("email", error))
}

fn checked_external_id(written: Option<&str>) -> Result<Option<String>, InvalidProfile> {
    let id = optional("externalId", written, MAX_EXTERNAL_ID)?;
    match &id {
        Some(id) if id.contains('\n') => Err(refuse("externalId", "must be a single line")),
        Some(_) | None => Ok(id),
    }
}

fn checked_language(written: Option<&str>) -> Result<Option<String>, InvalidProfile> {
    let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else {
        return Ok(None);
    };
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let language = written.split('-').next().unwrap_or_default();
    let is_tag = written.len() <= MAX_LANGUAGE
        && language.len() >= 2
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && written.split('-').all(is_subtag);
    if is_tag {
        Ok(Some(written.to_owned()))
    } else {
        Err(refuse("language", "must be a language tag, such as en or es-419"))
    }
}

/// The tags, trimmed.
pub fn check_tags(tags: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    if tags.len() > MAX_TAGS {
        return Err(format!("must contain at most {MAX_TAGS} tags"));
    }
    let check = |tag: &String| {
        if tag.trim().len() > MAX_TAG_BYTES {
            return Err(format!("each tag must be at most {MAX_TAG_BYTES} bytes"));
        }
        let tag = text::name(tag, MAX_TAG_BYTES).map_err(|error| format!("a tag {error}"))?;
        if tag.contains('\n') { Err("each tag must be a single line".to_owned()) } else { Ok(tag) }
    };
    tags.iter().map(check).collect()
}

fn attribute_bytes(attributes: &BTreeMap<String, Attribute>) -> usize {
    attributes.iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// The attributes without empty lists, which a filter could not distinguish from absent ones.
fn checked_attributes(
    mut attributes: BTreeMap<String, Attribute>,
) -> Result<BTreeMap<String, Attribute>, String> {
    attributes.retain(|_, value| !value.elements().is_empty());
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(format!("must have at most {MAX_ATTRIBUTES} entries"));
    }
    let elements: usize = attributes.values().map(|value| value.elements().len()).sum();
    // Each element of a list takes a byte besides its text.
    if attribute_bytes(&attributes) + elements - attributes.len() > MAX_ATTRIBUTE_BYTES {
        return Err(format!("must be at most {MAX_ATTRIBUTE_BYTES} bytes in total"));
    }
    for name in attributes.keys() {
        text::name(name, FIELD_LONGEST).map_err(|error| format!("a name {error}"))?;
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests;
