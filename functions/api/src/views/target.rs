use std::collections::BTreeSet;

use serde::Serialize;
use shared::ids::SegmentId;
use shared::target::Target;
use utoipa::ToSchema;
use uuid::Uuid;

/// Segments by their IDs.
#[derive(Serialize, ToSchema)]
#[schema(as = CampaignTarget)]
pub(crate) struct TargetView {
    include: Vec<Uuid>,
    exclude: Vec<Uuid>,
}

impl From<&Target> for TargetView {
    fn from(target: &Target) -> Self {
        let ids = |ids: &BTreeSet<SegmentId>| ids.iter().map(|id| id.0).collect();
        Self { include: ids(&target.include), exclude: ids(&target.exclude) }
    }
}
