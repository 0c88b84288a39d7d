//! The audit trail: who changed what.

use uuid::Uuid;

use crate::actor::Actor;
use crate::time::Timestamp;

/// A change that a caller made. It names things by their IDs only, so that it holds nothing about a person
/// that an erasure would have to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub at: Timestamp,
    pub actor: Actor,
    /// The operation: its method and its path below the organization.
    pub action: String,
    /// What was changed or created, if it has an ID.
    pub subject: Option<Uuid>,
}
