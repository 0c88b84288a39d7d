//! The numbers of a deleted organization: the next owner of one of them must not text the people who opted
//! out of what it sent.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::OrganizationId;
use shared::organization::{Organization, SHARDS};
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use super::super::dynamo::item;
use super::super::halts::ALWAYS;
use super::super::organizations::{Owner, SENDER};
use super::super::unsubscribes::{KIND as UNSUBSCRIBE, Row as UnsubscribeRow};
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

    /// Keeps an opt-out that came to the number of a deleted organization for the number's next owner,
    /// which looks for it in its own shards.
    pub async fn refuse_for_next(&self, opt_out: &Preference) -> Result<()> {
        let (id, line) = (opt_out.organization_id, opt_out.phone.line());
        let hash = self.erased_hash(id, &line).await?;
        let key = keys::refusal(id, line.as_phone().shard(SHARDS), &hash);
        let row = item(UNSUBSCRIBE, &key, UnsubscribeRow::of(opt_out).erased())?;
        self.put(row, ALWAYS, Vec::new()).await.map(drop)
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
