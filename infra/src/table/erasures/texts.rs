//! Removes what an erased person wrote, and the replies to it.

use shared::ids::{CampaignId, InboundId, OrganizationId};
use shared::phone::Phone;
use shared::shard::Shards;

use super::super::dynamo::{Consistency, Key, Range, SortKey, text};
use super::super::{Result, Table, keys};

impl Table {
    /// Deletes the texts from a phone with their flags, replies and receipts of replies. The entry that leads to a text goes
    /// last, so that this can be repeated. A reply that is due finds nothing to send.
    pub async fn erase_texts(&self, organization: OrganizationId, phone: &Phone) -> Result<()> {
        let line = phone.line();
        for (name, id) in self.inbound_entries(organization, &line).await? {
            if let Some(message) = self.inbound_message(organization, id).await? {
                for flag in keys::flags(&message) {
                    self.remove_any(&flag).await?;
                }
            }
            self.erase_replies(id).await?;
            self.remove_any(&keys::inbound_by_id(organization, id)).await?;
            self.remove_any(&keys::inbound_entry(organization, &line, name)).await?;
        }
        Ok(())
    }

    async fn erase_replies(&self, inbound: InboundId) -> Result<()> {
        let partition = keys::replies(inbound);
        for kind in [keys::PARKED, keys::MESSAGE] {
            let range = Range::new(
                partition.clone(),
                SortKey::Prefix(kind.to_owned()),
                Consistency::Strong,
            );
            for item in self.all(range).await? {
                let key = Key::new(partition.clone(), text(&item, "sk").unwrap_or_default());
                self.remove_any(&key).await?;
            }
        }
        Ok(())
    }

    /// Forgets that a resend is for a phone.
    pub async fn erase_named(
        &self,
        campaign: CampaignId,
        phone: &Phone,
        shards: Shards,
    ) -> Result<()> {
        self.remove_any(&keys::named(campaign, phone.line().as_phone(), shards)).await
    }

    async fn remove_any(&self, key: &Key) -> Result<()> {
        self.remove(key, "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }
}
