use serde::Serialize;
use shared::erasure::Erasure;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CampaignView, Time};

/// What was done about a restored table.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Restored)]
pub(crate) struct RestoredView {
    /// The campaigns that were ended.
    pub(crate) items: Vec<CampaignView>,
    /// Erasures that the table lacked, or that are still running.
    pub(crate) erasures: Vec<RestoredErasureView>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub(crate) next_cursor: Option<String>,
}

/// An erasure that is done again.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RestoredErasure)]
pub(crate) struct RestoredErasureView {
    organization_id: Uuid,
    /// What is kept in place of the phone.
    erased_hash: String,
    /// When it was requested first.
    requested_at: Time,
}

impl From<&Erasure> for RestoredErasureView {
    fn from(erasure: &Erasure) -> Self {
        Self {
            organization_id: erasure.organization_id.0,
            erased_hash: erasure.hash.to_string(),
            requested_at: erasure.requested_at.into(),
        }
    }
}
