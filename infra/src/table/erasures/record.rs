//! The records of erasures, with what is owed of them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::erasure::{ErasedHash, Erasure, Stage};
use shared::ids::OrganizationId;
use shared::job::Due;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::super::dynamo::{Consistency, Key, Transacted, Transaction, item, parse, text};
use super::super::{Result, Saved, Table, TableError, keys};

const KIND: &str = "an erasure";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// Missing once it is done, and until it is found.
    phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sought_in: Vec<u16>,
    /// Present if the phone was found nowhere.
    unfound: Option<bool>,
    stage: Stage,
    reached: Option<String>,
    contacts_erased_at: Option<Timestamp>,
    requested_by: Actor,
    requested_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
    due: Option<Due>,
}

impl Row {
    fn of(erasure: &Erasure, version: u64, due: Option<Due>) -> Self {
        let erasure = erasure.clone();
        Self {
            phone: erasure.phone,
            sought_in: erasure.sought_in,
            unfound: erasure.is_unfound.then_some(true),
            stage: erasure.stage,
            reached: erasure.after,
            contacts_erased_at: erasure.contacts_erased_at,
            requested_by: erasure.requested_by,
            requested_at: erasure.requested_at,
            updated_at: erasure.updated_at,
            version,
            due,
        }
    }

    fn into_erasure(
        self,
        organization_id: OrganizationId,
        hash: ErasedHash,
    ) -> (Erasure, Option<Due>) {
        let erasure = Erasure {
            organization_id,
            hash,
            phone: self.phone,
            sought_in: self.sought_in,
            is_unfound: self.unfound == Some(true),
            stage: self.stage,
            after: self.reached,
            contacts_erased_at: self.contacts_erased_at,
            requested_by: self.requested_by,
            requested_at: self.requested_at,
            updated_at: self.updated_at,
            version: self.version,
        };
        (erasure, self.due)
    }
}

impl Table {
    /// A person's erasure and what is owed of it.
    pub async fn erasure(
        &self,
        organization: OrganizationId,
        hash: &ErasedHash,
    ) -> Result<Option<(Erasure, Option<Due>)>> {
        let key = keys::erasure(organization, hash);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(row.map(|row| row.into_erasure(organization, hash.clone())))
    }

    /// Those of an organization's erasures (at most 100) that exist, by the hash of the person's phone.
    pub async fn erasures(
        &self,
        organization: OrganizationId,
        hashes: &[ErasedHash],
    ) -> Result<HashMap<ErasedHash, Erasure>> {
        let wanted: Vec<Key> =
            hashes.iter().map(|hash| keys::erasure(organization, hash)).collect();
        let items = self.batch(&wanted, Consistency::Strong).await?.into_iter();
        let erasures = items.map(|item| {
            let hash = text(&item, "sk").and_then(|sk| keys::read_erasure(&sk));
            let hash = hash.ok_or_else(|| TableError::malformed(KIND, "its key is not a hash"))?;
            let row: Row = parse(KIND, item)?;
            Ok((hash.clone(), row.into_erasure(organization, hash).0))
        });
        erasures.collect()
    }

    /// Writes a requested erasure and its due item, in place of one that is done.
    pub async fn request_erasure(
        &self,
        erasure: &Erasure,
        due: &Due,
        done: Option<&Erasure>,
    ) -> Result<Saved> {
        let key = keys::erasure(erasure.organization_id, &erasure.hash);
        let version = done.map_or(0, |done| done.version + 1);
        let row = item(KIND, &key, Row::of(erasure, version, Some(due.clone())))?;
        let transaction = match done {
            None => Transaction::default().put_absent(row),
            Some(done) => {
                let seen = AttributeValue::N(done.version.to_string());
                let condition = "version = :seen AND attribute_not_exists(due)";
                Transaction::default().put_if(row, condition, vec![(":seen", seen)])
            }
        };
        Ok(match self.transact(transaction.replace_due(None, Some(due))?).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Writes an erasure after a step, unless another run has written it.
    pub async fn save_erasure(
        &self,
        (before, due_before): (&Erasure, &Due),
        (after, due_after): (&Erasure, Option<&Due>),
    ) -> Result<Saved> {
        let key = keys::erasure(after.organization_id, &after.hash);
        let row = Row::of(after, before.version + 1, due_after.cloned());
        let seen = AttributeValue::N(before.version.to_string());
        let transaction = Transaction::default()
            .put_if(
                item(KIND, &key, row)?,
                "version = :seen AND attribute_exists(due)",
                vec![(":seen", seen)],
            )
            .replace_due(Some(due_before), due_after)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }
}
