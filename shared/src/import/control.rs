//! What people do with an import, and what its time does.

use super::limits::START_WITHIN_SECONDS;
use super::{Import, Status, StoredFile};
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
    #[error("the import was undone, or wrote no contacts")]
    NothingToUndo,
}

impl Import {
    /// The import while its file is being uploaded to `key`.
    #[must_use]
    pub fn awaiting(self, key: String) -> Self {
        let file = StoredFile { key, etag: None, size: 0 };
        Self { status: Status::Uploading, file: Some(file), ..self }
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
        match self.status {
            Status::Done | Status::Failed | Status::Cancelled
                if self.progress.created > 0 && !self.options.dry_run =>
            {
                Ok(Self {
                    status: Status::Undoing,
                    changed_by: Some(by),
                    updated_at: now,
                    ..self.clone()
                })
            }
            Status::Done
            | Status::Failed
            | Status::Cancelled
            | Status::Undoing
            | Status::Undone => Err(Refusal::NothingToUndo),
            Status::Uploading | Status::Pending | Status::Running => Err(Refusal::NotEnded),
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

    /// The import after its job has failed again and again.
    #[must_use]
    pub fn given_up(&self, now: Timestamp) -> Self {
        let failure = if self.status == Status::Undoing {
            "undoing it failed repeatedly; undo it again".to_owned()
        } else {
            let rows = self.progress.rows();
            format!("failed repeatedly after row {rows}; import the remaining rows")
        };
        Self {
            status: Status::Failed,
            ending: None,
            failure: Some(failure),
            updated_at: now,
            ..self.clone()
        }
    }

    /// The import after its last row, or after one that cannot be read. It ends once its rejected
    /// rows are in the bucket.
    #[must_use]
    pub fn ended(self, status: Status) -> Self {
        if self.progress.rejected > 0 && self.report.is_none() {
            Self { ending: Some(status), ..self }
        } else {
            Self { status, ending: None, ..self }
        }
    }
}
