//! Reconciliations: the newest one of an organization, and what its runs ask about a phone.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::reconciliation::{Known, Newest, Reconciliation};

use super::dynamo::{Consistency, Transacted, Transaction, item};
use super::idempotency::Remember;
use super::{Result, Saved, Table, keys};

const KIND: &str = "a reconciliation";
/// The condition that no one has written it in between. One that was never written has version 0.
const UNCHANGED: &str = "version = :seen";

/// A reconciliation as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReconciliation {
    pub reconciliation: Reconciliation,
    /// When the next run is owed.
    pub due: Option<Due>,
    /// Counts its saves, so that a run notices that another one has saved.
    pub version: u64,
}

/// The result of beginning a reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconciliationBegun {
    Done,
    /// Another request or run was faster.
    Stale,
    Answered,
}

#[derive(Serialize, Deserialize)]
struct Row {
    run: Reconciliation,
    due: Option<Due>,
    version: u64,
}

impl From<Row> for KeptReconciliation {
    fn from(Row { run, due, version }: Row) -> Self {
        Self { reconciliation: run, due, version }
    }
}

impl Table {
    /// The newest reconciliation of an organization.
    pub async fn reconciliation(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<KeptReconciliation>> {
        let key = keys::reconciliation(organization);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(row.map(KeptReconciliation::from))
    }

    /// Writes a new reconciliation in place of the last one, and what is owed of it.
    pub async fn begin_reconciliation(
        &self,
        before: Option<&KeptReconciliation>,
        (begun, due): (&Reconciliation, &Due),
        remember: Option<&Remember>,
    ) -> Result<ReconciliationBegun> {
        let transaction = replace(before, begun, Some(due))?;
        let place = transaction.len();
        Ok(match self.transact(transaction.remember(remember)?).await? {
            Transacted::Done => ReconciliationBegun::Done,
            refused if remember.is_some() && refused.is_refused(place) => {
                ReconciliationBegun::Answered
            }
            Transacted::Refused(_) | Transacted::Conflict => ReconciliationBegun::Stale,
        })
    }

    /// Writes a reconciliation after a step, unless another run has written it.
    pub async fn save_reconciliation(
        &self,
        before: &KeptReconciliation,
        after: &Reconciliation,
        due: Option<&Due>,
    ) -> Result<Saved> {
        Ok(match self.transact(replace(Some(before), after, due)?).await? {
            Transacted::Done => Saved::Done,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// What the organization has of a phone. Contacts are looked for only if the register has nothing.
    pub async fn known_of(&self, organization: &Organization, phone: &Phone) -> Result<Known> {
        if let Some(row) = self.newest_row(organization, phone).await? {
            let newest = Newest {
                subscribed: row.opted_out != Some(true),
                changed_at: row.changed_at,
                source: row.source,
                is_lift: row.is_lift(),
            };
            return Ok(Known { has_contact: false, newest: Some(newest) });
        }
        let contacts = self.contacts_of_line(organization, &phone.line(), 1).await?;
        Ok(Known { has_contact: !contacts.is_empty(), newest: None })
    }
}

impl KeptReconciliation {
    /// The same after it was saved.
    #[must_use]
    pub fn next(&self, reconciliation: Reconciliation, due: Option<Due>) -> Self {
        Self { reconciliation, due, version: self.version + 1 }
    }

    /// The job that a reconciliation owes.
    #[must_use]
    pub fn due_of(reconciliation: &Reconciliation, organization: &Organization) -> Option<Due> {
        let organization_id = organization.id;
        let job = JobsJob::Reconcile { organization_id }.into();
        reconciliation.owed_at(organization).map(|at| Due { at, job })
    }
}

fn replace(
    before: Option<&KeptReconciliation>,
    after: &Reconciliation,
    due: Option<&Due>,
) -> Result<Transaction> {
    let version = before.map_or(0, |before| before.version);
    let row = Row { run: after.clone(), due: due.cloned(), version: version + 1 };
    let row = item(KIND, &keys::reconciliation(after.organization_id), row)?;
    let transaction = match before {
        Some(_) => {
            let seen = AttributeValue::N(version.to_string());
            Transaction::default().put_if(row, UNCHANGED, vec![(":seen", seen)])
        }
        None => Transaction::default().put_absent(row),
    };
    transaction.replace_due(before.and_then(|before| before.due.as_ref()), due)
}
