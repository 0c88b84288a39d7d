use serde::Serialize;
use shared::export::{Export, Format, Kind, Status};
use shared::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Export)]
pub(crate) struct ExportView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = labels::ExportKind)]
    kind: Kind,
    #[schema(value_type = labels::ExportFormat)]
    format: Format,
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    #[schema(value_type = labels::ExportStatus)]
    status: Status,
    /// The number of rows that are written so far.
    rows: u64,
    /// The size of the compressed file in bytes; null until the export is done.
    #[schema(required = true)]
    size: Option<u64>,
    /// A link to the file. Only the response that gets one export has it, and only once the export is
    /// done and until it expires.
    #[schema(required = true)]
    file: Option<ExportFileView>,
    /// Why the export failed.
    #[schema(required = true)]
    reason: Option<String>,
    /// When the file is removed; null until the export is done.
    #[schema(required = true)]
    expires_at: Option<Time>,
    /// Who requested the export.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

/// A link that needs no key, so treat it like one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExportFile)]
pub(crate) struct ExportFileView {
    url: String,
    /// The name under which the link saves the file.
    name: String,
    /// When the link ceases to be valid. Get the export again for another one.
    expires_at: Time,
}

impl ExportFileView {
    pub(crate) fn new(url: String, name: String, expires_at: Timestamp) -> Self {
        Self { url, name, expires_at: expires_at.into() }
    }
}

impl ExportView {
    pub(crate) fn with_file(self, file: Option<ExportFileView>) -> Self {
        Self { file, ..self }
    }
}

impl From<&Export> for ExportView {
    fn from(export: &Export) -> Self {
        Self {
            id: export.id.0,
            organization_id: export.organization_id.0,
            kind: export.kind,
            format: export.format,
            campaign_id: export.campaign_id.map(|id| id.0),
            status: export.status,
            rows: export.rows,
            size: export.size,
            file: None,
            reason: export.failure.clone(),
            expires_at: export.expires_at().map(Time),
            changed_by: export.changed_by.as_ref().map(ChangedByView::from),
            created_at: export.created_at.into(),
            updated_at: export.updated_at.into(),
        }
    }
}
