//! Receipts, on their messages and parked beside them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::event::MessageChange;
use shared::ids::OrganizationId;
use shared::message::{Message, Status};
use shared::receipt::{Channel, Delivery, MessageRef, Receipt};
use shared::shard::Shards;

use super::dynamo::back_off::Patience;
use super::dynamo::{
    ABSENT, Consistency, Executed, Item, Key, Range, SortKey, Statement, Value, item, parse, text,
};
use super::keys;
use super::messages::{self, word};
use super::{Result, Table};

#[derive(Deserialize)]
struct Parked {
    delivery: Delivery,
}

pub(super) fn read_parked(item: Item) -> Result<Delivery> {
    Ok(parse::<Parked>(KIND, item)?.delivery)
}

/// The result of applying a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptApplied {
    Done,
    /// As much or more was known already.
    Known,
    /// The message belongs to another organization.
    Foreign,
    /// The message doesn't exist yet, or was sent under another id. The receipt has to wait beside
    /// it.
    Early,
}

const KIND: &str = "a parked receipt";
/// Applies only to a message of the organization that the receipt names, whose account signed it. A
/// status only rises, and only by receipts for the provider's id that is ours. A message starts
/// with rank 0 and empty ids, because the condition of a batch statement can't contain "or".
const HIGHER: &str = "\"organizationId\" = ? AND \
    \"providerId\" IN ['', ?] AND \"receiptId\" IN ['', ?] AND \"receiptRank\" < ?";
/// How long a receipt waits for its message.
const PARKED_SECONDS: i64 = 7 * 86_400;

/// What only a timeline shows: that a receipt was looked up, and when the provider first called
/// back that it sent the message, which a final receipt would otherwise replace.
fn heard(receipt: &Receipt, channel: Channel) -> Option<(&'static str, Value)> {
    match (channel, receipt.status) {
        (Channel::LookUp, status) => Some(("lookedUp", word(status).into())),
        (Channel::Callback, Status::Sent) => Some(("sentReceiptAt", receipt.at.to_string().into())),
        (
            Channel::Callback,
            Status::Pending | Status::Unknown | Status::Delivered | Status::Failed,
        ) => None,
    }
}

fn statement(table: &Table, delivery: &Delivery, shards: Shards, channel: Channel) -> Statement {
    let Receipt { provider_id, status, reason, code, at } = &delivery.receipt;
    let rank = u32::from(status.rank());
    let always = [
        ("receipt", Value::from(word(*status))),
        ("receiptRank", rank.into()),
        ("receiptAt", at.to_string().into()),
        ("receiptId", provider_id.clone().into()),
    ];
    let reason = reason.map(|reason| ("receiptFailure", word(reason).into()));
    let code = code.clone().map(|code| ("receiptCode", code.into()));
    let heard = heard(&delivery.receipt, channel);
    let set = always.into_iter().chain(reason).chain(code).chain(heard).collect();
    let organization = delivery.message.organization_id.to_string();
    let [id, same_id] = [provider_id.clone(), provider_id.clone()];
    let values = vec![organization.into(), id.into(), same_id.into(), rank.into()];
    let key = keys::message_of(&delivery.message, shards);
    Statement::update(table, &key, set, HIGHER, values)
}

/// The result for a receipt that was refused, if the message is `known` now. The message may have
/// been created after the refusal. Then the receipt's status is not known yet, and it has to be
/// tried again.
fn refused(known: &Message, receipt: &Receipt) -> ReceiptApplied {
    let is_same = known.provider_id().is_none_or(|id| id == receipt.provider_id);
    if is_same && !receipt.supersedes(known.receipt.as_ref()) {
        ReceiptApplied::Known
    } else {
        ReceiptApplied::Early
    }
}

fn parked_key(delivery: &Delivery, shards: Shards) -> Key {
    let Delivery { message, receipt, .. } = delivery;
    keys::parked(message, shards, &receipt.provider_id, &word(receipt.status))
}

/// The places of each organization's receipts in a batch.
fn by_organization(deliveries: &[(Delivery, Shards)]) -> BTreeMap<OrganizationId, Vec<usize>> {
    let mut places = BTreeMap::<OrganizationId, Vec<usize>>::new();
    for (place, (delivery, _)) in deliveries.iter().enumerate() {
        places.entry(delivery.message.organization_id).or_default().push(place);
    }
    places
}

fn changes_at(deliveries: &[(Delivery, Shards)], places: &[usize]) -> Vec<MessageChange> {
    places.iter().map(|place| MessageChange::of_receipt(&deliveries[*place].0)).collect()
}

/// The item of a receipt that waits.
pub(super) fn parked_item(delivery: &Delivery, shards: Shards) -> Result<Item> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct New<'a> {
        delivery: &'a Delivery,
        expires_at: i64,
    }
    let expires_at = delivery.receipt.at.plus_seconds(PARKED_SECONDS).unix_seconds();
    item(KIND, &parked_key(delivery, shards), New { delivery, expires_at })
}

impl Table {
    /// Applies receipts of different messages, many per request. Returns one result per receipt, in
    /// the same order.
    pub async fn apply_receipts(
        &self,
        deliveries: &[(Delivery, Shards)],
        channel: Channel,
    ) -> Result<Vec<Result<ReceiptApplied>>> {
        // What was looked up is final for the poll, so it is queued before it is written: a poll that
        // fails asks again.
        if channel == Channel::LookUp && self.outbox.is_some() {
            for (organization, places) in by_organization(deliveries) {
                let changes = || changes_at(deliveries, &places);
                self.queue_changes(organization, changes).await?;
            }
        }
        let statements =
            deliveries.iter().map(|(delivery, shards)| statement(self, delivery, *shards, channel));
        let executed = self.execute(statements.collect(), Patience::Short).await?;
        let mut contradicting = Vec::new();
        let answers = executed.into_iter().zip(deliveries).map(|(executed, own)| {
            let (delivery, _) = own;
            let MessageRef { organization_id, campaign_id, .. } = delivery.message;
            match executed {
                Executed::Done => Ok(ReceiptApplied::Done),
                Executed::Refused(None) => Ok(ReceiptApplied::Early),
                Executed::Refused(Some(existing)) => {
                    if text(&existing, "organizationId") != Some(organization_id.to_string()) {
                        return Ok(ReceiptApplied::Foreign);
                    }
                    let known = messages::read(existing, organization_id, campaign_id)?;
                    let failed = known.receipt.as_ref();
                    if failed.is_some_and(|failed| delivery.receipt.contradicts(failed)) {
                        contradicting.push(own);
                    }
                    Ok(refused(&known, &delivery.receipt))
                }
                Executed::Failed(error) => Err(error),
            }
        });
        let mut answers: Vec<Result<ReceiptApplied>> = answers.collect();
        // If this fails, the receipts are tried again.
        self.note_contradictions(contradicting).await?;
        if channel == Channel::Callback && self.outbox.is_some() {
            self.queue_applied(deliveries, &mut answers).await;
        }
        Ok(answers)
    }

    /// Records that messages which had failed were delivered after all. They stay failed, but no resend
    /// may text their recipients again.
    async fn note_contradictions(&self, contradicting: Vec<&(Delivery, Shards)>) -> Result<()> {
        let statements = contradicting.into_iter().map(|(delivery, shards)| {
            let key = keys::message_of(&delivery.message, *shards);
            let set = vec![("deliveredAt", delivery.receipt.at.to_string().into())];
            Statement::update(self, &key, set, "\"deliveredAt\" IS MISSING", Vec::new())
        });
        for executed in self.execute(statements.collect(), Patience::Short).await? {
            match executed {
                Executed::Done | Executed::Refused(_) => {}
                Executed::Failed(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Queues what receipts have changed, or has them applied again. One that was known before may not
    /// have been queued then.
    async fn queue_applied(
        &self,
        deliveries: &[(Delivery, Shards)],
        answers: &mut [Result<ReceiptApplied>],
    ) {
        for (organization, places) in by_organization(deliveries) {
            self.queue_or_fail(Some(organization), answers, |answers| {
                let is_ours = |place: &&usize| {
                    matches!(answers[**place], Ok(ReceiptApplied::Done | ReceiptApplied::Known))
                };
                let places = places.iter().filter(is_ours);
                let change = |place: usize| MessageChange::of_receipt(&deliveries[place].0);
                places.map(|place| (*place, change(*place))).collect()
            })
            .await;
        }
    }

    /// Stores a receipt beside its message's key until the message exists.
    pub async fn park(&self, delivery: &Delivery, shards: Shards) -> Result<()> {
        self.put(parked_item(delivery, shards)?, ABSENT, Vec::new()).await?;
        Ok(())
    }

    /// The receipts that wait beside a message.
    pub async fn parked_beside(
        &self,
        message: &MessageRef,
        shards: Shards,
    ) -> Result<Vec<Delivery>> {
        let beside = keys::parked_beside(message, shards);
        let range = Range::new(beside.pk, SortKey::Prefix(beside.sk), Consistency::Strong);
        self.all(range).await?.into_iter().map(read_parked).collect()
    }

    pub async fn unpark(&self, delivery: &Delivery, shards: Shards) -> Result<()> {
        self.remove(&parked_key(delivery, shards), "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }
}
