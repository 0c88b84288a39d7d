//! How an import ends, and where its rejected rows are.

use super::report::Report;
use super::{Import, Stage, Status};
use crate::time::Timestamp;

/// Where an import's rejected rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedRows<'i> {
    /// There are none.
    None,
    In(&'i Report),
    /// Their file is written when the import ends.
    Pending,
    /// The import ended without their file.
    Missing,
}

impl Import {
    /// The import after its job has failed again and again.
    #[must_use]
    pub fn given_up(&self, now: Timestamp) -> Self {
        let (status, failure) = match self.stage() {
            // Only a file is not written or not removed.
            Stage::Report | Stage::Discard | Stage::Over => {
                (self.status_at_end(), self.failure.clone())
            }
            Stage::Undo => {
                (Status::Failed, Some("undoing it failed repeatedly; undo it again".to_owned()))
            }
            Stage::Expire
            | Stage::Inspect
            | Stage::Unpack
            | Stage::FirstPass
            | Stage::SecondPass => {
                let rows = self.progress.rows();
                let failure =
                    format!("failed repeatedly after row {rows}; import the remaining rows");
                (Status::Failed, Some(failure))
            }
        };
        Self { status, ending: None, failure, updated_at: now, ..self.clone() }
    }

    /// The import after its last row, or after one that cannot be read. It ends once its rejected
    /// rows are in the bucket.
    #[must_use]
    pub fn ended(self, status: Status) -> Self {
        if self.owes_report() {
            Self { ending: Some(status), ..self }
        } else {
            Self { status, ending: None, ..self }
        }
    }

    /// The import whose rejected rows are in the bucket, which was the last thing to do.
    #[must_use]
    pub fn reported(self, report: Report) -> Self {
        Self { status: self.status_at_end(), ending: None, report: Some(report), ..self }
    }

    /// Where its rejected rows are.
    #[must_use]
    pub fn rejected_rows(&self) -> RejectedRows<'_> {
        if let Some(report) = &self.report {
            return RejectedRows::In(report);
        }
        match self.stage() {
            Stage::Expire
            | Stage::Inspect
            | Stage::Unpack
            | Stage::FirstPass
            | Stage::SecondPass
            | Stage::Report => RejectedRows::Pending,
            Stage::Discard | Stage::Undo | Stage::Over => {
                if self.progress.rejected == 0 {
                    RejectedRows::None
                } else {
                    RejectedRows::Missing
                }
            }
        }
    }

    pub(super) fn owes_report(&self) -> bool {
        self.progress.rejected > 0 && self.report.is_none()
    }

    /// The status once the file of its rejected rows is written or given up.
    fn status_at_end(&self) -> Status {
        match (self.status, self.ending) {
            // A person stopped it in between.
            (Status::Cancelled, _) | (_, None) => self.status,
            (_, Some(ending)) => ending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::import::Refusal;
    use crate::import::control::tests::{at, file, new};

    #[test]
    fn an_import_ends_once_its_rejected_rows_are_in_the_bucket() {
        let mut import = new();
        assert_eq!(import.clone().ended(Status::Done).status, Status::Done);
        import.progress.rejected = 1;
        let ending = Import { status: Status::Running, ..import }.ended(Status::Failed);
        assert_eq!((ending.status, ending.stage()), (Status::Running, Stage::Report));
        let stopped = ending.cancel(Actor::Deployment, at(1)).expect("running");
        assert_eq!((stopped.status, stopped.stage()), (Status::Cancelled, Stage::Report));
        for (import, status) in [(ending, Status::Failed), (stopped, Status::Cancelled)] {
            assert_eq!(import.rejected_rows(), RejectedRows::Pending);
            assert_eq!(import.undo(Actor::Deployment, at(2)), Err(Refusal::Reporting));
            let given_up = import.given_up(at(2));
            assert_eq!((given_up.status, given_up.stage()), (status, Stage::Over));
            assert_eq!(given_up.rejected_rows(), RejectedRows::Missing);
            assert_eq!(given_up.failure, None);
            let ended = import.reported(Report { file: file(), rows: Some(1) });
            assert_eq!((ended.status, ended.stage()), (status, Stage::Over));
            assert!(matches!(ended.rejected_rows(), RejectedRows::In(_)));
        }
    }

    #[test]
    fn an_import_that_ended_without_a_file_of_rejected_rows_says_so() {
        for status in [Status::Done, Status::Failed, Status::Cancelled, Status::Undoing] {
            let mut import = Import { status, ..new() };
            assert_eq!(import.rejected_rows(), RejectedRows::None);
            import.progress.rejected = 2;
            assert_eq!(import.rejected_rows(), RejectedRows::Missing, "{status:?}");
        }
    }

    #[test]
    fn an_import_that_is_given_up_says_where() {
        let import = Import { status: Status::Running, ..new() }.given_up(at(1));
        assert_eq!(import.status, Status::Failed);
        assert!(import.failure.is_some_and(|failure| failure.contains("after row 0")));
        let undo = Import { status: Status::Undoing, ..new() }.given_up(at(1));
        assert!(undo.failure.is_some_and(|failure| failure.contains("undo it again")));
    }
}
