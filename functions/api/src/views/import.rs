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
    /// The encoding of the file.
    #[schema(required = true)]
    encoding: Option<String>,
    /// The number of processed rows, without the header and empty lines. It is the sum of `created`,
    /// `updated`, `rejected` and `ignored`.
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// Rows that contain only delimiters.
    ignored: u64,
    /// Rows that mark a person as opted out. Opt-outs are stored before the first contact is created,
    /// even those of rejected rows.
    opt_outs: u64,
    /// The first 100 rejected rows.
    errors: Vec<RowErrorView>,
    /// Why the whole file was rejected, if the status is `failed`.
    #[schema(required = true)]
    reason: Option<String>,
    /// Who requested the import.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RowError)]
pub(crate) struct RowErrorView {
    /// Counted from 1, without the header and empty lines.
    row: u64,
    /// The line of the file on which the row starts, counted from 1. Spreadsheets show the same number
    /// unless an earlier cell has several lines.
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
