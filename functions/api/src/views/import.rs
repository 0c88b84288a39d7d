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
    /// The number of processed rows, without the header and empty lines. It is always the sum of
    /// `created`, `updated`, `unchanged`, `skipped` and `rejected`.
    rows: u64,
    created: u64,
    updated: u64,
    /// Rows that say what the contact already says.
    unchanged: u64,
    /// Rows that were left out on purpose.
    skipped: u64,
    /// Skipped rows that contain only delimiters.
    ignored: u64,
    rejected: u64,
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
#[serde(rename_all = "camelCase")]
#[schema(as = RowError)]
pub(crate) struct RowErrorView {
    /// Counted from 1, without the header and empty lines.
    row: u64,
    /// The line of the file on which the row starts, counted from 1. Spreadsheets show the same number
    /// unless an earlier cell has several lines.
    #[schema(required = true)]
    line: Option<u64>,
    /// The number that a spreadsheet gives the row.
    #[schema(required = true)]
    sheet_row: Option<u64>,
    #[schema(required = true)]
    column: Option<String>,
    /// What the cell contains, shortened.
    #[schema(required = true)]
    value: Option<String>,
    reason: String,
}

impl ImportView {
    /// An import with its first rejected rows.
    pub(crate) fn new(import: Import, errors: Vec<RowError>) -> Self {
        let encoding = import.encoding().map(str::to_owned);
        let rows = import.progress.rows();
        let Progress { first_pass, created, updated, unchanged, rejected, skipped, .. } =
            import.progress;
        Self {
            id: import.id.0,
            organization_id: import.organization_id.0,
            status: import.status,
            encoding,
            rows,
            created,
            updated,
            unchanged,
            skipped: skipped.total(),
            ignored: skipped.blank,
            rejected,
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
        let RowError { row, line, sheet_row, column, value, reason } = error;
        Self { row, line, sheet_row, column, value, reason }
    }
}
