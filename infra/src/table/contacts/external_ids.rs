//! External IDs: unique in an organization, and found by a separate item.
//!
//! The item is written, moved and removed in the transaction that changes the contact.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::contact::Contact;
use shared::ids::{ContactId, OrganizationId};
use shared::organization::Organization;

use super::super::dynamo::{Consistency, Transaction, item};
use super::super::{Result, Table, keys};

const KIND: &str = "an external ID";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    contact_id: ContactId,
}

/// The number of writes that change a contact's external ID.
#[must_use]
pub(in super::super) fn writes(before: Option<&Contact>, after: Option<&Contact>) -> usize {
    let (before, after) = (external_id(before), external_id(after));
    if before == after { 0 } else { usize::from(before.is_some()) + usize::from(after.is_some()) }
}

fn external_id(contact: Option<&Contact>) -> Option<&str> {
    contact.and_then(|contact| contact.profile.external_id.as_deref())
}

impl Transaction {
    /// Frees the external ID before a change, and takes the one after it, if they differ.
    pub(super) fn change_external_id(
        mut self,
        organization: OrganizationId,
        before: Option<&Contact>,
        after: Option<&Contact>,
    ) -> Result<Self> {
        let (old, new) = (external_id(before), external_id(after));
        if old == new {
            return Ok(self);
        }
        let own = "attribute_not_exists(pk) OR contactId = :own";
        let value = |id: ContactId| vec![(":own", AttributeValue::S(id.to_string()))];
        if let (Some(old), Some(before)) = (old, before) {
            self = self.delete_if(keys::external_id(organization, old), own, value(before.id));
        }
        if let (Some(new), Some(after)) = (new, after) {
            let key = keys::external_id(organization, new);
            let row = item(KIND, &key, Row { contact_id: after.id })?;
            self = self.put_if(row, own, value(after.id));
        }
        Ok(self)
    }
}

impl Transaction {
    /// Frees the external ID of a contact that is deleted.
    pub(in super::super) fn free_external_id(
        self,
        organization: OrganizationId,
        contact: &Contact,
    ) -> Result<Self> {
        self.change_external_id(organization, Some(contact), None)
    }
}

impl Table {
    /// The contact that has an external ID.
    pub async fn contact_of_external_id(
        &self,
        organization: &Organization,
        external_id: &str,
    ) -> Result<Option<ContactId>> {
        let key = keys::external_id(organization.id, external_id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(row.map(|row| row.contact_id))
    }

    /// Whether another contact has the external ID of `contact`.
    pub(super) async fn is_external_id_taken(
        &self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<bool> {
        let Some(external_id) = &contact.profile.external_id else {
            return Ok(false);
        };
        let owner = self.contact_of_external_id(organization, external_id).await?;
        Ok(owner.is_some_and(|owner| owner != contact.id))
    }
}
