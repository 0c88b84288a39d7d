//! What is known of a person, by their phone in any of its forms.

use std::collections::HashMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use shared::campaign::Campaign;
use shared::ids::{CampaignId, OrganizationId};
use shared::message::Message;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::unsubscribe::Preference;

use super::dynamo::{Consistency, Key, parse};
use super::unsubscribes::{KIND, Row};
use super::{CampaignPosition, Result, SingleMessage, Table, keys};

/// The campaigns in which one page of a person's messages is looked for. A phone has at most two forms,
/// and a batch has at most 100 keys.
const CAMPAIGNS_AT_ONCE: i32 = 50;
const QUERIES_AT_ONCE: usize = 10;
const TESTS_AT_ONCE: i32 = 100;

/// The messages of one campaign to a person.
#[derive(Clone, Debug)]
pub struct MessagesTo {
    pub campaign: Campaign,
    /// Those that a worker has claimed. There are two only if the campaign is older than lines.
    pub messages: Vec<Message>,
    pub tests: Vec<SingleMessage>,
}

/// What the register of unsubscribes holds of one form of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    /// The newest preference, also if the person has subscribed again.
    pub newest: Preference,
    /// The opt-out that this preference has lifted.
    pub lifted: Option<Preference>,
}

impl Table {
    /// The messages to a phone of the next campaigns of an organization, from the newest campaign on.
    /// Campaigns without any are left out, so a page may be empty although the list goes on.
    pub async fn messages_to(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        after: Option<CampaignPosition>,
    ) -> Result<(Vec<MessagesTo>, Option<CampaignPosition>)> {
        let (campaigns, next) =
            self.campaigns(organization, None, CAMPAIGNS_AT_ONCE, after).await?;
        let forms = phone.forms();
        let mut claimed = self.claimed_to(organization, phone, &campaigns).await?;
        let tests = stream::iter(campaigns).map(|campaign| self.tests_to(campaign, &forms));
        let found: Vec<(Campaign, Vec<SingleMessage>)> =
            tests.buffered(QUERIES_AT_ONCE).try_collect().await?;
        let found = found.into_iter().map(|(campaign, tests)| {
            let messages = claimed.remove(&campaign.id).unwrap_or_default();
            MessagesTo { campaign, messages, tests }
        });
        let found = found.filter(|it| !it.messages.is_empty() || !it.tests.is_empty());
        Ok((found.collect(), next))
    }

    async fn claimed_to(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        campaigns: &[Campaign],
    ) -> Result<HashMap<CampaignId, Vec<Message>>> {
        let sent = campaigns.iter().filter_map(|it| Some((it, it.broadcast()?.shards)));
        let wanted: Vec<_> = sent
            .flat_map(|(campaign, shards)| {
                let ids = campaign.message_ids_to(phone).into_iter();
                ids.map(move |id| (campaign.id, id, shards))
            })
            .collect();
        let mut found: HashMap<_, Vec<Message>> = HashMap::new();
        let messages = self.messages_of_campaigns(organization, &wanted).await?;
        // An erased message still has the id derived from the phone, but must not be shown for it.
        for message in messages.into_iter().filter(|message| message.to.is_some()) {
            found.entry(message.campaign_id).or_default().push(message);
        }
        Ok(found)
    }

    async fn tests_to(
        &self,
        campaign: Campaign,
        forms: &[Phone],
    ) -> Result<(Campaign, Vec<SingleMessage>)> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page =
                self.test_messages(campaign.organization_id, campaign.id, TESTS_AT_ONCE, after);
            let (tests, next) = page.await?;
            let is_to = |to: &Phone| forms.contains(to);
            found.extend(
                tests.into_iter().filter(|test| test.message.to.as_ref().is_some_and(is_to)),
            );
            after = next;
            if after.is_none() {
                return Ok((campaign, found));
            }
        }
    }

    /// All that the register holds of a phone.
    pub async fn register_of(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Vec<RegisterEntry>> {
        let keys: Vec<Key> = phone
            .forms()
            .iter()
            .map(|form| keys::unsubscribe(organization.id, form, organization.shards))
            .collect();
        let items = self.batch(&keys, Consistency::Strong).await?.into_iter();
        let rows: Vec<Row> = items.map(|item| parse(KIND, item)).collect::<Result<_>>()?;
        let erased = self.erased_entry(organization.id, phone, organization.shards).await?;
        let rows = rows.into_iter().chain(erased.map(|entry| entry.row));
        let read = rows.map(|row| {
            let lifted = row.lifted_preference(organization.id, phone);
            RegisterEntry { newest: row.into_preference(organization.id, phone), lifted }
        });
        Ok(read.collect())
    }
}
