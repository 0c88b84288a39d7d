use serde::Serialize;
use shared::import::{Import, Progress, RowError, Status};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, words};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Import)]
pub(crate) struct ImportView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = words::ImportStatus)]
    status: Status,
    /// Rows done so far, the header not counted.
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// The first 100 rows that were not taken.
    errors: Vec<RowErrorView>,
    /// Why the whole file was refused, where the status is `failed`.
    #[schema(required = true)]
    reason: Option<String>,
    /// Who asked for it.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RowError)]
pub(crate) struct RowErrorView {
    /// Counted from 1, the header not counted.
    row: u64,
    #[schema(required = true)]
    column: Option<String>,
    reason: String,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let Progress { rows, created, updated, rejected, errors } = import.progress;
        Self {
            id: import.id.0,
            organization_id: import.organization_id.0,
            status: import.status,
            rows,
            created,
            updated,
            rejected,
            errors: errors.into_iter().map(RowErrorView::from).collect(),
            reason: import.failure,
            changed_by: import.changed_by.as_ref().map(ChangedByView::from),
            created_at: import.created_at.into(),
            updated_at: import.updated_at.into(),
        }
    }
}

impl From<RowError> for RowErrorView {
    fn from(error: RowError) -> Self {
        let RowError { row, column, reason } = error;
        Self { row, column, reason }
    }
}
