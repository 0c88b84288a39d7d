//! The library of templates that campaigns are made of.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::body::Body;
use crate::ids::{OrganizationId, TemplateId};
use crate::time::Timestamp;

/// A template in an organization's library. Each change of it is a new version, and all are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedTemplate {
    pub id: TemplateId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub body: Body,
    /// Counted from 1.
    pub version: u32,
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A version of a template, which never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    pub id: TemplateId,
    pub version: u32,
}

impl SavedTemplate {
    #[must_use]
    pub fn current(&self) -> TemplateVersion {
        TemplateVersion { id: self.id, version: self.version }
    }

    /// The next version.
    #[must_use]
    pub fn changed(&self, name: String, body: Body, by: Actor, now: Timestamp) -> Self {
        Self {
            name,
            body,
            version: self.version + 1,
            changed_by: Some(by),
            updated_at: now.or_after(self.updated_at),
            ..self.clone()
        }
    }
}
