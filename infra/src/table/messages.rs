//! Messages in their stored form. Each of their three writers owns separate attributes.

mod beside;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Due;
use shared::message::{Claim, FailureReason, Heard, Kind, Message, Outcome, Status};
use shared::phone::{Phone, Region};
use shared::receipt::Receipt;
use shared::sender::Sender;
use shared::shard::Shards;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Item, Key, parse, text};
use super::keys;
use super::{Result, SingleMessage, Table, TableError};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    /// Missing once the person was erased.
    to: Option<Phone>,
    /// When the person was erased.
    erased_at: Option<Timestamp>,
    /// The country of a person who was erased.
    erased_region: Option<Region>,
    /// The message's organization. Only receipts that its account signed are applied.
    organization_id: Option<OrganizationId>,
    claim_token: Option<String>,
    claimed_at: Option<Timestamp>,
    // Written by the worker.
    accepted_at: Option<Timestamp>,
    provider_id: Option<String>,
    failed_at: Option<Timestamp>,
    failure: Option<FailureReason>,
    code: Option<String>,
    // Written by the receipts consumer.
    receipt: Option<Status>,
    receipt_rank: Option<u8>,
    receipt_at: Option<Timestamp>,
    receipt_id: Option<String>,
    receipt_failure: Option<FailureReason>,
    receipt_code: Option<String>,
    sent_receipt_at: Option<Timestamp>,
    looked_up: Option<Status>,
    /// When a receipt said that a failed message was delivered after all.
    delivered_at: Option<Timestamp>,
    // Written by the repair.
    unknown_at: Option<Timestamp>,
    /// The text of a test or a reply, and of a message whose campaign's body has merge fields.
    pub(super) body: Option<String>,
    // Tests and replies only.
    pub(super) from: Option<Sender>,
    pub(super) dry_run: Option<bool>,
    pub(super) confirmed: Option<bool>,
    created_at: Option<Timestamp>,
    due: Option<Due>,
    /// In seconds since 1970. Messages of earlier versions are kept forever.
    expires_at: Option<i64>,
}

const KIND: &str = "a message";
/// The number of items that one request can read.
const MAX_BATCH: usize = 100;

impl Row {
    /// A message without any reports; see the condition for applying receipts.
    fn silent(message: &Message) -> Self {
        Self {
            to: message.to.clone(),
            erased_at: message.to.is_none().then_some(message.created_at),
            organization_id: Some(message.organization_id),
            provider_id: Some(String::new()),
            receipt_id: Some(String::new()),
            receipt_rank: Some(0),
            ..Self::default()
        }
    }

    pub(super) fn until(self, expires_at: i64) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    pub(super) fn claimed(message: &Message, token: &str, now: Timestamp) -> Self {
        let silent = Self::silent(message);
        Self {
            claim_token: Some(token.to_owned()),
            claimed_at: Some(now),
            body: message.text.clone(),
            ..silent
        }
    }

    pub(super) fn failed(message: &Message, reason: FailureReason, now: Timestamp) -> Self {
        let silent = Self::silent(message);
        Self { failed_at: Some(now), failure: Some(reason), body: message.text.clone(), ..silent }
    }

    pub(super) fn unknown(message: &Message, now: Timestamp) -> Self {
        let silent = Self::silent(message);
        Self { unknown_at: Some(now), body: message.text.clone(), ..silent }
    }

    pub(super) fn is_erased(&self) -> bool {
        self.erased_at.is_some()
    }

    pub(super) fn of_single(single: &SingleMessage, due: &Due, expires_at: i64) -> Self {
        Self {
            from: Some(single.from.clone()),
            body: Some(single.body.as_str().to_owned()),
            dry_run: single.is_dry_run.then_some(true),
            confirmed: single.is_confirmed.then_some(true),
            created_at: Some(single.message.created_at),
            due: Some(due.clone()),
            expires_at: Some(expires_at),
            ..Self::silent(&single.message)
        }
    }

    pub(super) fn into_message(
        self,
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        id: MessageId,
        kind: Kind,
    ) -> Result<Message> {
        let lacks = |what: &str| TableError::malformed(KIND, format!("{id} lacks {what}"));
        let outcome = match (self.accepted_at, self.provider_id, self.failed_at) {
            (Some(at), Some(provider_id), _) => Some(Outcome::Accepted { provider_id, at }),
            (_, _, Some(at)) => Some(Outcome::Failed {
                reason: self.failure.ok_or_else(|| lacks("failure"))?,
                code: self.code,
                at,
            }),
            _ => None,
        };
        let receipt = match (self.receipt, self.receipt_at, self.receipt_id) {
            (Some(status), Some(at), Some(provider_id)) => Some(Receipt {
                provider_id,
                status,
                reason: self.receipt_failure,
                code: self.receipt_code,
                at,
            }),
            _ => None,
        };
        let created_at = self.created_at.or(self.claimed_at).or(self.failed_at).or(self.unknown_at);
        Ok(Message {
            id,
            organization_id,
            campaign_id,
            kind,
            to: match self.erased_at {
                Some(_) => None,
                None => Some(self.to.ok_or_else(|| lacks("to"))?),
            },
            erased_region: self.erased_region,
            text: self.body,
            created_at: created_at.ok_or_else(|| lacks("claimedAt"))?,
            claim: self.claim_token.zip(self.claimed_at).map(|(token, at)| Claim { token, at }),
            outcome,
            receipt,
            unknown_at: self.unknown_at,
            heard: Heard {
                sent_at: self.sent_receipt_at,
                delivered_at: self.delivered_at,
                looked_up: self.looked_up,
            },
        })
    }
}

pub(super) fn id_of(item: &Item) -> Result<MessageId> {
    text(item, "sk")
        .and_then(|sk| sk.strip_prefix(keys::MESSAGE)?.parse().ok())
        .ok_or_else(|| TableError::malformed(KIND, "its sort key has no id"))
}

/// Whether a message belongs to an organization. Messages of earlier versions don't name theirs.
pub(super) fn is_of(item: &Item, organization: OrganizationId) -> bool {
    text(item, "organizationId").is_none_or(|id| id == organization.to_string())
}

pub(super) fn read(
    item: Item,
    organization: OrganizationId,
    campaign: CampaignId,
) -> Result<Message> {
    let id = id_of(&item)?;
    let kind = if id.is_of_campaign() { Kind::Campaign } else { Kind::Test };
    parse::<Row>(KIND, item)?.into_message(organization, campaign, id, kind)
}

/// Reads a message whose claim's token and provider's ids were left out.
pub(super) fn read_counted(
    item: Item,
    organization: OrganizationId,
    campaign: CampaignId,
) -> Result<Message> {
    let id = id_of(&item)?;
    let row = Row {
        provider_id: Some(String::new()),
        receipt_id: Some(String::new()),
        ..parse::<Row>(KIND, item)?
    };
    row.into_message(organization, campaign, id, Kind::Campaign)
}

/// The label of a domain enum's value, as it is stored and sent.
pub(super) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl Table {
    /// A claimed message of a campaign, or one of its test messages. Another organization's
    /// messages are not found.
    pub async fn message(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        id: MessageId,
        shards: Shards,
    ) -> Result<Option<Message>> {
        let key = keys::message(campaign, id, shards);
        let item = self.get_item(&key, Consistency::Strong).await?;
        let own = item.filter(|item| is_of(item, organization));
        own.map(|item| read(item, organization, campaign)).transpose()
    }

    /// Those messages of an organization's campaigns that exist, given their ids and the number of
    /// their campaign's shards.
    pub async fn messages_of_campaigns(
        &self,
        organization: OrganizationId,
        wanted: &[(CampaignId, MessageId, Shards)],
    ) -> Result<Vec<Message>> {
        let mut found = Vec::new();
        for wanted in wanted.chunks(MAX_BATCH) {
            let campaigns: HashMap<MessageId, CampaignId> =
                wanted.iter().map(|(campaign, id, _)| (*id, *campaign)).collect();
            let keys: Vec<Key> = wanted
                .iter()
                .map(|(campaign, id, shards)| keys::message(*campaign, *id, *shards))
                .collect();
            for item in self.batch(&keys, Consistency::Eventual).await? {
                if let Some(campaign) = campaigns.get(&id_of(&item)?)
                    && is_of(&item, organization)
                {
                    found.push(read(item, organization, *campaign)?);
                }
            }
        }
        Ok(found)
    }

    /// Those of a campaign's messages (at most 100) that exist.
    pub async fn messages(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        ids: &[MessageId],
        shards: Shards,
    ) -> Result<Vec<Message>> {
        self.messages_as(organization, campaign, (ids, shards), Consistency::Strong).await
    }

    /// The same at half the price: what was just written may be missing.
    pub async fn messages_in_bulk(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        ids: &[MessageId],
        shards: Shards,
    ) -> Result<Vec<Message>> {
        self.messages_as(organization, campaign, (ids, shards), Consistency::Eventual).await
    }

    async fn messages_as(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        (ids, shards): (&[MessageId], Shards),
        consistency: Consistency,
    ) -> Result<Vec<Message>> {
        let wanted: Vec<Key> = ids.iter().map(|id| keys::message(campaign, *id, shards)).collect();
        let items = self.batch(&wanted, consistency).await?;
        items.into_iter().map(|item| read(item, organization, campaign)).collect()
    }
}
