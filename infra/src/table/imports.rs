//! Imports, whose progress is written together with the contacts of their rows.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::contact::Contact;
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Columns, Import, Progress, Status};
use shared::job::Due;
use shared::organization::Organization;
use shared::time::Timestamp;

use super::contacts::{external_id_writes, has_moved};
use super::dynamo::{ABSENT, Consistency, Transacted, Transaction, WRITES_MOST, item};
use super::idempotency::Remember;
use super::keys;
use super::{Result, Saved, Table, TableError};

/// The result of writing a batch of an import's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportSaved {
    Done,
    /// Another run of the job has written: continue from there.
    Stale,
}

/// One row's effect on the contacts.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a batch holds a hundred at most")]
pub enum RowChange {
    Create(Contact),
    Update { before: Contact, after: Contact },
}

impl RowChange {
    /// The maximum number of writes that it takes.
    #[must_use]
    pub fn writes(&self) -> usize {
        match self {
            Self::Create(contact) => 2 + external_id_writes(None, Some(contact)),
            Self::Update { before, after } => 3 + external_id_writes(Some(before), Some(after)),
        }
    }
}

/// The maximum number of writes for a batch's changes, without the import's own writes.
pub const BATCH_WRITES: usize = WRITES_MOST - OWN_WRITES;
/// The import itself, its due items removed and written, and the check of the last send.
const OWN_WRITES: usize = 4;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: ImportId,
    state: Status,
    columns: Columns,
    encoding: Option<String>,
    progress: Progress,
    /// The number of steps of the progress, for conditions.
    rows_done: u64,
    failure: Option<String>,
    due: Option<Due>,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const KIND: &str = "an import";

impl Row {
    fn of(import: &Import, due: Option<Due>) -> Self {
        let rows_done = import.progress.steps();
        let import = import.clone();
        Self {
            id: import.id,
            state: import.status,
            columns: import.columns,
            encoding: import.encoding,
            progress: import.progress,
            rows_done,
            failure: import.failure,
            due,
            changed_by: import.changed_by,
            created_at: import.created_at,
            updated_at: import.updated_at,
        }
    }
}

impl Table {
    pub async fn import(
        &self,
        organization_id: OrganizationId,
        id: ImportId,
    ) -> Result<Option<(Import, Option<Due>)>> {
        let key = keys::import(organization_id, id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(row.map(|row| {
            let import = Import {
                id: row.id,
                organization_id,
                status: row.state,
                columns: row.columns,
                encoding: row.encoding,
                progress: row.progress,
                failure: row.failure,
                changed_by: row.changed_by,
                created_at: row.created_at,
                updated_at: row.updated_at,
            };
            (import, row.due)
        }))
    }

    /// Writes a new import and its due item.
    pub async fn create_import(
        &self,
        import: &Import,
        due: &Due,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let key = keys::import(import.organization_id, import.id);
        let transaction = Transaction::default()
            .put_if(item(KIND, &key, Row::of(import, Some(due.clone())))?, ABSENT, Vec::new())
            .replace_due(None, Some(due))?
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(2) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Writes the contacts of a batch of rows, the progress and the due item: either all of them or
    /// none.
    pub async fn save_import(
        &self,
        organization: &Organization,
        (before, due_before): (&Import, &Due),
        (after, due_after): (&Import, Option<&Due>),
        changes: &[RowChange],
    ) -> Result<ImportSaved> {
        let key = keys::import(after.organization_id, after.id);
        let mut transaction = Transaction::default().put_if(
            item(KIND, &key, Row::of(after, due_after.cloned()))?,
            "rowsDone = :seen AND attribute_exists(due)",
            vec![(":seen", AttributeValue::N(before.progress.steps().to_string()))],
        );
        transaction = transaction.replace_due(Some(due_before), due_after)?;
        let moves = changes.iter().any(
            |change| matches!(change, RowChange::Update { before, after } if has_moved(before, after)),
        );
        let last = self.last_send_if(organization, moves).await?;
        transaction = last.iter().fold(transaction, Transaction::without_send_since);
        for change in changes {
            transaction = match change {
                RowChange::Create(contact) => transaction.add_contact(organization, contact)?,
                RowChange::Update { before, after } => {
                    transaction
                        .move_contact(self, organization, before, after, last.as_ref())
                        .await?
                }
            };
        }
        if transaction.len() > WRITES_MOST {
            return Err(TableError::malformed(KIND, "a batch has too many writes"));
        }
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ImportSaved::Done,
            Transacted::Refused(_) | Transacted::Conflict => ImportSaved::Stale,
        })
    }
}
