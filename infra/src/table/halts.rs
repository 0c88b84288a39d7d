//! Halts: while one is on, no campaign sends. There is one for the deployment and one for each
//! organization, whose item also says whether people of the organization were erased.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency, Transaction};
use super::{Result, Table, TableError, keys};

/// Whose campaigns do not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaltScope {
    Deployment,
    Organization(OrganizationId),
}

/// A halt that is on, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    pub is_on: bool,
    pub reason: Option<String>,
    pub changed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    halted: Option<bool>,
    reason: Option<String>,
    changed_at: Option<Timestamp>,
    /// Since when people of the organization are erased. Workers read this item anyway.
    erasing_since: Option<Timestamp>,
    /// Deleted organizations whose opt-outs count, because their numbers are this one's.
    #[serde(default)]
    refused_by: BTreeSet<OrganizationId>,
}

const KIND: &str = "a halt";
/// An update needs a condition, and this one always holds.
pub(super) const ALWAYS: &str = "attribute_not_exists(pk) OR attribute_exists(pk)";

impl Transaction {
    /// Notes that opt-outs of deleted organizations count, which are read with those of erased people.
    pub(super) fn respect_refusals(
        self,
        organization: OrganizationId,
        refused_by: &BTreeSet<OrganizationId>,
        now: Timestamp,
    ) -> Self {
        if refused_by.is_empty() {
            return self;
        }
        let deleted = refused_by.iter().map(|id| AttributeValue::S(id.to_string())).collect();
        let change = Change {
            update: "SET erasingSince = if_not_exists(erasingSince, :now), refusedBy = :deleted"
                .to_owned(),
            condition: ALWAYS.to_owned(),
            ..Change::default()
        };
        let change = change.value(":now", now.to_string());
        let change = change.value(":deleted", AttributeValue::L(deleted));
        self.change(keys::halt(HaltScope::Organization(organization)), change)
    }
}

impl Table {
    pub async fn halt(&self, scope: HaltScope) -> Result<Option<Halt>> {
        let row: Option<Row> = self.get(KIND, &keys::halt(scope), Consistency::Strong).await?;
        if let HaltScope::Organization(organization) = scope {
            let (since, refused_by) = row
                .as_ref()
                .map(|row| (row.erasing_since, row.refused_by.clone()))
                .unwrap_or_default();
            self.erasures.note(organization, since, refused_by);
        }
        Ok(row.and_then(|row| {
            let Row { halted, reason, changed_at, erasing_since: _, refused_by: _ } = row;
            Some(Halt { is_on: halted?, reason, changed_at: changed_at? })
        }))
    }

    /// Writes a halt in place of the one before.
    pub async fn set_halt(&self, scope: HaltScope, halt: &Halt) -> Result<()> {
        let reason = serde_dynamo::to_attribute_value::<_, AttributeValue>(&halt.reason)
            .map_err(|error| TableError::malformed(KIND, error))?;
        let change = Change {
            update: "SET halted = :on, reason = :reason, changedAt = :now".to_owned(),
            condition: ALWAYS.to_owned(),
            ..Change::default()
        }
        .value(":on", AttributeValue::Bool(halt.is_on))
        .value(":reason", reason)
        .value(":now", halt.changed_at.to_string());
        self.change(&keys::halt(scope), change).await?;
        Ok(())
    }

    /// Notes that people of the organization are erased from now on, unless that was noted before.
    /// Returns since when.
    pub async fn begin_erasures(
        &self,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<Timestamp> {
        let key = keys::halt(HaltScope::Organization(organization));
        let change = Change {
            update: "SET erasingSince = if_not_exists(erasingSince, :now)".to_owned(),
            condition: ALWAYS.to_owned(),
            ..Change::default()
        };
        self.change(&key, change.value(":now", now.to_string())).await?;
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let refused_by = row.as_ref().map(|row| row.refused_by.clone()).unwrap_or_default();
        let since = row.and_then(|row| row.erasing_since).unwrap_or(now);
        self.erasures.note(organization, Some(since), refused_by);
        Ok(since)
    }
}
