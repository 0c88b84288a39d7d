//! The item of an import, as it is written and as older versions wrote it.

use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::ids::{ImportId, OrganizationId};
use shared::import::{
    Columns, FirstPass, Import, Options, Position, Progress, ReadFile, Report, RowError, Skipped,
    Status, StoredFile, Undo,
};
use shared::job::Due;
use shared::time::Timestamp;

use super::super::{Result, TableError};
use super::KIND;

/// Older versions cannot read an item without `progress` and `columns`, so they leave alone an import
/// whose options they do not know.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    id: ImportId,
    state: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work: Option<Work>,
    /// What older versions wrote in place of `work`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Columns>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    progress: Option<FormerProgress>,
    /// The number of saves. Older versions counted rows here.
    rows_done: u64,
    failure: Option<String>,
    due: Option<Due>,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Work {
    options: Options,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<StoredFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<ReadFile>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_packed: bool,
    progress: Progress,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ending: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<StoredFile>,
    /// The number of rows in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report_rows: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_unmarked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undo: Option<Undo>,
    started_at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct FormerProgress {
    #[serde(default)]
    first_pass: FormerPass,
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    #[serde(default)]
    blank: u64,
    errors: Vec<RowError>,
}

#[derive(Default, Serialize, Deserialize)]
struct FormerPass {
    opt_outs: u64,
    is_done: bool,
}

impl Row {
    pub(super) fn of(import: &Import, version: u64, due: Option<Due>) -> Self {
        let import = import.clone();
        let report_rows = import.report.as_ref().and_then(|report| report.rows);
        Self {
            id: import.id,
            state: import.status,
            work: Some(Work {
                options: import.options,
                file: import.file,
                reading: import.reading,
                is_packed: import.is_packed,
                progress: import.progress,
                ending: import.ending,
                report: import.report.map(|report| report.file),
                report_rows,
                is_unmarked: import.is_unmarked,
                undo: import.undo,
                started_at: import.started_at,
            }),
            columns: None,
            encoding: None,
            progress: None,
            rows_done: version,
            failure: import.failure,
            due,
            changed_by: import.changed_by,
            created_at: import.created_at,
            updated_at: import.updated_at,
        }
    }

    pub(super) fn into_import(
        self,
        organization_id: OrganizationId,
    ) -> Result<(Import, Option<Due>)> {
        let (work, former_errors) = match (self.work, self.progress) {
            (Some(work), _) => (work, Vec::new()),
            (None, Some(former)) => {
                let columns = self.columns.unwrap_or_default();
                let options = Options { columns, encoding: self.encoding, ..Options::default() };
                former.into_work(options, self.state, self.created_at)
            }
            (None, None) => return Err(TableError::malformed(KIND, "it has no progress")),
        };
        let import = Import {
            id: self.id,
            organization_id,
            status: self.state,
            options: work.options,
            file: work.file,
            reading: work.reading,
            is_packed: work.is_packed,
            progress: work.progress,
            former_errors,
            ending: work.ending,
            report: work.report.map(|file| Report { file, rows: work.report_rows }),
            is_unmarked: work.is_unmarked,
            undo: work.undo,
            failure: self.failure,
            changed_by: self.changed_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
            started_at: work.started_at,
            version: self.rows_done,
        };
        Ok((import, self.due))
    }
}

impl FormerProgress {
    /// An import on its way does its first pass again, to learn whether the file has contacts' ids.
    /// Writing the same opt-outs twice does nothing.
    fn into_work(
        self,
        options: Options,
        status: Status,
        created_at: Timestamp,
    ) -> (Work, Vec<RowError>) {
        let Self { first_pass, rows, created, updated, rejected, blank, errors } = self;
        let first_pass = match status {
            Status::Pending | Status::Running => FirstPass::default(),
            Status::Uploading
            | Status::Done
            | Status::Failed
            | Status::Cancelled
            | Status::Undoing
            | Status::Undone => FirstPass {
                opt_outs: first_pass.opt_outs,
                is_done: first_pass.is_done,
                ..FirstPass::default()
            },
        };
        let progress = Progress {
            first_pass,
            second_pass: Position { rows, place: None },
            created,
            updated,
            rejected,
            skipped: Skipped { blank, ..Skipped::default() },
            ..Progress::default()
        };
        let work = Work {
            options,
            file: None,
            reading: None,
            is_packed: false,
            progress,
            ending: None,
            report: None,
            report_rows: None,
            is_unmarked: created > 0,
            undo: None,
            started_at: created_at,
        };
        (work, errors)
    }
}

#[cfg(test)]
mod tests {
    use shared::actor::Actor;
    use shared::import::{Refusal, RejectedRows};

    use super::*;

    /// Items as earlier versions wrote them, the attributes of keys left out.
    fn read(json: &str) -> (Import, Option<Due>) {
        let row: Row = serde_json::from_str(json).expect("readable");
        row.into_import(OrganizationId(uuid::Uuid::nil())).expect("complete")
    }

    #[test]
    fn an_import_of_the_first_version_is_read() {
        let (import, due) = read(include_str!("import_v1.json"));
        assert_eq!((import.status, due), (Status::Done, None));
        assert_eq!((import.progress.rows(), import.progress.created), (3, 2));
        assert_eq!(import.former_errors[0].row, 2);
        assert_eq!(import.rejected_rows(), RejectedRows::Missing);
        let undo = import.undo(Actor::Deployment, import.updated_at);
        assert_eq!(undo, Err(Refusal::Unmarked), "its contacts cannot be found");
        assert!(import.progress.is_balanced());
    }

    #[test]
    fn an_import_on_its_way_goes_on_behind_its_rows() {
        let (import, due) = read(include_str!("import_v2.json"));
        assert!(due.is_some());
        assert_eq!(import.version, 1_041, "as its last run counted");
        assert_eq!(import.progress.second_pass, Position { rows: 40, place: None });
        assert_eq!(import.progress.first_pass, FirstPass::default(), "it is done again");
        assert_eq!(import.options.columns.phone.as_deref(), Some("Mobile"));
        assert_eq!(import.encoding(), Some("windows-1252"));
        assert!(import.progress.is_balanced());
    }

    #[test]
    fn what_is_written_is_read_and_older_versions_leave_it() {
        let (import, due) = read(include_str!("import_v2.json"));
        let written = Row::of(&import, import.version, due.clone());
        let json = serde_json::to_value(&written).expect("json");
        assert!(json.get("progress").is_none() && json.get("columns").is_none());
        let row: Row = serde_json::from_value(json).expect("readable");
        let (read, read_due) = row.into_import(import.organization_id).expect("complete");
        assert_eq!((read, read_due), (Import { former_errors: Vec::new(), ..import }, due));
    }
}
