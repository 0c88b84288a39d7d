//! Imports, whose progress is written together with the contacts of their rows.

mod match_key;
mod rejected;
mod row;
mod transitions;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::contact::Contact;
use shared::event::{Event, import_event};
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Import, RowError};
use shared::job::Due;
use shared::organization::Organization;

use super::contacts::{external_id_writes, has_moved};
use super::dynamo::{ABSENT, Consistency, Transacted, Transaction, WRITES_MOST, item};
use super::idempotency::Remember;
use super::keys;
use super::outbox::new_event_id;
use super::{Result, Saved, Table, TableError};
pub use rejected::RejectedPosition;
use row::Row;
pub use transitions::{ImportPosition, OpenUploads, Transition};

/// The result of writing a batch of an import's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportSaved {
    Done,
    /// Another run of the job has written: continue from there.
    Stale,
}

/// One row's effect on the contacts.
#[derive(Clone, Debug)]
pub enum RowChange {
    Create(Contact),
    Update(Box<ContactUpdate>),
    /// Undoes a `Create`.
    Remove(Contact),
}

/// A contact before and after a row.
#[derive(Clone, Debug)]
pub struct ContactUpdate {
    pub before: Contact,
    pub after: Contact,
}

/// What a batch of rows has done, beside the progress past them.
#[derive(Clone, Debug, Default)]
pub struct RowEffects {
    pub changes: Vec<RowChange>,
    pub rejected: Vec<RowError>,
    /// The open uploads, without that of an import which has expired.
    pub closes_upload: Option<OpenUploads>,
}

impl ContactUpdate {
    fn moves(&self) -> bool {
        has_moved(&self.before, &self.after)
    }
}

impl RowChange {
    /// The maximum number of writes that it takes.
    #[must_use]
    pub fn writes(&self) -> usize {
        match self {
            Self::Create(contact) => 2 + external_id_writes(None, Some(contact)),
            Self::Update(update) => {
                3 + external_id_writes(Some(&update.before), Some(&update.after))
            }
            Self::Remove(contact) => 2 + external_id_writes(Some(contact), None),
        }
    }
}

/// The maximum number of writes for a batch's changes, without the import's own writes.
pub const BATCH_WRITES: usize = WRITES_MOST - OWN_WRITES;
/// The import itself, its due items removed and written, its rejected rows with those of an older
/// version, the check of the last send, and the event of its end. The batch that closes an upload has no rows.
const OWN_WRITES: usize = 7;

const KIND: &str = "an import";

impl Table {
    pub async fn import(
        &self,
        organization_id: OrganizationId,
        id: ImportId,
    ) -> Result<Option<(Import, Option<Due>)>> {
        let key = keys::import(organization_id, id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        row.map(|row| row.into_import(organization_id)).transpose()
    }

    /// Writes a new import and its due item.
    pub async fn create_import(
        &self,
        import: &Import,
        due: &Due,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let key = keys::import(import.organization_id, import.id);
        let row = Row::of(import, import.version, Some(due.clone()));
        let transaction = Transaction::default()
            .put_if(item(KIND, &key, row)?, ABSENT, Vec::new())
            .replace_due(None, Some(due))?
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(2) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Writes the effects of a batch of rows, the progress and the due item: either all of them or
    /// none.
    pub async fn save_import(
        &self,
        organization: &Organization,
        (before, due_before): (&Import, &Due),
        (after, due_after): (&Import, Option<&Due>),
        effects: &RowEffects,
    ) -> Result<ImportSaved> {
        let RowEffects { changes, rejected, closes_upload } = effects;
        let key = keys::import(after.organization_id, after.id);
        let row = Row::of(after, before.version + 1, due_after.cloned());
        let mut transaction = Transaction::default().put_if(
            item(KIND, &key, row)?,
            "rowsDone = :seen AND attribute_exists(due)",
            vec![(":seen", AttributeValue::N(before.version.to_string()))],
        );
        transaction = transaction
            .replace_due(Some(due_before), due_after)?
            .reject_rows(after, &before.former_errors)?
            .reject_rows(after, rejected)?;
        if let Some(before) = closes_upload {
            let uploads = before.without(after.id);
            transaction = transaction.replace_uploads(after.organization_id, before, uploads)?;
        }
        let moves = changes
            .iter()
            .any(|change| matches!(change, RowChange::Update(update) if update.moves()));
        let last = self.last_send_if(organization, moves).await?;
        transaction = last.iter().fold(transaction, Transaction::without_send_since);
        for change in changes {
            transaction = match change {
                RowChange::Create(contact) => transaction.add_contact(organization, contact)?,
                RowChange::Update(update) => {
                    let ContactUpdate { before, after } = &**update;
                    transaction
                        .move_contact(self, organization, before, after, last.as_ref())
                        .await?
                }
                RowChange::Remove(contact) => transaction.remove_imported(organization, contact)?,
            };
        }
        let events = self.end_of_import(before, after).await?;
        let transaction = transaction.announce(&events)?;
        if transaction.len() > WRITES_MOST {
            return Err(TableError::malformed(KIND, "a batch has too many writes"));
        }
        Ok(match self.transact(transaction).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                ImportSaved::Done
            }
            Transacted::Refused(_) | Transacted::Conflict => ImportSaved::Stale,
        })
    }

    async fn end_of_import(&self, before: &Import, after: &Import) -> Result<Vec<Event>> {
        let event = || import_event(before, after, new_event_id()).into_iter().collect();
        self.wanted(after.organization_id, event).await
    }
}
