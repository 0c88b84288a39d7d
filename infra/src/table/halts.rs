//! Halts: while one is on, no campaign sends. There is one for the deployment and one for each
//! organization.

use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{Consistency, item};
use super::{Result, Table, keys};

/// Whose campaigns do not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaltScope {
    Deployment,
    Organization(OrganizationId),
}

/// A halt that is on, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Halt {
    #[serde(rename = "halted")]
    pub is_on: bool,
    pub reason: Option<String>,
    pub changed_at: Timestamp,
}

const KIND: &str = "a halt";

impl Table {
    pub async fn halt(&self, scope: HaltScope) -> Result<Option<Halt>> {
        self.get(KIND, &keys::halt(scope), Consistency::Strong).await
    }

    /// Writes a halt in place of the one before.
    pub async fn set_halt(&self, scope: HaltScope, halt: &Halt) -> Result<()> {
        let always = "attribute_not_exists(pk) OR attribute_exists(pk)";
        self.put(item(KIND, &keys::halt(scope), halt)?, always, Vec::new()).await?;
        Ok(())
    }
}
