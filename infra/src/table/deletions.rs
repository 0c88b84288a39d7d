//! Organizations that are being deleted.
//!
//! The request moves the organization's item into the record of its deletion. Since everyone reads that item
//! first, the organization is gone from then on for the API, for jobs and for callbacks.

mod beside;
mod items;
mod numbers;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::deletion::{Deletion, Stage};
use shared::ids::OrganizationId;
use shared::job::Due;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency, Transacted, Transaction, item};
use super::halts::{ALWAYS, HaltScope};
use super::organizations::Row as OrganizationRow;
use super::{Result, Saved, Table, keys};

pub use items::Removed;

const KIND: &str = "a deletion";
const REASON: &str = "the organization is being deleted";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    organization: OrganizationRow,
    stage: Stage,
    reached: Option<String>,
    requested_by: Actor,
    requested_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
    due: Due,
}

impl Row {
    fn of(deletion: &Deletion, version: u64, due: &Due) -> Self {
        Self {
            organization: OrganizationRow::from(&deletion.organization),
            stage: deletion.stage,
            reached: deletion.after.clone(),
            requested_by: deletion.requested_by.clone(),
            requested_at: deletion.requested_at,
            updated_at: deletion.updated_at,
            version,
            due: due.clone(),
        }
    }

    fn into_deletion(self) -> (Deletion, Due) {
        let deletion = Deletion {
            organization: self.organization.into(),
            stage: self.stage,
            after: self.reached,
            requested_by: self.requested_by,
            requested_at: self.requested_at,
            updated_at: self.updated_at,
            version: self.version,
        };
        (deletion, self.due)
    }
}

impl Table {
    /// An organization's deletion that has not ended, and what is owed of it.
    pub async fn deletion(&self, id: OrganizationId) -> Result<Option<(Deletion, Due)>> {
        let row: Option<Row> = self.get(KIND, &keys::deletion(id), Consistency::Strong).await?;
        Ok(row.map(Row::into_deletion))
    }

    /// Takes the organization away and writes what is owed, unless it has changed. Its halt stops workers
    /// that read no organization. Opt-outs need a key to be kept, so without one this fails.
    pub async fn request_deletion(&self, deletion: &Deletion, due: &Due) -> Result<Saved> {
        self.erasures.keys().await?;
        let organization = &deletion.organization;
        let id = organization.id;
        let seen = AttributeValue::S(organization.updated_at.to_string());
        let halt = Change {
            update: "SET halted = :on, reason = :reason, changedAt = :now".to_owned(),
            condition: ALWAYS.to_owned(),
            ..Change::default()
        };
        let halt = halt
            .value(":on", AttributeValue::Bool(true))
            .value(":reason", REASON.to_owned())
            .value(":now", deletion.requested_at.to_string());
        let transaction = Transaction::default()
            .delete_if(keys::organization(id), "updatedAt = :seen", vec![(":seen", seen)])
            .delete(keys::organization_listed(id))
            .put_absent(item(KIND, &keys::deletion(id), Row::of(deletion, 0, due))?)
            .change(keys::halt(HaltScope::Organization(id)), halt)
            .replace_due(None, Some(due))?;
        self.saved(transaction).await
    }

    /// Writes a deletion after a step, unless another run has written it.
    pub async fn save_deletion(
        &self,
        (before, due_before): (&Deletion, &Due),
        (after, due_after): (&Deletion, &Due),
    ) -> Result<Saved> {
        let row = Row::of(after, before.version + 1, due_after);
        let row = item(KIND, &keys::deletion(after.organization.id), row)?;
        let transaction = Transaction::default()
            .put_if(row, SEEN, vec![(":seen", version(before))])
            .replace_due(Some(due_before), Some(due_after))?;
        self.saved(transaction).await
    }

    /// Removes the record of a deletion that is over.
    pub async fn end_deletion(&self, before: &Deletion, due: &Due) -> Result<Saved> {
        let key = keys::deletion(before.organization.id);
        let transaction = Transaction::default()
            .delete_if(key, SEEN, vec![(":seen", version(before))])
            .replace_due(Some(due), None)?;
        self.saved(transaction).await
    }

    async fn saved(&self, transaction: Transaction) -> Result<Saved> {
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }
}

/// The condition that no one has saved in between.
const SEEN: &str = "version = :seen";

fn version(deletion: &Deletion) -> AttributeValue {
    AttributeValue::N(deletion.version.to_string())
}
