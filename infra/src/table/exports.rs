//! Exports, of which an organization runs one at a time.

mod row;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::event::export_event;
use shared::export::{Export, Stage};
use shared::ids::{ExportId, OrganizationId};
use shared::job::Due;

use super::dynamo::{
    Consistency, Range, SortKey, Transacted, Transaction, item, parse, start, text,
};
use super::idempotency::Remember;
use super::outbox::new_event_id;
use super::{Result, Saved, Table, keys};
use row::Row;

/// The result of creating an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportCreated {
    Done,
    /// The organization has one that has not ended.
    Busy,
    Answered,
    Stale,
}

/// Where a list of exports goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPosition(ExportId);

/// Says which export holds the lease.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lease {
    export_id: ExportId,
}

const KIND: &str = "an export";

impl Table {
    /// An export and what is owed of it.
    pub async fn export(
        &self,
        organization: OrganizationId,
        id: ExportId,
    ) -> Result<Option<(Export, Option<Due>)>> {
        let key = keys::export(organization, id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(row.map(|row| row.into_export(organization)))
    }

    /// Writes a new export and its due item, unless another export of the organization runs.
    pub async fn create_export(
        &self,
        export: &Export,
        due: &Due,
        remember: Option<&Remember>,
    ) -> Result<ExportCreated> {
        let organization = export.organization_id;
        let row = Row::of(export, export.version, Some(due.clone()));
        let lease = Lease { export_id: export.id };
        let transaction = Transaction::default()
            .put_absent(item(KIND, &keys::export(organization, export.id), row)?)
            .replace_due(None, Some(due))?
            .put_absent(item("a lease", &keys::exporting(organization), lease)?)
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => ExportCreated::Done,
            refused if refused.is_refused(3) => ExportCreated::Answered,
            refused if refused.is_refused(2) => ExportCreated::Busy,
            Transacted::Refused(_) | Transacted::Conflict => ExportCreated::Stale,
        })
    }

    /// Writes an export after a step, unless another run has written it. Its end frees the lease.
    pub async fn save_export(
        &self,
        (before, due_before): (&Export, &Due),
        (after, due_after): (&Export, Option<&Due>),
    ) -> Result<Saved> {
        let organization = after.organization_id;
        let row = Row::of(after, before.version + 1, due_after.cloned());
        let seen = AttributeValue::N(before.version.to_string());
        let mut transaction = Transaction::default()
            .put_if(
                item(KIND, &keys::export(organization, after.id), row)?,
                "version = :seen AND attribute_exists(due)",
                vec![(":seen", seen)],
            )
            .replace_due(Some(due_before), due_after)?;
        if after.stage() == Stage::Over {
            transaction = transaction.delete(keys::exporting(organization));
        }
        let event = || export_event(before, after, new_event_id()).into_iter().collect();
        let events = self.wanted(organization, event).await?;
        Ok(match self.transact(transaction.announce(&events)?).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                Saved::Done
            }
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Removes an export that has ended, when its file is deleted.
    pub async fn remove_export(&self, export: &Export) -> Result<()> {
        let key = keys::export(export.organization_id, export.id);
        self.remove(&key, "attribute_not_exists(due)", Vec::new()).await?;
        Ok(())
    }

    /// Exports of an organization, newest first.
    pub async fn exports(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<ExportPosition>,
    ) -> Result<(Vec<Export>, Option<ExportPosition>)> {
        let partition = keys::organization_partition(organization);
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after
                .map(|ExportPosition(id)| start(&partition, &keys::export(organization, id).sk)),
            ..Range::new(
                partition.clone(),
                SortKey::Prefix(keys::EXPORT.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::EXPORT)?.parse().ok()?;
            Some(ExportPosition(id))
        });
        let read = |item| Ok(parse::<Row>(KIND, item)?.into_export(organization).0);
        Ok((page.items.into_iter().map(read).collect::<Result<_>>()?, next))
    }
}
