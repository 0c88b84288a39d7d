//! Contacts as clients send them, and their validation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::contact::{Attribute, Profile, Status};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::zone::Zone;
use utoipa::ToSchema;

use crate::checks::Checks;
use crate::json::Maybe;
use crate::problem::Problem;
use crate::views::{AttributesSchema, labels};

/// Clients of earlier versions do not know `externalId`, `status`, `tags`, `timeZone` and `language`. So
/// replacing a contact without them leaves them as they are.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactDraft {
    /// In E.164, or in national format of the organization's default region. Contacts may share a
    /// phone.
    phone: Option<String>,
    #[schema(max_length = 200)]
    first_name: Option<String>,
    #[schema(max_length = 200)]
    last_name: Option<String>,
    #[schema(max_length = 200)]
    email: Option<String>,
    /// Up to 20 strings or lists of strings, 2 KB in total.
    #[schema(value_type = Option<AttributesSchema>)]
    attributes: Option<BTreeMap<String, Attribute>>,
    /// The contact's ID in your other systems. It is unique in the organization, and a path can name
    /// the contact by it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    external_id: Maybe<String>,
    /// Campaigns skip inactive contacts. Defaults to active.
    #[serde(default)]
    #[schema(value_type = Option<labels::ContactStatus>)]
    status: Maybe<Status>,
    /// At most 50 tags of at most 64 bytes.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    tags: Maybe<BTreeSet<String>>,
    /// A name of the IANA database.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "America/New_York")]
    time_zone: Maybe<String>,
    /// A language tag of BCP 47.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "es-419")]
    language: Maybe<String>,
}

/// Changes of single fields. Omitted fields stay as they are, and null clears a field.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactPatch {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    first_name: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_id: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<labels::ContactStatus>)]
    status: Maybe<Status>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    time_zone: Maybe<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Maybe<String>,
    /// Attributes to set; null removes one.
    #[schema(value_type = Option<AttributesSchema>)]
    attributes: Option<BTreeMap<String, Option<Attribute>>>,
    tags: Option<TagsPatch>,
}

#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagsPatch {
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    add: BTreeSet<String>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    remove: BTreeSet<String>,
}

impl ContactDraft {
    pub(super) fn external_id(&self) -> Option<&str> {
        match &self.external_id {
            Maybe::Given(id) => Some(id.trim()).filter(|id| !id.is_empty()),
            Maybe::Omitted | Maybe::Null => None,
        }
    }

    /// The profile of a new contact, or the one that replaces `before`.
    pub(super) fn checked(
        self,
        organization: &Organization,
        before: Option<&Profile>,
    ) -> Result<Profile, Problem> {
        let before = before.cloned().unwrap_or_default();
        let mut checks = Checks::default();
        let parse = |written: String| Phone::parse(&written, organization.default_region);
        let phone = checks.take("/phone", self.phone.map(parse).transpose());
        let zone = zone(&mut checks, self.time_zone);
        let profile = Profile {
            phone: phone.clone().flatten(),
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            external_id: self.external_id.or(before.external_id),
            status: self.status.or(Some(before.status)).unwrap_or_default(),
            tags: self.tags.or(Some(before.tags)).unwrap_or_default(),
            time_zone: zone.clone().unwrap_or_default().or(before.time_zone),
            language: self.language.or(before.language),
            attributes: self.attributes.unwrap_or_default(),
        };
        finished(checks, profile, phone.is_some() && zone.is_some())
    }
}

impl ContactPatch {
    /// The profile after the change.
    pub(super) fn applied(
        self,
        organization: &Organization,
        before: &Profile,
    ) -> Result<Profile, Problem> {
        let before = before.clone();
        let mut checks = Checks::default();
        let parse = |written: String| Phone::parse(&written, organization.default_region);
        let phone = checks.take("/phone", self.phone.try_map(parse));
        let zone = zone(&mut checks, self.time_zone);
        let mut attributes = before.attributes;
        for (name, value) in self.attributes.unwrap_or_default() {
            match value {
                Some(value) => attributes.insert(name, value),
                None => attributes.remove(&name),
            };
        }
        let TagsPatch { add, remove } = self.tags.unwrap_or_default();
        let trimmed = |tags: BTreeSet<String>| tags.into_iter().map(|tag| tag.trim().to_owned());
        let mut tags = before.tags;
        for tag in trimmed(remove) {
            tags.remove(&tag);
        }
        tags.extend(trimmed(add));
        let profile = Profile {
            phone: phone.clone().unwrap_or_default().or(before.phone),
            first_name: self.first_name.or(before.first_name),
            last_name: self.last_name.or(before.last_name),
            email: self.email.or(before.email),
            external_id: self.external_id.or(before.external_id),
            status: self.status.or(Some(before.status)).unwrap_or_default(),
            tags,
            time_zone: zone.clone().unwrap_or_default().or(before.time_zone),
            language: self.language.or(before.language),
            attributes,
        };
        finished(checks, profile, phone.is_some() && zone.is_some())
    }
}

fn zone(checks: &mut Checks, written: Maybe<String>) -> Option<Maybe<Zone>> {
    checks.take("/timeZone", written.try_map(|written| written.parse::<Zone>()))
}

fn finished(mut checks: Checks, profile: Profile, is_read: bool) -> Result<Profile, Problem> {
    let profile = profile.checked().map_err(|error| (format!("/{}", error.field), error.reason));
    let profile = match profile {
        Ok(profile) => Some(profile),
        Err((pointer, reason)) => checks.take(&pointer, Err(reason)),
    };
    profile.filter(|_| is_read).ok_or_else(|| checks.problem())
}

#[cfg(test)]
mod tests;
