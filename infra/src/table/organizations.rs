//! Organisations and their senders.

use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::{Phone, Region};
use shared::price::PriceList;
use shared::time::Timestamp;

use super::idempotency::Remember;
use super::keys::{self, Key};
use super::read::{Consistency, Range, SortKey, parse, start, text};
use super::transaction::{Transacted, Transaction};
use super::write::item;
use super::{Result, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationSaved {
    Done,
    /// The sender's phone belongs to another organisation.
    SenderTaken,
    /// Somebody wrote in between.
    Stale,
    Answered,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: OrganizationId,
    name: String,
    sender_phone: Phone,
    default_region: Region,
    parts_per_second: u32,
    prices: Option<PriceList>,
    shards: u16,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    organization_id: OrganizationId,
}

impl From<&Organization> for Row {
    fn from(organization: &Organization) -> Self {
        let organization = organization.clone();
        Self {
            id: organization.id,
            name: organization.name,
            sender_phone: organization.sender_phone,
            default_region: organization.default_region,
            parts_per_second: organization.parts_per_second,
            prices: organization.prices,
            shards: organization.shards,
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
            sender_phone: row.sender_phone,
            default_region: row.default_region,
            parts_per_second: row.parts_per_second,
            prices: row.prices,
            shards: row.shards,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

const KIND: &str = "an organisation";

impl Table {
    pub async fn organization(&self, id: OrganizationId) -> Result<Option<Organization>> {
        let row: Option<Row> = self.get(KIND, &keys::organization(id), Consistency::Strong).await?;
        Ok(row.map(Organization::from))
    }

    /// The organisation that sends from `phone`.
    pub async fn sender_owner(&self, phone: &Phone) -> Result<Option<OrganizationId>> {
        let key = keys::sender(phone);
        let owner: Option<Owner> = self.get("a sender", &key, Consistency::Eventual).await?;
        Ok(owner.map(|owner| owner.organization_id))
    }

    pub async fn create_organization(
        &self,
        organization: &Organization,
        remember: Option<&Remember>,
    ) -> Result<OrganizationSaved> {
        let owner = Owner { organization_id: organization.id };
        let listed = keys::organization_listed(organization.id);
        let transaction = Transaction::default()
            .put_absent(item("a sender", &keys::sender(&organization.sender_phone), owner)?)
            .put_absent(item(KIND, &keys::organization(organization.id), Row::from(organization))?)
            .put(item(KIND, &listed, Empty {})?)
            .remember(remember)?;
        Ok(saved(&self.transact(transaction).await?, 3))
    }

    /// Writes `after` where `before` was read; a new sender is taken and the old one let go.
    pub async fn save_organization(
        &self,
        before: &Organization,
        after: &Organization,
    ) -> Result<OrganizationSaved> {
        let seen = aws_sdk_dynamodb::types::AttributeValue::S(before.updated_at.to_string());
        let row = item(KIND, &keys::organization(after.id), Row::from(after))?;
        let place = keys::sender(&after.sender_phone);
        let owner = item("a sender", &place, Owner { organization_id: after.id })?;
        let moves = before.sender_phone != after.sender_phone;
        let transaction = Transaction::default();
        let transaction = if moves {
            transaction.put_absent(owner).delete(keys::sender(&before.sender_phone))
        } else {
            transaction.put(owner)
        };
        let transaction = transaction.put_if(row, "updatedAt = :seen", vec![(":seen", seen)]);
        Ok(saved(&self.transact(transaction).await?, usize::MAX))
    }

    /// Organisations, oldest first.
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

fn saved(transacted: &Transacted, record: usize) -> OrganizationSaved {
    match transacted {
        Transacted::Done => OrganizationSaved::Done,
        refused if refused.is_refused(record) => OrganizationSaved::Answered,
        refused if refused.is_refused(0) => OrganizationSaved::SenderTaken,
        Transacted::Refused(_) | Transacted::Conflict => OrganizationSaved::Stale,
    }
}
