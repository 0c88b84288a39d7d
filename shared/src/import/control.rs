//! What people do with an import, and what its time does.

use super::limits::START_WITHIN_SECONDS;
use super::{Import, Stage, Status, StoredFile};
use crate::actor::Actor;
use crate::time::Timestamp;

/// Why an import is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the import is not waiting for its upload")]
    NotUploading,
    #[error("the import has ended")]
    Ended,
    #[error("the import has not ended; cancel it first")]
    NotEnded,
    #[error("the file of the import's rejected rows is being written; try again shortly")]
    Reporting,
    #[error("the import was undone, or wrote no contacts")]
    NothingToUndo,
    #[error(
        "an earlier version ran the import and did not record which contacts it created; delete them \
         one by one"
    )]
    Unmarked,
}

impl Import {
    /// The import while its file is being uploaded to `key`.
    #[must_use]
    pub fn awaiting(self, key: String) -> Self {
        let file = StoredFile { key, etag: None, size: 0 };
        Self { status: Status::Uploading, file: Some(file), ..self }
    }

    /// Whether a client may have uploaded its file, and has not started it.
    pub(super) fn is_upload_open(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.etag.is_none() && file.size == 0)
    }

    /// The import after the file of its upload is removed for good.
    #[must_use]
    pub fn discarded(self, now: Timestamp) -> Self {
        Self { file: None, updated_at: now, ..self }
    }

    /// When an upload that is not started expires.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus_seconds(START_WITHIN_SECONDS)
    }

    /// The import of the file that was uploaded, which must not change from now on.
    pub fn start(&self, file: StoredFile, by: Actor, now: Timestamp) -> Result<Self, Refusal> {
        if self.status != Status::Uploading {
            return Err(Refusal::NotUploading);
        }
        Ok(Self {
            status: Status::Pending,
            file: Some(file),
            started_at: now,
            changed_by: Some(by),
            updated_at: now,
            ..self.clone()
        })
    }

    /// The import without the rows that it has not come to. What was written stays.
    pub fn cancel(&self, by: Actor, now: Timestamp) -> Result<Self, Refusal> {
        match self.status {
            Status::Uploading | Status::Pending | Status::Running => Ok(Self {
                status: Status::Cancelled,
                ending: self.owes_report().then_some(Status::Cancelled),
                changed_by: Some(by),
                updated_at: now,
                ..self.clone()
            }),
            Status::Done
            | Status::Failed
            | Status::Cancelled
            | Status::Undoing
            | Status::Undone => Err(Refusal::Ended),
        }
    }

    /// The import whose contacts are to be removed again.
    pub fn undo(&self, by: Actor, now: Timestamp) -> Result<Self, Refusal> {
        if self.stage() == Stage::Report {
            return Err(Refusal::Reporting);
        }
        match self.status {
            Status::Uploading | Status::Pending | Status::Running => Err(Refusal::NotEnded),
            Status::Undoing | Status::Undone => Err(Refusal::NothingToUndo),
            Status::Done | Status::Failed | Status::Cancelled => {
                if self.progress.created == 0 || self.options.dry_run {
                    return Err(Refusal::NothingToUndo);
                }
                if self.is_unmarked {
                    return Err(Refusal::Unmarked);
                }
                Ok(Self {
                    status: Status::Undoing,
                    changed_by: Some(by),
                    updated_at: now,
                    ..self.clone()
                })
            }
        }
    }

    /// The import whose upload was not started in time.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Self {
        let failure = "the upload was not started within a day; create another import";
        Self {
            status: Status::Failed,
            failure: Some(failure.to_owned()),
            updated_at: now,
            ..self.clone()
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ids::{ImportId, OrganizationId};
    use crate::import::{Options, RejectedRows};

    pub(in crate::import) fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    pub(in crate::import) fn new() -> Import {
        let (id, organization_id) =
            (ImportId::new(at(0), [0; 10]), OrganizationId::new(at(0), [0; 10]));
        Import::new(id, organization_id, Options::default(), None, at(0))
    }

    fn again_started(awaiting: &Import) -> Import {
        awaiting.start(file(), Actor::Deployment, at(60)).expect("uploading")
    }

    pub(in crate::import) fn file() -> StoredFile {
        StoredFile { key: "a".to_owned(), etag: Some("b".to_owned()), size: 5 }
    }

    #[test]
    fn an_upload_is_started_once_or_expires() {
        let awaiting = new().awaiting("a".to_owned());
        assert_eq!(awaiting.stage(), Stage::Expire);
        let started = awaiting.start(file(), Actor::Deployment, at(60)).expect("uploading");
        assert_eq!((started.stage(), started.started_at), (Stage::Inspect, at(60)));
        let again = started.start(file(), Actor::Deployment, at(61));
        assert_eq!(again, Err(Refusal::NotUploading));
        let expired = awaiting.expired(awaiting.expires_at());
        assert_eq!((expired.status, expired.stage()), (Status::Failed, Stage::Discard));
        let stopped = awaiting.cancel(Actor::Deployment, at(60)).expect("uploading");
        assert_eq!((stopped.status, stopped.stage()), (Status::Cancelled, Stage::Discard));
        for import in [expired, stopped] {
            assert_eq!(import.rejected_rows(), RejectedRows::None);
            assert_eq!(import.discarded(at(90)).stage(), Stage::Over);
        }
        let stopped = again_started(&awaiting).cancel(Actor::Deployment, at(62));
        assert_eq!(stopped.expect("pending").stage(), Stage::Over, "its file was started");
    }

    #[test]
    fn only_an_import_that_has_ended_and_wrote_is_undone() {
        let undo = |status, created, dry_run| {
            let mut import = Import { status, ..new() };
            (import.progress.created, import.options.dry_run) = (created, dry_run);
            import.undo(Actor::Deployment, at(1)).map(|import| import.stage())
        };
        for ended in [Status::Done, Status::Failed, Status::Cancelled] {
            assert_eq!(undo(ended, 1, false), Ok(Stage::Undo));
            assert_eq!(undo(ended, 0, false), Err(Refusal::NothingToUndo));
            assert_eq!(undo(ended, 1, true), Err(Refusal::NothingToUndo));
        }
        for open in [Status::Uploading, Status::Pending, Status::Running] {
            assert_eq!(undo(open, 1, false), Err(Refusal::NotEnded));
        }
        for undone in [Status::Undoing, Status::Undone] {
            assert_eq!(undo(undone, 1, false), Err(Refusal::NothingToUndo));
        }
    }

    #[test]
    fn a_cancel_comes_before_the_end_or_not_at_all() {
        for status in [Status::Done, Status::Failed, Status::Cancelled, Status::Undone] {
            let ended = Import { status, ..new() };
            assert_eq!(ended.cancel(Actor::Deployment, at(1)), Err(Refusal::Ended));
        }
    }
}
