use serde::Serialize;
use shared::import::{Import, Progress, RowError, Status};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Import)]
pub(crate) struct ImportView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = labels::ImportStatus)]
    status: Status,
    /// The encoding in which the file is read.
    #[schema(required = true)]
    encoding: Option<String>,
    /// Rows done so far, the header and empty lines not counted: the sum of `created`, `updated`,
    /// `rejected` and `ignored`.
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// Rows of delimiters only.
    ignored: u64,
    /// Rows that say that a person opted out. They are kept, also of rejected rows, before the first
    /// contact is created.
    opt_outs: u64,
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
    /// Counted from 1, the header and empty lines not counted.
    row: u64,
    /// The line of the file on which the row begins, counted from 1. It is the number that a
    /// spreadsheet shows, unless a cell above has several lines.
    #[schema(required = true)]
    line: Option<u64>,
    #[schema(required = true)]
    column: Option<String>,
    reason: String,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let Progress { first_pass, rows, created, updated, rejected, blank, errors } =
            import.progress;
        Self {
            id: import.id.0,
            organization_id: import.organization_id.0,
            status: import.status,
            encoding: import.encoding,
            rows,
            created,
            updated,
            rejected,
            ignored: blank,
            opt_outs: first_pass.opt_outs,
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
        let RowError { row, line, column, reason } = error;
        Self { row, line, column, reason }
    }
}
