//! Removes the contacts of an erased person.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::organization::Organization;
use shared::phone::Phone;

use super::super::contacts::StoredContact;
use super::super::dynamo::{Consistency, Key, Range, SortKey, Transacted, Transaction, text};
use super::super::{Result, Table, TableError, keys};

/// The number of times that the contacts of a phone are read again because one has changed.
const MAX_RACES: usize = 10;

impl Table {
    /// Deletes the contacts of a phone, under all its forms, and their tombstones, there and at phones
    /// that they had before.
    pub async fn erase_contacts(&self, organization: &Organization, phone: &Phone) -> Result<()> {
        for form in phone.forms() {
            self.erase_contacts_of_form(organization, &form).await?;
        }
        Ok(())
    }

    async fn erase_contacts_of_form(
        &self,
        organization: &Organization,
        form: &Phone,
    ) -> Result<()> {
        let partition = keys::audience(organization.id, form.shard(organization.shards));
        for _ in 0..MAX_RACES {
            let range = Range::new(
                partition.clone(),
                SortKey::Prefix(format!("{}{form}#", keys::CONTACT)),
                Consistency::Strong,
            );
            let mut are_gone = true;
            for item in self.all(range).await? {
                let key = Key::new(partition.clone(), text(&item, "sk").unwrap_or_default());
                let stored = StoredContact::read(organization, item)?;
                let deletion = self.transact(deletion(organization, &key, &stored)?);
                are_gone &= deletion.await? == Transacted::Done;
            }
            if are_gone {
                return Ok(());
            }
        }
        Err(TableError::Throttled { operation: "removal of contacts" })
    }
}

fn deletion(organization: &Organization, key: &Key, stored: &StoredContact) -> Result<Transaction> {
    let StoredContact { contact, former, is_tombstone } = stored;
    let seen = AttributeValue::S(contact.updated_at.to_string());
    let deletion = Transaction::default();
    let deletion = deletion.delete_if(key.clone(), "updatedAt = :seen", vec![(":seen", seen)]);
    if *is_tombstone {
        return Ok(deletion);
    }
    let of_former = |phone: &Phone| {
        keys::contact(organization.id, contact.id, Some(phone), organization.shards)
    };
    let places: HashSet<Key> = former.iter().map(of_former).collect();
    let deletion = deletion
        .delete(keys::contact_pointer(organization.id, contact.id))
        .free_external_id(organization.id, contact)?;
    let others = places.into_iter().filter(|place| place != key);
    // Only a tombstone may be deleted: the contact may be back at a phone that it had.
    Ok(others.fold(deletion, |deletion, place| {
        let condition = "attribute_not_exists(pk) OR attribute_exists(movedAt)";
        deletion.delete_if(place, condition, Vec::new())
    }))
}
