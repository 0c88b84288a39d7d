//! The ends of imports and exports.

use serde::{Deserialize, Serialize};

use super::{Data, Event, EventType};
use crate::export::{self, Export};
use crate::ids::{EventId, ExportId, ImportId};
use crate::import::{self, Import};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportEnd {
    pub import_id: ImportId,
    pub status: import::Status,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub rejected: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportEnd {
    pub export_id: ExportId,
    pub kind: export::Kind,
    pub status: export::Status,
    pub rows: u64,
}

/// The event of an import that has ended with this write, or whose contacts were all removed again.
#[must_use]
pub fn import_event(before: &Import, after: &Import, id: EventId) -> Option<Event> {
    if before.status == after.status || !has_import_ended(after.status) {
        return None;
    }
    let progress = &after.progress;
    Some(Event {
        id,
        kind: EventType::ImportFinished,
        occurred_at: after.updated_at,
        organization_id: after.organization_id,
        data: Data::Import(ImportEnd {
            import_id: after.id,
            status: after.status,
            rows: progress.rows(),
            created: progress.created,
            updated: progress.updated,
            rejected: progress.rejected,
        }),
    })
}

fn has_import_ended(status: import::Status) -> bool {
    match status {
        import::Status::Done
        | import::Status::Failed
        | import::Status::Cancelled
        | import::Status::Undone => true,
        import::Status::Uploading
        | import::Status::Pending
        | import::Status::Running
        | import::Status::Undoing => false,
    }
}

/// The event of an export that has ended with this write.
#[must_use]
pub fn export_event(before: &Export, after: &Export, id: EventId) -> Option<Event> {
    let is_over = |export: &Export| export.stage() == export::Stage::Over;
    if is_over(before) || !is_over(after) {
        return None;
    }
    Some(Event {
        id,
        kind: EventType::ExportFinished,
        occurred_at: after.updated_at,
        organization_id: after.organization_id,
        data: Data::Export(ExportEnd {
            export_id: after.id,
            kind: after.kind,
            status: after.status,
            rows: after.rows,
        }),
    })
}
