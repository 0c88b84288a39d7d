//! API keys, looked up by id and listed by organization.

use serde::{Deserialize, Serialize};
use shared::access::{ApiKey, Role, SecretHash};
use shared::actor::Actor;
use shared::ids::{KeyId, OrganizationId};
use shared::time::Timestamp;

use super::dynamo::{
    Consistency, Range, SortKey, Transacted, Transaction, item, parse, start, text,
};
use super::idempotency::Remember;
use super::keys;
use super::{Result, Saved, Table, TableError};

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: KeyId,
    organization_id: OrganizationId,
    name: String,
    role: Role,
    created_at: Timestamp,
    /// Not called `expiresAt`, which is the table's time-to-live attribute, in seconds.
    ends_at: Option<Timestamp>,
    changed_by: Option<Actor>,
    /// Stored only on the item that is looked up, not on the one that is listed.
    hash: Option<String>,
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        let Row { id, organization_id, name, role, created_at, ends_at, changed_by, hash: _ } = row;
        Self { id, organization_id, name, role, created_at, expires_at: ends_at, changed_by }
    }
}

const KIND: &str = "an API key";

impl Table {
    /// A key and the hash of its text.
    pub async fn api_key(&self, id: KeyId) -> Result<Option<(ApiKey, SecretHash)>> {
        let row: Option<Row> = self.get(KIND, &keys::api_key(id), Consistency::Strong).await?;
        let Some(row) = row else { return Ok(None) };
        let hash = row.hash.as_deref().and_then(SecretHash::from_hex);
        let hash = hash.ok_or_else(|| TableError::malformed(KIND, format!("{id} has no hash")))?;
        Ok(Some((row.into(), hash)))
    }

    pub async fn create_api_key(
        &self,
        key: &ApiKey,
        hash: SecretHash,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let key = key.clone();
        let (id, organization_id) = (key.id, key.organization_id);
        let listed = Row {
            id,
            organization_id,
            name: key.name,
            role: key.role,
            created_at: key.created_at,
            ends_at: key.expires_at,
            changed_by: key.changed_by,
            hash: None,
        };
        let found = Row { hash: Some(hash.to_hex()), ..listed.clone() };
        let transaction = Transaction::default()
            .put_absent(item(KIND, &keys::api_key(id), found)?)
            .put(item(KIND, &keys::api_key_listed(organization_id, id), listed)?)
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(2) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Deletes a key of an organization. Returns `false` if the organization has no such key.
    pub async fn delete_api_key(&self, organization: OrganizationId, id: KeyId) -> Result<bool> {
        let listed = keys::api_key_listed(organization, id);
        let transaction = Transaction::default()
            .delete_if(listed, "attribute_exists(pk)", Vec::new())
            .delete(keys::api_key(id));
        match self.transact(transaction).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(_) => Ok(false),
            // The key may or may not be gone, so don't report that it is.
            Transacted::Conflict => Err(TableError::Throttled { operation: "TransactWriteItems" }),
        }
    }

    pub async fn api_keys(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<KeyId>,
    ) -> Result<(Vec<ApiKey>, Option<KeyId>)> {
        let range = Range {
            limit: Some(limit),
            start: after.map(|id| {
                let key = keys::api_key_listed(organization, id);
                start(&key.pk, &key.sk)
            }),
            ..Range::new(
                keys::organization_partition(organization),
                SortKey::Prefix(keys::KEY.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let next =
            page.next.and_then(|key| text(&key, "sk")?.strip_prefix(keys::KEY)?.parse().ok());
        let rows = page.items.into_iter().map(|item| parse::<Row>(KIND, item).map(ApiKey::from));
        Ok((rows.collect::<Result<_>>()?, next))
    }
}
