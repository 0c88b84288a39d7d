//! What a fan-out reads of contacts: when they were where, and the fields that their judge asks for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use shared::audience::Judge;
use shared::contact::{Attribute, Contact, Presence, Profile, Status};
use shared::ids::{ContactId, OrganizationId};
use shared::import::Imported;
use shared::phone::Phone;
use shared::segment::Field;
use shared::time::Timestamp;
use shared::zone::Zone;

use super::super::dynamo::{Item, parse};
use super::super::{Result, TableError};
use super::row::StoredPresence;
use super::{KIND, Trace};

const TRACE: &str = "sk, presence, dialed, contactStatus";

/// The attributes that are read besides those of a trace.
pub(in super::super) struct Wanted(BTreeSet<&'static str>);

/// What was read of a contact or of its tombstone.
pub(in super::super) struct Read {
    pub(in super::super) sk: String,
    pub(in super::super) status: Status,
    pub(in super::super) presence: Presence,
    pub(in super::super) dialed: Option<Phone>,
    /// Absent if no fields are wanted, and for a tombstone that was stored without a profile.
    pub(in super::super) person: Option<Box<Contact>>,
}

/// The fields of a contact, as far as they were read.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    id: Option<ContactId>,
    phone: Option<Phone>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    contact_status: Status,
    tags: BTreeSet<String>,
    contact_zone: Option<Zone>,
    contact_language: Option<String>,
    attributes: BTreeMap<String, Attribute>,
    imported: Option<Imported>,
    presence: StoredPresence,
    dialed: Option<Phone>,
    created_at: Option<Timestamp>,
    added_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

fn attribute(field: &Field) -> &'static str {
    match field {
        Field::FirstName => "firstName",
        Field::LastName => "lastName",
        Field::Email => "email",
        Field::Phone | Field::Country => "phone",
        Field::ExternalId => "externalId",
        Field::Status => "contactStatus",
        Field::Tags => "tags",
        Field::TimeZone => "contactZone",
        Field::Language => "contactLanguage",
        Field::ImportId => "imported",
        Field::CreatedAt => "createdAt, addedAt",
        Field::UpdatedAt => "updatedAt",
        Field::Attribute(_) => "attributes",
    }
}

impl Wanted {
    pub(in super::super) fn by(judge: &Judge) -> Self {
        let mut wanted: BTreeSet<&'static str> = judge.fields().iter().map(attribute).collect();
        if judge.needs_persons() {
            wanted.insert("id");
        }
        wanted.remove("contactStatus");
        Self(wanted)
    }

    pub(in super::super) fn has_fields(&self) -> bool {
        !self.0.is_empty()
    }

    pub(in super::super) fn projection(&self) -> Cow<'static, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(TRACE);
        }
        let more = self.0.iter().copied().collect::<Vec<_>>().join(", ");
        Cow::Owned(format!("{TRACE}, {more}"))
    }

    pub(in super::super) fn read(
        &self,
        organization: OrganizationId,
        mut item: Item,
    ) -> Result<Read> {
        let Some(AttributeValue::S(sk)) = item.remove("sk") else {
            return Err(TableError::malformed(KIND, "it has no sort key"));
        };
        if !self.has_fields() {
            // Hardly any contact has moved, is inactive or has a phone of two forms.
            let trace =
                if item.is_empty() { Trace::default() } else { parse::<Trace>(KIND, item)? };
            let Trace { presence, dialed, contact_status: status, former: _ } = trace;
            return Ok(Read { sk, status, presence: presence.into(), dialed, person: None });
        }
        let fields: Fields = parse(KIND, item)?;
        let (status, presence) = (fields.contact_status, fields.presence.clone().into());
        let dialed = fields.dialed.clone();
        Ok(Read { sk, status, presence, dialed, person: fields.into_contact(organization) })
    }
}

impl Fields {
    fn into_contact(self, organization_id: OrganizationId) -> Option<Box<Contact>> {
        Some(Box::new(Contact {
            id: self.id?,
            organization_id,
            profile: Profile {
                phone: self.phone,
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email,
                external_id: self.external_id,
                status: self.contact_status,
                tags: self.tags,
                time_zone: self.contact_zone,
                language: self.contact_language,
                attributes: self.attributes,
            },
            imported: self.imported,
            created_at: self.created_at.or(self.added_at).unwrap_or(Timestamp::EPOCH),
            updated_at: self.updated_at.unwrap_or(Timestamp::EPOCH),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keywords that AWS reserves and that a contact's attribute could be named. An expression that has
    /// one fails on AWS, though not on every emulator.
    const RESERVED: [&str; 9] = [
        "attribute",
        "external",
        "filter",
        "language",
        "name",
        "status",
        "timezone",
        "user",
        "zone",
    ];

    #[test]
    fn no_attribute_is_a_reserved_word() {
        let names = Field::names().filter_map(|name| name.parse().ok());
        for field in names.chain([Field::Attribute("a".to_owned())]) {
            let name = attribute(&field).to_ascii_lowercase();
            assert!(!RESERVED.contains(&name.as_str()), "{name}");
        }
    }
}
