//! Organizations and their senders.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::keyword::Keywords;
use shared::organization::Organization;
use shared::phone::{Phone, Region};
use shared::price::PriceList;
use shared::reconciliation::ListName;
use shared::sender::{SecretName, Sender};
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::zone::Zone;

use super::dynamo::{
    Consistency, Key, Range, SortKey, Transacted, Transaction, WRITES_MOST, item, parse, start,
    text,
};
use super::idempotency::Remember;
use super::keys;
use super::{Result, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationSaved {
    Done,
    /// One of the phones belongs to another organization.
    SenderTaken,
    /// More addresses change than fit into a transaction.
    TooManyAddresses,
    /// It changed in between.
    Stale,
    Answered,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    id: OrganizationId,
    name: String,
    sender: Sender,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    assigned_phones: BTreeSet<Phone>,
    /// Missing in rows that were written before there was a limit, which is then the row's rate.
    max_parts_per_second: Option<u32>,
    default_region: Region,
    /// Absent in rows of older versions.
    #[serde(default)]
    time_zone: Zone,
    prices: Option<PriceList>,
    keywords: Keywords,
    opt_out_list: Option<ListName>,
    tests_per_day: Option<u32>,
    shards: Shards,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Who sends from an address. An organization that has left it still hears a STOP from people it
/// texted. The address stays reserved for a while, so that no one else's campaign gets the replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    pub organization_id: OrganizationId,
    /// The account in which the organization has, or had, the address. It signs people's replies.
    pub credentials: Option<SecretName>,
    left_at: Option<Timestamp>,
    /// Deleted organizations that sent from the address before, whose opt-outs still count.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    refused_by: BTreeSet<OrganizationId>,
}

/// Whether an organization still has an address. The order is that of who hears a text first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    Present,
    /// It has left the address, which is still reserved for it.
    Left,
    /// It has left the address, which may be anyone's by now.
    LongGone,
}

impl Owner {
    #[must_use]
    pub fn tie(&self, now: Timestamp) -> Tie {
        match self.left_at {
            None => Tie::Present,
            Some(at) if at < reserved_since(now) => Tie::LongGone,
            Some(_) => Tie::Left,
        }
    }

    /// Whether the organization no longer sends from the address.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.left_at.is_some()
    }

    pub(super) fn refused_by(&self) -> &BTreeSet<OrganizationId> {
        &self.refused_by
    }

    pub(super) fn new(
        organization: &Organization,
        refused_by: BTreeSet<OrganizationId>,
        left_at: Option<Timestamp>,
    ) -> Self {
        let credentials = organization.sender.credentials().cloned();
        Self { organization_id: organization.id, credentials, left_at, refused_by }
    }
}

/// How long a sender stays reserved for the organization that left it.
const LEFT_SENDER_DAYS: i64 = 30;

/// Senders that were left before this are anyone's.
fn reserved_since(now: Timestamp) -> Timestamp {
    now.plus_seconds(-LEFT_SENDER_DAYS * 86_400)
}

impl From<&Organization> for Row {
    fn from(organization: &Organization) -> Self {
        let organization = organization.clone();
        Self {
            id: organization.id,
            name: organization.name,
            sender: organization.sender,
            assigned_phones: organization.assigned_phones,
            max_parts_per_second: Some(organization.max_parts_per_second),
            default_region: organization.default_region,
            time_zone: organization.time_zone,
            prices: organization.prices,
            keywords: organization.keywords,
            opt_out_list: organization.opt_out_list,
            tests_per_day: organization.tests_per_day,
            shards: organization.shards,
            changed_by: organization.changed_by,
            created_at: organization.created_at,
            updated_at: organization.updated_at,
        }
    }
}

impl From<Row> for Organization {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            assigned_phones: row.assigned_phones,
            max_parts_per_second: row.max_parts_per_second.unwrap_or(row.sender.parts_per_second),
            sender: row.sender,
            default_region: row.default_region,
            time_zone: row.time_zone,
            prices: row.prices,
            keywords: row.keywords,
            opt_out_list: row.opt_out_list,
            tests_per_day: row.tests_per_day,
            shards: row.shards,
            changed_by: row.changed_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

const KIND: &str = "an organization";
pub(super) const SENDER: &str = "a sender";

impl Transaction {
    /// Takes every address of the organization, unless another organization has it.
    fn take_addresses(
        mut self,
        organization: &Organization,
        refused_by: &BTreeSet<OrganizationId>,
        now: Timestamp,
    ) -> Result<Self> {
        let kept = reserved_since(now);
        for address in organization.addresses() {
            let owner = Owner::new(organization, refused_by.clone(), None);
            let values = vec![
                (":self", AttributeValue::S(organization.id.to_string())),
                (":kept", AttributeValue::S(kept.to_string())),
            ];
            self = self.put_if(
                item(SENDER, &keys::sender(&address), owner)?,
                "attribute_not_exists(pk) OR organizationId = :self OR leftAt < :kept",
                values,
            );
        }
        Ok(self)
    }

    /// Marks the addresses that the organization no longer has as left.
    fn leave_addresses(
        mut self,
        before: &Organization,
        after: &Organization,
        refused_by: &BTreeSet<OrganizationId>,
    ) -> Result<Self> {
        for address in before.addresses().difference(&after.addresses()) {
            let left = Owner::new(before, refused_by.clone(), Some(after.updated_at));
            self = self.put(item(SENDER, &keys::sender(address), left)?);
        }
        Ok(self)
    }
}

impl Table {
    pub async fn organization(&self, id: OrganizationId) -> Result<Option<Organization>> {
        let row: Option<Row> = self.get(KIND, &keys::organization(id), Consistency::Strong).await?;
        Ok(row.map(Organization::from))
    }

    /// The owner of an address: a phone, a short code, or a Messaging Service.
    pub async fn sender_owner(&self, address: &str) -> Result<Option<Owner>> {
        self.get(SENDER, &keys::sender(address), Consistency::Eventual).await
    }

    pub async fn create_organization(
        &self,
        organization: &Organization,
        remember: Option<&Remember>,
    ) -> Result<OrganizationSaved> {
        let listed = keys::organization_listed(organization.id);
        let now = organization.created_at;
        let refused_by = self.refusals_at(organization.addresses()).await?;
        let transaction = Transaction::default().take_addresses(organization, &refused_by, now)?;
        let addresses = transaction.len();
        let transaction = transaction
            .respect_refusals(organization.id, &refused_by, now)
            .put_absent(item(KIND, &keys::organization(organization.id), Row::from(organization))?)
            .put(item(KIND, &listed, Empty {})?);
        let record = transaction.len();
        let transaction = transaction.remember(remember)?;
        if transaction.len() > WRITES_MOST {
            return Ok(OrganizationSaved::TooManyAddresses);
        }
        Ok(saved(&self.transact(transaction).await?, addresses, record))
    }

    /// Writes `after` if `before` is still current. Takes new addresses and marks old ones as left.
    pub async fn save_organization(
        &self,
        before: &Organization,
        after: &Organization,
    ) -> Result<OrganizationSaved> {
        let seen = AttributeValue::S(before.updated_at.to_string());
        let row = item(KIND, &keys::organization(after.id), Row::from(after))?;
        let now = after.updated_at;
        let addresses = before.addresses().into_iter().chain(after.addresses());
        let refused_by = self.refusals_at(addresses).await?;
        let transaction = Transaction::default().take_addresses(after, &refused_by, now)?;
        let addresses = transaction.len();
        let transaction = transaction
            .respect_refusals(after.id, &refused_by, now)
            .put_if(row, "updatedAt = :seen", vec![(":seen", seen)])
            .leave_addresses(before, after, &refused_by)?;
        if transaction.len() > WRITES_MOST {
            return Ok(OrganizationSaved::TooManyAddresses);
        }
        Ok(saved(&self.transact(transaction).await?, addresses, usize::MAX))
    }

    /// Organizations, oldest first.
    pub async fn organizations(
        &self,
        limit: i32,
        after: Option<OrganizationId>,
    ) -> Result<(Vec<Organization>, Option<OrganizationId>)> {
        let range = Range {
            limit: Some(limit),
            start: after.map(|id| start(keys::ORGANIZATIONS, &id.to_string())),
            ..Range::new(
                keys::ORGANIZATIONS.to_owned(),
                SortKey::AtMost("g".to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let id = |item| text(item, "sk").and_then(|id| id.parse().ok());
        let listed: Vec<OrganizationId> = page.items.iter().filter_map(id).collect();
        let wanted: Vec<Key> = listed.iter().map(|id| keys::organization(*id)).collect();
        let mut organizations = self
            .batch(&wanted, Consistency::Strong)
            .await?
            .into_iter()
            .map(|item| parse::<Row>(KIND, item).map(Organization::from))
            .collect::<Result<Vec<_>>>()?;
        organizations.sort_by_key(|organization| organization.id);
        Ok((organizations, page.next.as_ref().and_then(id)))
    }
}

#[derive(Serialize)]
struct Empty {}

/// The outcome of a transaction that starts with the organization's addresses.
fn saved(transacted: &Transacted, addresses: usize, record: usize) -> OrganizationSaved {
    match transacted {
        Transacted::Done => OrganizationSaved::Done,
        refused if refused.is_refused(record) => OrganizationSaved::Answered,
        refused if (0..addresses).any(|place| refused.is_refused(place)) => {
            OrganizationSaved::SenderTaken
        }
        Transacted::Refused(_) | Transacted::Conflict => OrganizationSaved::Stale,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_that_was_left_is_anyones_after_a_while() {
        let left_at = Timestamp::EPOCH;
        let owner = |left_at| Owner {
            organization_id: "00000000-0000-0000-0000-000000000001".parse().expect("an id"),
            credentials: None,
            left_at,
            refused_by: BTreeSet::new(),
        };
        let after = |days: i64, seconds: i64| left_at.plus_seconds(days * 86_400 + seconds);
        for (now, expected) in [
            (after(0, 0), Tie::Left),
            (after(LEFT_SENDER_DAYS, 0), Tie::Left),
            (after(LEFT_SENDER_DAYS, 1), Tie::LongGone),
        ] {
            assert_eq!(owner(Some(left_at)).tie(now), expected, "{now}");
            assert_eq!(owner(None).tie(now), Tie::Present);
        }
    }
}
