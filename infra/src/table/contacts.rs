//! Contacts, and the pointers that find them by id.
//!
//! A contact is stored among those of its phone, so that a fan-out reads a shard in the order of
//! phones. Its pointer is written in the same transaction, so that both or neither exist.

mod external_ids;
mod lines;
mod list;
mod row;
mod wanted;

pub use list::ContactFilter;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::contact::{Contact, Presence};
use shared::ids::ContactId;
use shared::organization::Organization;
use shared::phone::Phone;

use super::dynamo::{Change, Consistency, Key, Transacted, Transaction, item, parse};
use super::idempotency::Remember;
use super::keys;
use super::last_send::LastSend;
use super::{Result, Table, TableError};

pub(super) use external_ids::writes as external_id_writes;
pub(super) use row::{StoredContact, Trace};
pub(super) use wanted::{Read, Wanted};

use lines::{is_other_form, place};
use row::{Pointer, Row, is_tombstone};

/// The result of a write of contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactSaved {
    Done,
    /// Another request wrote or deleted it in between.
    Stale,
    /// Another contact has the external ID.
    ExternalIdTaken,
    Answered,
}

pub(super) const KIND: &str = "a contact";

/// Whether a change may move a contact to another key.
pub(super) fn has_moved(before: &Contact, after: &Contact) -> bool {
    before.profile.phone != after.profile.phone
        || before.profile.phone.as_ref().is_some_and(is_other_form)
}

impl Transaction {
    /// Adds a new contact, its pointer, whose condition is the first of the writes, and the item of its
    /// external ID.
    pub(super) fn add_contact(
        self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<Self> {
        let pointer = keys::contact_pointer(organization.id, contact.id);
        let phone = contact.profile.phone.as_ref().map(|phone| phone.line().into_phone());
        let row = Row::of(contact, Presence::default());
        self.put_absent(item(KIND, &pointer, Pointer { phone })?)
            .put(item(KIND, &place(organization, contact), row)?)
            .change_external_id(organization.id, None, Some(contact))
    }

    /// Deletes a contact that an import created and that has not changed since.
    pub(super) fn remove_imported(
        self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<Self> {
        let seen = AttributeValue::S(contact.updated_at.to_string());
        let condition = "updatedAt = :seen AND attribute_not_exists(imported.namedBy)";
        self.delete_if(place(organization, contact), condition, vec![(":seen", seen)])
            .delete(keys::contact_pointer(organization.id, contact.id))
            .change_external_id(organization.id, Some(contact), None)
    }

    /// Replaces `before` by `after`, and leaves a tombstone if the phone changed. In that case, the
    /// transaction must also contain [`Transaction::without_send_since`] the last send. This adds
    /// at most three writes, and those of the external ID. A condition that fails means that the
    /// contact changed in between, or that the external ID is taken.
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
        let (here, former) = table.trace(&from).await?;
        if from == to {
            let row = item(KIND, &to, Row::of(after, here).with_former(former))?;
            return self.put_if(row, unchanged.0, unchanged.1).change_external_id(
                organization.id,
                Some(before),
                Some(after),
            );
        }
        let last = last.ok_or_else(|| {
            TableError::malformed(KIND, "it moves, and the last send was not read")
        })?;
        let moment = last.moment_of_move();
        let (there, _) = table.trace(&to).await?;
        let former = former.into_iter().chain(keys::phone_of(&from)).collect();
        let tombstone = Row::tombstone(before, here.leave(moment), moment, after.updated_at);
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
        self.put_if(item(KIND, &from, tombstone)?, unchanged.0, unchanged.1)
            .put_if(
                item(KIND, &to, Row::of(after, there.arrive(moment)).with_former(former))?,
                "attribute_not_exists(pk) OR attribute_exists(movedAt)",
                Vec::new(),
            )
            .change(keys::contact_pointer(organization.id, after.id), repoint)
            .change_external_id(organization.id, Some(before), Some(after))
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
        let transaction = Transaction::default().add_contact(organization, contact)?;
        let record = transaction.len();
        match self.transact(transaction.remember(remember)?).await? {
            Transacted::Done => Ok(ContactSaved::Done),
            refused if remember.is_some() && refused.is_refused(record) => {
                Ok(ContactSaved::Answered)
            }
            Transacted::Refused(_) => self.refused(organization, contact).await,
            Transacted::Conflict => Ok(ContactSaved::Stale),
        }
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
        match self.transact(transaction).await? {
            Transacted::Done => Ok(ContactSaved::Done),
            Transacted::Refused(_) => self.refused(organization, after).await,
            Transacted::Conflict => Ok(ContactSaved::Stale),
        }
    }

    /// Why a contact could not be written.
    async fn refused(
        &self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<ContactSaved> {
        let is_taken = self.is_external_id_taken(organization, contact).await?;
        Ok(if is_taken { ContactSaved::ExternalIdTaken } else { ContactSaved::Stale })
    }

    /// The last send, if the contacts of a transaction move.
    pub(super) async fn last_send_if(
        &self,
        organization: &Organization,
        moves: bool,
    ) -> Result<Option<LastSend>> {
        if moves { self.last_send(organization.id).await.map(Some) } else { Ok(None) }
    }

    /// Deletes contacts with their pointers and external IDs: all of them or, if one changed
    /// meanwhile, none. At most 30 at once.
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
        let mut transaction = Transaction::default();
        for contact in &found {
            let seen = AttributeValue::S(contact.updated_at.to_string());
            transaction = transaction
                .delete_if(place(organization, contact), "updatedAt = :seen", vec![(":seen", seen)])
                .delete(keys::contact_pointer(organization.id, contact.id))
                .change_external_id(organization.id, Some(contact), None)?;
        }
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ContactSaved::Done,
            Transacted::Refused(_) | Transacted::Conflict => ContactSaved::Stale,
        })
    }

    /// When a contact was at a key, and the phones that it had before.
    async fn trace(&self, key: &Key) -> Result<(Presence, Vec<Phone>)> {
        let trace: Option<Trace> = self.get(KIND, key, Consistency::Strong).await?;
        Ok(trace.map(|trace| (trace.presence.into(), trace.former)).unwrap_or_default())
    }
}
