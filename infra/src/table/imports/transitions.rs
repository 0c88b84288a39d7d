//! What people do with an import, and the uploads of an organization that are open.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::{ImportId, OrganizationId};
use shared::import::Import;
use shared::import::limits::MAX_OPEN_UPLOADS;
use shared::job::Due;
use shared::time::Timestamp;

use super::super::dynamo::{
    ABSENT, Consistency, Range, SortKey, Transacted, Transaction, item, parse, start, text,
};
use super::super::idempotency::Remember;
use super::super::{Result, Saved, Table, keys};
use super::{KIND, Row};

/// The uploads that an organization may still make, with when they expire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenUploads {
    open: BTreeMap<ImportId, Timestamp>,
    version: u64,
}

/// Where a list of imports goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPosition(ImportId);

/// An import before and after what a person did, with what is owed.
pub struct Transition<'t> {
    pub before: (&'t Import, Option<&'t Due>),
    pub after: (&'t Import, Option<&'t Due>),
    /// The open uploads before and after, if they change.
    pub uploads: Option<(&'t OpenUploads, OpenUploads)>,
}

impl OpenUploads {
    /// These and one more; `None` if there are too many.
    #[must_use]
    pub fn with(&self, id: ImportId, expires_at: Timestamp, now: Timestamp) -> Option<Self> {
        let mut open = self.open.clone();
        open.retain(|_, expires_at| *expires_at > now);
        if open.len() >= MAX_OPEN_UPLOADS {
            return None;
        }
        open.insert(id, expires_at);
        Some(Self { open, version: self.version + 1 })
    }

    #[must_use]
    pub fn contains(&self, id: ImportId) -> bool {
        self.open.contains_key(&id)
    }

    #[must_use]
    pub fn without(&self, id: ImportId) -> Self {
        let mut open = self.open.clone();
        open.remove(&id);
        Self { open, version: self.version + 1 }
    }
}

impl Transaction {
    pub(super) fn replace_uploads(
        self,
        organization: OrganizationId,
        before: &OpenUploads,
        after: OpenUploads,
    ) -> Result<Self> {
        let row = item("open uploads", &keys::open_uploads(organization), after)?;
        let seen = AttributeValue::N(before.version.to_string());
        let condition = format!("{ABSENT} OR version = :seen");
        Ok(self.put_if(row, &condition, vec![(":seen", seen)]))
    }
}

impl Table {
    pub async fn open_uploads(&self, organization: OrganizationId) -> Result<OpenUploads> {
        let key = keys::open_uploads(organization);
        let found = self.get("open uploads", &key, Consistency::Strong).await?;
        Ok(found.unwrap_or_default())
    }

    /// Writes a new import whose file is still to be uploaded.
    pub async fn create_upload(
        &self,
        import: &Import,
        due: &Due,
        uploads: (&OpenUploads, OpenUploads),
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let key = keys::import(import.organization_id, import.id);
        let row = Row::of(import, import.version, Some(due.clone()));
        let transaction = Transaction::default()
            .put_if(item(KIND, &key, row)?, ABSENT, Vec::new())
            .replace_due(None, Some(due))?
            .replace_uploads(import.organization_id, uploads.0, uploads.1)?
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(3) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Writes what a person did with an import.
    pub async fn change_import(
        &self,
        transition: Transition<'_>,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let Transition { before: (before, due_before), after: (after, due_after), uploads } =
            transition;
        let key = keys::import(after.organization_id, after.id);
        let row = Row::of(after, before.version + 1, due_after.cloned());
        let seen = AttributeValue::N(before.version.to_string());
        let mut transaction = Transaction::default()
            .put_if(item(KIND, &key, row)?, "rowsDone = :seen", vec![(":seen", seen)])
            .replace_due(due_before, due_after)?
            .reject_rows(after, &before.former_errors)?;
        if let Some((before, open)) = uploads {
            transaction = transaction.replace_uploads(after.organization_id, before, open)?;
        }
        let record = transaction.len();
        let events = self.end_of_import(before, after).await?;
        let transaction = transaction.remember(remember)?.announce(&events)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                Saved::Done
            }
            refused if remember.is_some() && refused.is_refused(record) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Imports of an organization, newest first.
    pub async fn imports(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<ImportPosition>,
    ) -> Result<(Vec<Import>, Option<ImportPosition>)> {
        let partition = keys::organization_partition(organization);
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after
                .map(|ImportPosition(id)| start(&partition, &keys::import(organization, id).sk)),
            ..Range::new(
                partition.clone(),
                SortKey::Prefix(keys::IMPORT.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::IMPORT)?.parse().ok()?;
            Some(ImportPosition(id))
        });
        let read = |item| Ok(parse::<Row>(KIND, item)?.into_import(organization)?.0);
        let imports = page.items.into_iter().map(read).collect::<Result<_>>()?;
        Ok((imports, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    #[test]
    fn uploads_are_bounded_until_they_are_started_or_expire() {
        let id = |number: u8| ImportId::new(at(0), [number; 10]);
        let mut uploads = OpenUploads::default();
        for number in 0..10 {
            uploads = uploads.with(id(number), at(100), at(0)).expect("few");
        }
        assert_eq!(uploads.with(id(10), at(100), at(99)), None);
        assert!(uploads.with(id(10), at(200), at(100)).is_some(), "the others have expired");
        assert!(uploads.without(id(3)).with(id(10), at(100), at(0)).is_some());
    }
}
