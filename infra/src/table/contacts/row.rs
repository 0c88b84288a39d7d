//! A contact as it is stored.
//!
//! Code of the version before statuses and tags would text an inactive contact, and would drop the
//! fields that it doesn't know when it writes a contact. It must not be able to read such a row:
//! - A contact with any field that was added since has `addedAt` instead of `createdAt`, which that
//!   code requires in order to show or change a contact.
//! - An inactive contact has a presence of another type ([`StoredPresence`]), which that code reads
//!   when it cuts an audience.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::contact::{Attribute, Contact, Presence, Profile, Status};
use shared::ids::{ContactId, OrganizationId};
use shared::import::Imported;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::zone::Zone;

use super::super::Result;
use super::super::dynamo::{Item, parse};
use super::KIND;
use super::lines::is_other_form;

/// Tombstones outlive every fan-out that could meet them.
const TOMBSTONE_DAYS: i64 = 30;
/// The former phones of a contact that are kept.
const MAX_FORMER: usize = 10;

/// Fields that rows of older versions lack have defaults.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    id: ContactId,
    phone: Option<Phone>,
    /// Present where `phone` is another form than the one that the contact is stored under.
    dialed: Option<Phone>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    /// `status` is a keyword that expressions reserve. Absent for active contacts.
    #[serde(default, skip_serializing_if = "Status::is_active")]
    contact_status: Status,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tags: BTreeSet<String>,
    /// `timeZone` and `language` are such keywords, too.
    #[serde(default)]
    contact_zone: Option<Zone>,
    #[serde(default)]
    contact_language: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    imported: Option<Imported>,
    #[serde(default, skip_serializing_if = "StoredPresence::is_absent")]
    presence: StoredPresence,
    /// A row has either this or `added_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added_at: Option<Timestamp>,
    updated_at: Timestamp,
    /// The phones of its tombstones, as they are in keys, so that an erasure finds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<Phone>,
    /// Only in a tombstone.
    #[serde(default)]
    moved_at: Option<Timestamp>,
    #[serde(default)]
    expires_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Pointer {
    /// The phone in the contact's key, verbatim. It is the line of the contact's phone, except for
    /// contacts that were stored before there were lines.
    pub(super) phone: Option<Phone>,
}

/// The part of a contact or of its tombstone that says when it was here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Trace {
    #[serde(default)]
    pub(in super::super) presence: StoredPresence,
    #[serde(default)]
    pub(in super::super) dialed: Option<Phone>,
    #[serde(default)]
    pub(in super::super) contact_status: Status,
    #[serde(default)]
    pub(super) former: Vec<Phone>,
}

/// A contact or its tombstone with what an erasure needs to know.
pub(in super::super) struct StoredContact {
    pub(in super::super) contact: Contact,
    pub(in super::super) former: Vec<Phone>,
    pub(in super::super) is_tombstone: bool,
}

impl StoredContact {
    pub(in super::super) fn read(organization: &Organization, item: Item) -> Result<Self> {
        let is_tombstone = is_tombstone(&item);
        let row: Row = parse(KIND, item)?;
        let former = row.former.clone();
        Ok(Self { contact: row.into_contact(organization.id), former, is_tombstone })
    }
}

/// A presence, in a map if the contact is inactive.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(in super::super) enum StoredPresence {
    Active(Presence),
    Inactive { moves: Presence },
}

impl Default for StoredPresence {
    fn default() -> Self {
        Self::Active(Presence::default())
    }
}

impl StoredPresence {
    fn of(presence: Presence, status: Status) -> Self {
        if status.is_active() { Self::Active(presence) } else { Self::Inactive { moves: presence } }
    }

    fn is_absent(&self) -> bool {
        match self {
            Self::Active(presence) => presence.is_simple(),
            Self::Inactive { .. } => false,
        }
    }
}

impl From<StoredPresence> for Presence {
    fn from(stored: StoredPresence) -> Self {
        match stored {
            StoredPresence::Active(presence) | StoredPresence::Inactive { moves: presence } => {
                presence
            }
        }
    }
}

/// Whether the version before statuses and tags would drop a part of the contact.
fn has_new_fields(contact: &Contact) -> bool {
    let profile = &contact.profile;
    let is_list = |attribute: &Attribute| matches!(attribute, Attribute::List(_));
    profile.external_id.is_some()
        || !profile.status.is_active()
        || !profile.tags.is_empty()
        || profile.time_zone.is_some()
        || profile.language.is_some()
        || profile.attributes.values().any(is_list)
        || contact.imported.is_some()
}

impl Row {
    pub(super) fn of(contact: &Contact, presence: Presence) -> Self {
        let Profile {
            phone,
            first_name,
            last_name,
            email,
            external_id,
            status,
            tags,
            time_zone,
            language,
            attributes,
        } = contact.profile.clone();
        let dialed = phone.clone().filter(is_other_form);
        let has_new_fields = has_new_fields(contact);
        Self {
            id: contact.id,
            phone,
            dialed,
            first_name,
            last_name,
            email,
            external_id,
            contact_status: status,
            tags,
            contact_zone: time_zone,
            contact_language: language,
            attributes,
            imported: contact.imported.clone(),
            presence: StoredPresence::of(presence, status),
            created_at: (!has_new_fields).then_some(contact.created_at),
            added_at: has_new_fields.then_some(contact.created_at),
            updated_at: contact.updated_at,
            former: Vec::new(),
            moved_at: None,
            expires_at: None,
        }
    }

    /// The same with the newest phones that it had before. Older tombstones have usually expired.
    pub(super) fn with_former(self, mut former: Vec<Phone>) -> Self {
        let excess = former.len().saturating_sub(MAX_FORMER);
        former.drain(..excess);
        Self { former, ..self }
    }

    /// What stays at the phone that a contact had: all that was known of it then, so that a campaign
    /// that was sent before the move judges and texts the same person.
    pub(super) fn tombstone(
        contact: &Contact,
        presence: Presence,
        moved_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let expires_at = now.plus_seconds(TOMBSTONE_DAYS * 86_400).unix_seconds();
        let (moved_at, expires_at) = (Some(moved_at), Some(expires_at));
        Self { moved_at, expires_at, ..Self::of(contact, presence) }
    }

    pub(super) fn into_contact(self, organization_id: OrganizationId) -> Contact {
        Contact {
            id: self.id,
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
            created_at: self.created_at.or(self.added_at).unwrap_or(self.updated_at),
            updated_at: self.updated_at,
        }
    }
}

pub(super) fn is_tombstone(item: &Item) -> bool {
    item.contains_key("movedAt")
}

#[cfg(test)]
mod tests;
