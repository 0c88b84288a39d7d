use serde::Serialize;
use shared::audit::Change;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time};

/// A change that someone made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Change)]
pub(crate) struct ChangeView {
    at: Time,
    changed_by: ChangedByView,
    /// The operation: its method, and its path below the organization.
    #[schema(example = "POST /campaigns/{campaignId}/send")]
    action: String,
    /// The ID of what was changed or created; null if it has none.
    #[schema(required = true)]
    subject_id: Option<Uuid>,
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        Self {
            at: change.at.into(),
            changed_by: ChangedByView::from(&change.actor),
            action: change.action.clone(),
            subject_id: change.subject,
        }
    }
}
