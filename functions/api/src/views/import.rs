use std::collections::BTreeMap;

use infra::files::PresignedPost;
use serde::Serialize;
use shared::import::{Import, Progress, Report, RowError, Skipped, Status, Warning};
use shared::time::Timestamp;
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
    skipped_by: SkippedView,
    /// Skipped rows that contain only delimiters.
    ignored: u64,
    rejected: u64,
    /// Rows that mark a person as opted out. Opt-outs are stored before the first contact is created,
    /// even those of rejected rows.
    opt_outs: u64,
    /// Opt-outs that had no effect because something newer is known of the phone, such as a START.
    opt_outs_overridden: u64,
    /// Whether contacts and opt-outs are left as they are.
    dry_run: bool,
    /// Whether `created`, `updated` and `unchanged` are exact. A long dry run may take a repeated
    /// contact for a new one; then only their sum is exact.
    exact: bool,
    /// The first 100 rejected rows. The list of imports has none.
    errors: Vec<RowErrorView>,
    /// What to check before the import: columns whose first values say that people opted out, although
    /// the import opts no one out by them.
    warnings: Vec<WarningView>,
    /// The form that uploads the file. Only the response that creates the import has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<UploadView>,
    /// What undoing the import has removed so far; null before it is undone.
    #[schema(required = true)]
    undo: Option<UndoView>,
    /// Why the whole file was rejected, if the status is `failed`.
    #[schema(required = true)]
    reason: Option<String>,
    /// Who requested the import.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

/// Skipped rows by reason.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SkippedRows)]
pub(crate) struct SkippedView {
    /// Delimiters only.
    blank: u64,
    /// The row's contact exists, and `onMatch` is `skip`.
    matched: u64,
    /// Amazon Pinpoint's endpoints of other channels than SMS.
    channel: u64,
    /// Amazon Pinpoint's endpoints that another endpoint has replaced.
    inactive: u64,
    /// Rows of a file that only opts people out.
    opt_outs_only: u64,
}

/// A form (`multipart/form-data`) that uploads one file: all fields, and then the field `file`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Upload)]
pub(crate) struct UploadView {
    url: String,
    fields: BTreeMap<&'static str, String>,
    expires_at: Time,
}

/// Contacts that an import had created.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Undo)]
pub(crate) struct UndoView {
    removed: u64,
    /// They stay because someone changed them.
    kept_changed: u64,
    /// They stay because a later import has a row for them.
    kept_named: u64,
}

/// A link to the file of the rejected rows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RejectedRows)]
pub(crate) struct RejectedView {
    /// The number of rejected rows in the file.
    rows: u64,
    /// Whether the import rejected more rows than the file has.
    truncated: bool,
    /// Null if no row was rejected.
    #[schema(required = true)]
    url: Option<String>,
    /// When the link ceases to be valid.
    #[schema(required = true)]
    expires_at: Option<Time>,
}

impl RejectedView {
    pub(crate) fn new(
        import: &Import,
        report: &Report,
        url: String,
        expires_at: Timestamp,
    ) -> Self {
        let rejected = import.progress.rejected;
        let rows = report.rows.unwrap_or(rejected);
        let (url, expires_at) = (Some(url), Some(expires_at.into()));
        Self { rows, truncated: rows < rejected, url, expires_at }
    }

    pub(crate) fn none() -> Self {
        Self { rows: 0, truncated: false, url: None, expires_at: None }
    }
}

impl From<PresignedPost> for UploadView {
    fn from(form: PresignedPost) -> Self {
        let PresignedPost { url, fields, expires_at } = form;
        Self { url, fields, expires_at: expires_at.into() }
    }
}

impl From<Skipped> for SkippedView {
    fn from(skipped: Skipped) -> Self {
        let Skipped { blank, matched, channel, inactive, opt_outs_only } = skipped;
        Self { blank, matched, channel, inactive, opt_outs_only }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportWarning)]
pub(crate) struct WarningView {
    column: String,
    /// What is wrong with the column and what to do.
    detail: String,
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
        let warnings = import.reading.map(|reading| reading.warnings).unwrap_or_default();
        let Progress { first_pass, second_pass: _, created, updated, unchanged, .. } =
            import.progress;
        let Progress { rejected, skipped, is_estimate, .. } = import.progress;
        let undo = import.undo.map(|undo| UndoView {
            removed: undo.removed,
            kept_changed: undo.changed,
            kept_named: undo.named,
        });
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
            skipped_by: skipped.into(),
            ignored: skipped.blank,
            rejected,
            opt_outs: first_pass.opt_outs,
            opt_outs_overridden: first_pass.overridden,
            dry_run: import.options.dry_run,
            exact: !is_estimate,
            errors: errors.into_iter().map(RowErrorView::from).collect(),
            warnings: warnings.into_iter().map(WarningView::from).collect(),
            upload: None,
            undo,
            reason: import.failure,
            changed_by: import.changed_by.as_ref().map(ChangedByView::from),
            created_at: import.created_at.into(),
            updated_at: import.updated_at.into(),
        }
    }

    pub(crate) fn with_upload(self, upload: UploadView) -> Self {
        Self { upload: Some(upload), ..self }
    }
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        Self { detail: warning.detail(), column: warning.column }
    }
}

impl From<RowError> for RowErrorView {
    fn from(error: RowError) -> Self {
        let RowError { row, line, sheet_row, column, value, reason } = error;
        Self { row, line, sheet_row, column, value, reason }
    }
}
