//! Messages: claimed once, settled by their three writers.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Due;
use shared::message::{Claim, FailureReason, Kind, Message, Outcome, Status};
use shared::phone::Phone;
use shared::receipt::{Delivery, MessageRef, Receipt};
use shared::time::Timestamp;

use super::keys::{self, Key};
use super::read::{Consistency, Item, Range, SortKey, parse, text};
use super::write::{ABSENT, Change, Written, item};
use super::{Result, Table, TableError};

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    Won,
    /// The message existed.
    Exists(Box<Message>),
}

/// What became of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptApplied {
    Done,
    /// As much or more was known already.
    Known,
    /// There is no such message yet, or it went out under another id: the receipt waits beside it.
    Parked,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    to: Option<Phone>,
    claim_token: Option<String>,
    claimed_at: Option<Timestamp>,
    // The worker's.
    accepted_at: Option<Timestamp>,
    provider_id: Option<String>,
    failed_at: Option<Timestamp>,
    failure: Option<FailureReason>,
    code: Option<String>,
    // The receipts consumer's.
    receipt: Option<Status>,
    receipt_rank: Option<u8>,
    receipt_at: Option<Timestamp>,
    receipt_id: Option<String>,
    receipt_failure: Option<FailureReason>,
    receipt_code: Option<String>,
    // The repair's.
    unknown_at: Option<Timestamp>,
    // Tests only.
    pub(super) body: Option<String>,
    pub(super) from: Option<Phone>,
    created_at: Option<Timestamp>,
    due: Option<Due>,
}

const KIND: &str = "a message";

impl Row {
    pub(super) fn of_test(to: &Phone, from: &Phone, body: &str, now: Timestamp, due: &Due) -> Self {
        Self {
            to: Some(to.clone()),
            from: Some(from.clone()),
            body: Some(body.to_owned()),
            created_at: Some(now),
            due: Some(due.clone()),
            ..Self::default()
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
        let created_at = self.created_at.or(self.claimed_at).or(self.failed_at);
        Ok(Message {
            id,
            organization_id,
            campaign_id,
            kind,
            to: self.to.ok_or_else(|| lacks("to"))?,
            created_at: created_at.ok_or_else(|| lacks("claimedAt"))?,
            claim: self.claim_token.zip(self.claimed_at).map(|(token, at)| Claim { token, at }),
            outcome,
            receipt,
            unknown_at: self.unknown_at,
        })
    }
}

pub(super) fn id_of(item: &Item) -> Result<MessageId> {
    text(item, "sk")
        .and_then(|sk| sk.strip_prefix(keys::MESSAGE)?.parse().ok())
        .ok_or_else(|| TableError::malformed(KIND, "its sort key has no id"))
}

fn read(item: Item, organization: OrganizationId, campaign: CampaignId) -> Result<Message> {
    let id = id_of(&item)?;
    let kind = if id.is_of_campaign() { Kind::Campaign } else { Kind::Test };
    parse::<Row>(KIND, item)?.into_message(organization, campaign, id, kind)
}

/// The change that writes a worker's outcome, conditional on its own claim.
fn outcome_change(outcome: &Outcome, token: &str) -> Change {
    let own = "claimToken = :token AND attribute_not_exists(acceptedAt) \
               AND attribute_not_exists(failedAt)"
        .to_owned();
    let change = match outcome {
        Outcome::Accepted { provider_id, at } => Change {
            update: "SET acceptedAt = :at, providerId = :id".to_owned(),
            condition: own,
            ..Change::default()
        }
        .value(":at", at.to_string())
        .value(":id", provider_id.clone()),
        Outcome::Failed { reason, code, at } => {
            let change = Change {
                update: "SET failedAt = :at, failure = :reason".to_owned(),
                condition: own,
                ..Change::default()
            }
            .value(":at", at.to_string())
            .value(":reason", word(*reason));
            match code {
                Some(code) => {
                    let update = format!("{}, code = :code", change.update);
                    Change { update, ..change }.value(":code", code.clone())
                }
                None => change,
            }
        }
    };
    change.value(":token", token)
}

/// A word of one of the domain's enums, as it is stored and sent.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl Table {
    /// Claims a recipient's message by creating it.
    pub async fn claim(
        &self,
        message: &Message,
        shards: u16,
        token: &str,
        now: Timestamp,
    ) -> Result<Claimed> {
        let row = Row {
            to: Some(message.to.clone()),
            claim_token: Some(token.to_owned()),
            claimed_at: Some(now),
            ..Row::default()
        };
        self.create_message(message, shards, row).await
    }

    /// Settles a recipient's message as failed without handing it over, unless it exists.
    pub async fn fail_unclaimed(
        &self,
        message: &Message,
        shards: u16,
        reason: FailureReason,
        now: Timestamp,
    ) -> Result<Claimed> {
        let row = Row {
            to: Some(message.to.clone()),
            failed_at: Some(now),
            failure: Some(reason),
            ..Row::default()
        };
        self.create_message(message, shards, row).await
    }

    async fn create_message(&self, message: &Message, shards: u16, row: Row) -> Result<Claimed> {
        let key = keys::message(message.campaign_id, message.id, shards);
        match self.put(item(KIND, &key, row)?, ABSENT, Vec::new()).await? {
            Written::Done => Ok(Claimed::Won),
            Written::Refused(existing) => {
                // An emulator may leave the old item out of its answer.
                let existing = match existing {
                    Some(existing) => existing,
                    None => self
                        .get_item(&key, Consistency::Strong)
                        .await?
                        .ok_or_else(|| TableError::malformed(KIND, "it vanished"))?,
                };
                let message = read(existing, message.organization_id, message.campaign_id)?;
                Ok(Claimed::Exists(Box::new(message)))
            }
        }
    }

    /// Gives a claim back, so that the message is pending again; `false` if something was said of
    /// it meanwhile, which then stands.
    pub async fn release(&self, message: &MessageRef, shards: u16, token: &str) -> Result<bool> {
        let condition = "claimToken = :token AND attribute_not_exists(acceptedAt) \
                         AND attribute_not_exists(failedAt) AND attribute_not_exists(receipt) \
                         AND attribute_not_exists(unknownAt)";
        let values = vec![(":token", AttributeValue::S(token.to_owned()))];
        let key = keys::message_of(message, shards);
        let written = match message.kind {
            Kind::Campaign => self.remove(&key, condition, values).await?,
            // A test exists before it is claimed.
            Kind::Test => {
                let change = Change {
                    update: "REMOVE claimToken, claimedAt".to_owned(),
                    condition: condition.to_owned(),
                    values,
                };
                self.change(&key, change).await?
            }
        };
        Ok(written == Written::Done)
    }

    /// Writes what the worker that holds `token` learnt; `false` if it is written already.
    pub async fn settle(
        &self,
        message: &MessageRef,
        shards: u16,
        token: &str,
        outcome: &Outcome,
    ) -> Result<bool> {
        let key = keys::message_of(message, shards);
        Ok(self.change(&key, outcome_change(outcome, token)).await? == Written::Done)
    }

    /// Notes that nobody knows whether the provider has a message, where its claim is still that
    /// of `token` and nothing else was said.
    pub async fn mark_unknown(
        &self,
        message: &MessageRef,
        shards: u16,
        token: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let change = Change {
            update: "SET unknownAt = :now".to_owned(),
            condition: "claimToken = :token AND attribute_not_exists(acceptedAt) \
                        AND attribute_not_exists(failedAt) AND attribute_not_exists(unknownAt)"
                .to_owned(),
            ..Change::default()
        }
        .value(":now", now.to_string())
        .value(":token", token);
        Ok(self.change(&keys::message_of(message, shards), change).await? == Written::Done)
    }

    /// Applies a receipt to its message, or parks it beside.
    pub async fn apply_receipt(&self, delivery: &Delivery, shards: u16) -> Result<ReceiptApplied> {
        match self.try_receipt(delivery, shards).await? {
            ReceiptApplied::Parked => {
                self.park(delivery, shards).await?;
                Ok(ReceiptApplied::Parked)
            }
            applied => Ok(applied),
        }
    }

    /// Applies a receipt that may be parked already.
    pub async fn try_receipt(&self, delivery: &Delivery, shards: u16) -> Result<ReceiptApplied> {
        let Receipt { provider_id, status, reason, code, at } = &delivery.receipt;
        let mut update = "SET receipt = :status, receiptRank = :rank, receiptAt = :at, \
                          receiptId = :id"
            .to_owned();
        for (is_there, part) in [
            (reason.is_some(), ", receiptFailure = :reason"),
            (code.is_some(), ", receiptCode = :code"),
        ] {
            if is_there {
                update.push_str(part);
            }
        }
        let mut change = Change {
            update,
            condition: "attribute_exists(pk) \
                        AND (attribute_not_exists(providerId) OR providerId = :id) \
                        AND (attribute_not_exists(receiptId) OR receiptId = :id) \
                        AND (attribute_not_exists(receiptRank) OR receiptRank < :rank)"
                .to_owned(),
            ..Change::default()
        }
        .value(":status", word(*status))
        .value(":rank", u32::from(status.rank()))
        .value(":at", at.to_string())
        .value(":id", provider_id.clone());
        if let Some(reason) = reason {
            change = change.value(":reason", word(*reason));
        }
        if let Some(code) = code {
            change = change.value(":code", code.clone());
        }
        let key = keys::message_of(&delivery.message, shards);
        match self.change(&key, change).await? {
            Written::Done => Ok(ReceiptApplied::Done),
            Written::Refused(None) => Ok(ReceiptApplied::Parked),
            Written::Refused(Some(existing)) => {
                let MessageRef { organization_id, campaign_id, .. } = delivery.message;
                let known = read(existing, organization_id, campaign_id)?;
                let same = known.provider_id().is_none_or(|id| id == provider_id);
                Ok(if same { ReceiptApplied::Known } else { ReceiptApplied::Parked })
            }
        }
    }

    async fn park(&self, delivery: &Delivery, shards: u16) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Parked<'a> {
            delivery: &'a Delivery,
            expires_at: i64,
        }
        let receipt = &delivery.receipt;
        let status = word(receipt.status);
        let key = keys::parked(&delivery.message, shards, &receipt.provider_id, &status);
        let expires_at = receipt.at.plus_seconds(7 * 86_400).millis() / 1_000;
        self.put(
            item("a parked receipt", &key, Parked { delivery, expires_at })?,
            ABSENT,
            Vec::new(),
        )
        .await?;
        Ok(())
    }

    /// Receipts that wait in a shard of a campaign.
    pub async fn parked_receipts(&self, campaign: CampaignId, shard: u16) -> Result<Vec<Delivery>> {
        #[derive(Deserialize)]
        struct Parked {
            delivery: Delivery,
        }
        let range = Range::new(
            keys::campaign_shard(campaign, shard),
            SortKey::Prefix(keys::PARKED.to_owned()),
            Consistency::Eventual,
        );
        let items = self.all(range).await?;
        let parked =
            items.into_iter().map(|item| Ok(parse::<Parked>("a parked receipt", item)?.delivery));
        parked.collect()
    }

    pub async fn unpark(&self, delivery: &Delivery, shards: u16) -> Result<()> {
        let receipt = &delivery.receipt;
        let status = word(receipt.status);
        let key = keys::parked(&delivery.message, shards, &receipt.provider_id, &status);
        self.remove(&key, "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }

    /// One message of a campaign that was claimed, or one of its tests.
    pub async fn message(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        id: MessageId,
        shards: u16,
    ) -> Result<Option<Message>> {
        let key = keys::message(campaign, id, shards);
        let item = self.get_item(&key, Consistency::Strong).await?;
        item.map(|item| read(item, organization, campaign)).transpose()
    }

    /// Of up to 100 messages of a campaign, those that exist.
    pub async fn messages(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        ids: &[MessageId],
        shards: u16,
    ) -> Result<Vec<Message>> {
        let wanted: Vec<Key> = ids.iter().map(|id| keys::message(campaign, *id, shards)).collect();
        let items = self.batch(&wanted, Consistency::Strong).await?;
        items.into_iter().map(|item| read(item, organization, campaign)).collect()
    }

    /// Hands every message of a shard of a campaign to `each`, page by page.
    pub async fn each_message(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        shard: u16,
        mut each: impl FnMut(Message),
    ) -> Result<()> {
        let mut range = Range::new(
            keys::campaign_shard(campaign, shard),
            SortKey::Prefix(keys::MESSAGE.to_owned()),
            Consistency::Eventual,
        );
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                each(read(item, organization, campaign)?);
            }
            range.start = page.next;
            if range.start.is_none() {
                return Ok(());
            }
        }
    }
}
