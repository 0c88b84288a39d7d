//! The item of an export.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::export::{DAYS_KEPT, Export, Format, Kind, Parts, Position, Stage, Status};
use shared::ids::{CampaignId, ExportId, OrganizationId};
use shared::job::Due;
use shared::time::Timestamp;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    id: ExportId,
    of: Kind,
    form: Format,
    campaign_id: Option<CampaignId>,
    state: Status,
    rows_written: u64,
    place: Position,
    #[serde(default)]
    is_read: bool,
    #[serde(default)]
    columns: BTreeSet<String>,
    #[serde(default)]
    are_columns_known: bool,
    #[serde(default)]
    restarts: u32,
    parts: Parts,
    file_size: Option<u64>,
    failure: Option<String>,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
    due: Option<Due>,
    /// It is removed with its file, or as long after its failure. Epoch seconds.
    expires_at: Option<i64>,
}

impl Row {
    pub(super) fn of(export: &Export, version: u64, due: Option<Due>) -> Self {
        let export = export.clone();
        let is_over = export.stage() == Stage::Over;
        let expires_at = export.updated_at.plus_seconds(DAYS_KEPT * 86_400).unix_seconds();
        Self {
            id: export.id,
            of: export.kind,
            form: export.format,
            campaign_id: export.campaign_id,
            state: export.status,
            rows_written: export.rows,
            place: export.position,
            is_read: export.is_read,
            columns: export.attributes,
            are_columns_known: export.are_attributes_known,
            restarts: export.restarts,
            parts: export.parts,
            file_size: export.size,
            failure: export.failure,
            changed_by: export.changed_by,
            created_at: export.created_at,
            updated_at: export.updated_at,
            version,
            due,
            expires_at: is_over.then_some(expires_at),
        }
    }

    pub(super) fn into_export(self, organization_id: OrganizationId) -> (Export, Option<Due>) {
        let export = Export {
            id: self.id,
            organization_id,
            kind: self.of,
            format: self.form,
            campaign_id: self.campaign_id,
            status: self.state,
            rows: self.rows_written,
            position: self.place,
            is_read: self.is_read,
            attributes: self.columns,
            are_attributes_known: self.are_columns_known,
            restarts: self.restarts,
            parts: self.parts,
            size: self.file_size,
            failure: self.failure,
            changed_by: self.changed_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        };
        (export, self.due)
    }
}

#[cfg(test)]
mod tests {
    use shared::export::{Gzip, Part};

    use super::*;

    /// An item as it was first written, the attributes of keys left out.
    #[test]
    fn an_export_of_the_first_version_is_read() {
        let row: Row = serde_json::from_str(include_str!("export_v1.json")).expect("readable");
        let organization = OrganizationId(uuid::Uuid::nil());
        let (export, due) = row.into_export(organization);
        assert_eq!((export.kind, export.format), (Kind::Contacts, Format::Csv));
        assert_eq!((export.stage(), export.rows), (Stage::Rows, 250));
        assert_eq!(export.position.after.as_deref(), Some("CONTACT#+14153550101#1"));
        assert_eq!(export.parts.gzip, Gzip { checksum: 7, plain: 20_000 });
        let part =
            Part { number: 1, etag: Some("\"a\"".to_owned()), checksum: None, size: 8_388_608 };
        assert_eq!(export.parts.written, [part]);
        let due = due.expect("owed");
        let written = Row::of(&export, export.version, Some(due.clone()));
        let json = serde_json::to_value(&written).expect("JSON");
        assert!(json["expiresAt"].is_null(), "it has not ended");
        let row: Row = serde_json::from_value(json).expect("readable");
        assert_eq!(row.into_export(organization), (export.clone(), Some(due)));
        let done = export.completed(9, export.updated_at);
        assert!(Row::of(&done, 9, None).expires_at.is_some());
    }
}
