//! The numbers of a deleted organization: the next owner of one of them must not text the people who opted
//! out of what it sent.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::super::dynamo::item;
use super::super::organizations::{Owner, SENDER};
use super::super::{Result, Table, keys};

impl Table {
    /// Leaves the organization's numbers, with the organizations whose opt-outs are kept.
    pub async fn leave_numbers(&self, organization: &Organization, now: Timestamp) -> Result<()> {
        for address in organization.addresses() {
            let key = keys::sender(&address);
            let mut refusals = BTreeSet::from([organization.id]);
            if let Some(owner) = self.sender_owner(&address).await? {
                refusals.extend(owner.refused_by());
            }
            let owner = Owner::new(organization, refusals, Some(now));
            let own = AttributeValue::S(organization.id.to_string());
            let condition = "attribute_not_exists(pk) OR organizationId = :self";
            self.put(item(SENDER, &key, owner)?, condition, vec![(":self", own)]).await?;
            if let Ok(phone) = Phone::from_e164(&address) {
                self.remove(&keys::pace(&phone), "attribute_exists(pk)", Vec::new()).await?;
            }
        }
        Ok(())
    }

    /// The deleted organizations that sent from these addresses before.
    pub(in crate::table) async fn refusals_at(
        &self,
        addresses: impl IntoIterator<Item = String>,
    ) -> Result<BTreeSet<OrganizationId>> {
        let mut refusals = BTreeSet::new();
        for address in addresses {
            if let Some(owner) = self.sender_owner(&address).await? {
                refusals.extend(owner.refused_by());
            }
        }
        Ok(refusals)
    }
}
