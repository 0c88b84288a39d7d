//! Contacts, and the pointers that find them by id.
//!
//! A contact is stored by its phone, so that a fan-out reads a shard in the order of phones. Its
//! pointer is written in the same transaction, so that either both exist or neither does.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::contact::{Contact, Presence, Profile};
use shared::ids::{ContactId, OrganizationId};
use shared::import::Imported;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency, Item, Key, Transacted, Transaction, item, parse};
use super::idempotency::Remember;
use super::keys;
use super::last_send::LastSend;
use super::walk::ShardPosition;
use super::{Result, Table, TableError};

mod lines;

use lines::{is_other_form, place};

/// Longer than any fan-out that may still need them.
const TOMBSTONE_DAYS: i64 = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactSaved {
    Done,
    /// It was changed or deleted in between.
    Stale,
    Answered,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: ContactId,
    phone: Option<Phone>,
    /// Set if `phone` is in a different form than the one that the contact is stored under.
    dialed: Option<Phone>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Presence::is_simple")]
    presence: Presence,
    imported: Option<Imported>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Pointer {
    /// The phone in the contact's key, verbatim. This is the line of the contact's phone, except
    /// for contacts that were stored before lines existed.
    phone: Option<Phone>,
}

/// What remains at a contact's previous phone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tombstone {
    presence: Presence,
    moved_at: Timestamp,
    expires_at: i64,
}

/// The part of a contact or its tombstone that says when the contact was there.
#[derive(Default, Deserialize)]
pub(super) struct Trace {
    #[serde(default)]
    pub(super) presence: Presence,
    #[serde(default)]
    pub(super) dialed: Option<Phone>,
}

pub(super) const KIND: &str = "a contact";

impl Row {
    fn of(contact: &Contact, presence: Presence) -> Self {
        let Profile { phone, first_name, last_name, email, attributes } = contact.profile.clone();
        let dialed = phone.clone().filter(is_other_form);
        Self {
            id: contact.id,
            phone,
            dialed,
            first_name,
            last_name,
            email,
            attributes,
            presence,
            imported: contact.imported.clone(),
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }

    fn into_contact(self, organization_id: OrganizationId) -> Contact {
        let Self { id, phone, first_name, last_name, email, attributes, .. } = self;
        Contact {
            id,
            organization_id,
            profile: Profile { phone, first_name, last_name, email, attributes },
            imported: self.imported,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Whether a change may move a contact to another key.
pub(super) fn has_moved(before: &Contact, after: &Contact) -> bool {
    before.profile.phone != after.profile.phone
        || before.profile.phone.as_ref().is_some_and(is_other_form)
}

fn is_tombstone(item: &Item) -> bool {
    item.contains_key("movedAt")
}

impl Transaction {
    /// Adds a new contact and its pointer. The condition is on the first of the two writes.
    pub(super) fn add_contact(
        self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<Self> {
        let pointer = keys::contact_pointer(organization.id, contact.id);
        let phone = contact.profile.phone.as_ref().map(|phone| phone.line().into_phone());
        Ok(self.put_absent(item(KIND, &pointer, Pointer { phone })?).put(item(
            KIND,
            &place(organization, contact),
            Row::of(contact, Presence::default()),
        )?))
    }

    /// Deletes a contact that an import created and that has not changed since.
    pub(super) fn remove_imported(self, organization: &Organization, contact: &Contact) -> Self {
        let seen = AttributeValue::S(contact.updated_at.to_string());
        let condition = "updatedAt = :seen AND attribute_not_exists(imported.namedBy)";
        self.delete_if(place(organization, contact), condition, vec![(":seen", seen)])
            .delete(keys::contact_pointer(organization.id, contact.id))
    }

    /// Replaces `before` by `after`, and leaves a tombstone if the phone changed. In that case, the
    /// transaction must also contain [`Transaction::without_send_since`] the last send. This adds
    /// at most three writes. A condition that fails means that the contact changed in between.
    pub(super) async fn move_contact(
        self,
        table: &Table,
        organization: &Organization,
        before: &Contact,
        after: &Contact,
        last: Option<&LastSend>,
    ) -> Result<Self> {
        let (from, to) = (table.place_of(organization, before).await?, place(organization, after));
        let seen = AttributeValue::S(before.updated_at.to_string());
        let unchanged = ("updatedAt = :seen", vec![(":seen", seen)]);
        let here = table.presence(&from).await?;
        if from == to {
            let row = item(KIND, &to, Row::of(after, here))?;
            return Ok(self.put_if(row, unchanged.0, unchanged.1));
        }
        let last = last.ok_or_else(|| {
            TableError::malformed(KIND, "it moves, and the last send was not read")
        })?;
        let moment = last.moment_of_move();
        let there = table.presence(&to).await?;
        let tombstone = Tombstone {
            presence: here.leave(moment),
            moved_at: moment,
            expires_at: after.updated_at.plus_seconds(TOMBSTONE_DAYS * 86_400).millis() / 1_000,
        };
        let repoint = Change {
            update: "SET phone = :phone".to_owned(),
            condition: "attribute_exists(pk)".to_owned(),
            ..Change::default()
        }
        .value(
            ":phone",
            after.profile.phone.as_ref().map_or(AttributeValue::Null(true), |phone| {
                AttributeValue::S(phone.line().as_phone().to_string())
            }),
        );
        Ok(self
            .put_if(item(KIND, &from, tombstone)?, unchanged.0, unchanged.1)
            .put_if(
                item(KIND, &to, Row::of(after, there.arrive(moment)))?,
                "attribute_not_exists(pk) OR attribute_exists(movedAt)",
                Vec::new(),
            )
            .change(keys::contact_pointer(organization.id, after.id), repoint))
    }
}

impl Table {
    pub async fn contact(
        &self,
        organization: &Organization,
        id: ContactId,
    ) -> Result<Option<Contact>> {
        let pointer = keys::contact_pointer(organization.id, id);
        let pointer: Option<Pointer> = self.get(KIND, &pointer, Consistency::Strong).await?;
        let Some(Pointer { phone }) = pointer else {
            return Ok(None);
        };
        let key = keys::contact(organization.id, id, phone.as_ref(), organization.shards);
        let item = self.get_item(&key, Consistency::Strong).await?;
        // Between the two reads, the contact may have moved or been deleted. That is the same as
        // asking later.
        match item.filter(|item| !is_tombstone(item)) {
            Some(item) => Ok(Some(parse::<Row>(KIND, item)?.into_contact(organization.id))),
            None => Ok(None),
        }
    }

    pub async fn create_contact(
        &self,
        organization: &Organization,
        contact: &Contact,
        remember: Option<&Remember>,
    ) -> Result<ContactSaved> {
        let transaction =
            Transaction::default().add_contact(organization, contact)?.remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ContactSaved::Done,
            refused if refused.is_refused(2) => ContactSaved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => ContactSaved::Stale,
        })
    }

    pub async fn save_contact(
        &self,
        organization: &Organization,
        before: &Contact,
        after: &Contact,
    ) -> Result<ContactSaved> {
        let last = self.last_send_if(organization, has_moved(before, after)).await?;
        let transaction = Transaction::default()
            .move_contact(self, organization, before, after, last.as_ref())
            .await?;
        let transaction = last.iter().fold(transaction, Transaction::without_send_since);
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ContactSaved::Done,
            Transacted::Refused(_) | Transacted::Conflict => ContactSaved::Stale,
        })
    }

    /// The last send, if the contacts of a transaction move.
    pub(super) async fn last_send_if(
        &self,
        organization: &Organization,
        moves: bool,
    ) -> Result<Option<LastSend>> {
        if moves { self.last_send(organization.id).await.map(Some) } else { Ok(None) }
    }

    /// Deletes at most 50 contacts with their pointers. Deletes none of them if one has changed.
    pub async fn delete_contacts(
        &self,
        organization: &Organization,
        contacts: &[Contact],
    ) -> Result<ContactSaved> {
        let mut found = Vec::with_capacity(contacts.len());
        for contact in contacts {
            match self.at_its_line(organization, contact).await? {
                Some(contact) => found.push(contact),
                None => return Ok(ContactSaved::Stale),
            }
        }
        let transaction = found.iter().fold(Transaction::default(), |transaction, contact| {
            let seen = AttributeValue::S(contact.updated_at.to_string());
            transaction
                .delete_if(place(organization, contact), "updatedAt = :seen", vec![(":seen", seen)])
                .delete(keys::contact_pointer(organization.id, contact.id))
        });
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ContactSaved::Done,
            Transacted::Refused(_) | Transacted::Conflict => ContactSaved::Stale,
        })
    }

    async fn presence(&self, key: &Key) -> Result<Presence> {
        let trace: Option<Trace> = self.get(KIND, key, Consistency::Strong).await?;
        Ok(trace.map(|trace| trace.presence).unwrap_or_default())
    }

    /// An organization's contacts, shard by shard.
    pub async fn contacts(
        &self,
        organization: &Organization,
        limit: usize,
        after: Option<ShardPosition>,
    ) -> Result<(Vec<Contact>, Option<ShardPosition>)> {
        self.walk(organization, keys::CONTACT, limit, after, |item| {
            if is_tombstone(&item) {
                return Ok(None);
            }
            Ok(Some(parse::<Row>(KIND, item)?.into_contact(organization.id)))
        })
        .await
    }
}
