//! Halts: while one is on, no campaign sends. There is one for the deployment and one for each
//! organization, whose item also says whether people of the organization were erased.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency};
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
}

const KIND: &str = "a halt";
/// An update needs a condition, and this one always holds.
const ALWAYS: &str = "attribute_not_exists(pk) OR attribute_exists(pk)";

impl Table {
    pub async fn halt(&self, scope: HaltScope) -> Result<Option<Halt>> {
        let row: Option<Row> = self.get(KIND, &keys::halt(scope), Consistency::Strong).await?;
        if let HaltScope::Organization(organization) = scope {
            self.erasures.note(organization, row.as_ref().and_then(|row| row.erasing_since));
        }
        Ok(row.and_then(|row| {
            let Row { halted, reason, changed_at, erasing_since: _ } = row;
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
        let since = row.and_then(|row| row.erasing_since).unwrap_or(now);
        self.erasures.note(organization, Some(since));
        Ok(since)
    }
}
