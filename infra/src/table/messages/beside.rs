//! The other messages to a phone.

use std::collections::{BTreeSet, HashMap};

use shared::campaign::{Campaign, Status as CampaignStatus};
use shared::ids::{MessageId, OrganizationId};
use shared::message::Message;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::shard::Shards;

use super::super::dynamo::{Consistency, Key, parse};
use super::super::{Result, Table, TableError, keys};
use super::{KIND, Row, id_of};

/// The campaign that a person replies to is searched for among this many of the newest campaigns.
const NEWEST: i32 = 20;

impl Table {
    /// The campaign whose message to `phone` was sent last, among the organization's newest
    /// campaigns.
    pub async fn last_campaign_to(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Campaign>> {
        let Organization { id, shards, .. } = organization;
        let messages = self.rows_to(*id, phone, *shards, Consistency::Eventual).await?;
        let claimed =
            messages.into_iter().filter_map(|(campaign, _, row)| Some((row.claimed_at?, campaign)));
        let last = claimed.max_by_key(|(at, campaign)| (*at, campaign.id));
        Ok(last.map(|(_, campaign)| campaign))
    }

    /// The provider's ids of other messages to the phone of `message`: those of the organization's
    /// newest campaigns, and tests of the same campaign or replies to the same inbound message.
    pub async fn provider_ids_beside(
        &self,
        message: &Message,
        shards: Shards,
    ) -> Result<BTreeSet<String>> {
        let organization = message.organization_id;
        let Some(to) = &message.to else { return Ok(BTreeSet::new()) };
        let (messages, singles) = futures::try_join!(
            self.rows_to(organization, to, shards, Consistency::Strong),
            self.singles_beside(message, NEWEST),
        )?;
        let others = messages.into_iter().filter(|(_, id, _)| *id != message.id);
        let of_others = others.flat_map(|(_, _, row)| [row.provider_id, row.receipt_id]);
        let singles = singles.iter().filter(|single| single.message.id != message.id);
        let of_singles = singles.map(|single| single.message.provider_id().map(str::to_owned));
        Ok(of_others.chain(of_singles).flatten().filter(|id| !id.is_empty()).collect())
    }

    /// The messages to a phone of an organization's newest campaigns.
    async fn rows_to(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        shards: Shards,
        consistency: Consistency,
    ) -> Result<Vec<(Campaign, MessageId, Row)>> {
        let mut newest: Vec<Campaign> = Vec::new();
        for status in CampaignStatus::texting() {
            let page = self.campaigns(organization, Some(status), NEWEST, None);
            newest.extend(page.await?.0);
        }
        let messages: HashMap<MessageId, &Campaign> = newest
            .iter()
            .flat_map(|it| it.message_ids_to(phone).into_iter().map(move |id| (id, it)))
            .collect();
        let wanted: Vec<Key> =
            messages.iter().map(|(id, campaign)| keys::message(campaign.id, *id, shards)).collect();
        let items = self.batch(&wanted, consistency).await?;
        let rows = items.into_iter().map(|item| {
            let id = id_of(&item)?;
            let campaign = messages.get(&id).copied();
            let campaign = campaign.ok_or_else(|| TableError::malformed(KIND, "not asked for"))?;
            Ok((campaign.clone(), id, parse::<Row>(KIND, item)?))
        });
        rows.collect()
    }
}
