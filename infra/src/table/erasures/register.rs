//! Moves what the register holds of a phone to the hash that takes its place.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::actor::Actor;
use shared::erasure::ErasedHash;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use super::super::dynamo::{ABSENT, Consistency, Written, item};
use super::super::unsubscribes::{KIND, Place, Row};
use super::super::{Result, Table, TableError, keys};

/// The number of times that a phone's entry may change while it is moved.
const MAX_RACES: usize = 10;

impl Table {
    /// Suppresses a phone by its hash since `now`. A person who was erased before and asked for messages
    /// since is suppressed again.
    pub async fn suppress_erased(
        &self,
        organization: &Organization,
        (phone, hash): (&Phone, &ErasedHash),
        requested_by: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let (id, shards) = (organization.id, organization.shards);
        let preference = Preference {
            organization_id: id,
            phone: phone.clone(),
            subscribed: false,
            changed_at: now,
            source: Source::Erasure,
            campaign_id: None,
            evidence: None,
            changed_by: Some(requested_by.clone()),
        };
        if self.erased_entry(id, phone, shards).await?.is_none() {
            let shard = phone.line().as_phone().shard(shards);
            let place = Place::of_erased(keys::erased(id, shard, hash));
            let row = item(KIND, &place.key, place.row(Row::of(&preference)))?;
            if self.put(row, ABSENT, Vec::new()).await? == Written::Done {
                return Ok(());
            }
        }
        self.register(&preference, shards).await?;
        Ok(())
    }

    /// Suppresses a person in a shard by the hash of their phone, which is all that is known of it, unless
    /// they asked for messages since. Writing it again changes nothing.
    pub async fn suppress_hash(
        &self,
        organization: OrganizationId,
        (hash, shard): (&ErasedHash, u16),
        requested_by: &Actor,
        requested_at: Timestamp,
    ) -> Result<()> {
        let row = Row::of_erased(requested_by, requested_at);
        let row = item(KIND, &keys::erased(organization, shard, hash), row)?;
        let condition =
            "attribute_not_exists(pk) OR (attribute_not_exists(optedOut) AND changedAt <= :now)";
        let now = AttributeValue::S(requested_at.to_string());
        self.put(row, condition, vec![(":now", now)]).await?;
        Ok(())
    }

    /// Moves the entries of a phone, under all its forms, to its hash, which must exist. The newest word
    /// counts.
    pub async fn move_to_hash(&self, organization: &Organization, phone: &Phone) -> Result<()> {
        for form in phone.forms() {
            self.move_form_to_hash(organization, &form).await?;
        }
        Ok(())
    }

    async fn move_form_to_hash(&self, organization: &Organization, form: &Phone) -> Result<()> {
        let (id, shards) = (organization.id, organization.shards);
        let key = keys::unsubscribe(id, form, shards);
        for _ in 0..MAX_RACES {
            let Some(row): Option<Row> = self.get(KIND, &key, Consistency::Strong).await? else {
                return Ok(());
            };
            let changed_at = row.changed_at;
            let mut preference = row.into_preference(id, form);
            self.register(&preference, shards).await?;
            if !preference.subscribed && preference.changed_at != changed_at {
                // An opt-out is as new as its last confirmation.
                preference.changed_at = changed_at;
                self.register(&preference, shards).await?;
            }
            let seen = AttributeValue::S(changed_at.to_string());
            if self.remove(&key, "changedAt = :seen", vec![(":seen", seen)]).await? == Written::Done
            {
                return Ok(());
            }
        }
        Err(TableError::Throttled { operation: "move of an unsubscribe" })
    }
}
