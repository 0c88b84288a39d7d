//! Segments as they are saved.

use std::collections::BTreeSet;

use super::Filter;
use crate::actor::Actor;
use crate::ids::{CampaignId, OrganizationId, SegmentId};
use crate::time::Timestamp;

/// A named filter of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub filter: Filter,
    /// Scheduled campaigns whose target reaches the segment. Until they are sent or canceled, it cannot
    /// be deleted.
    pub used_by: BTreeSet<CampaignId>,
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
