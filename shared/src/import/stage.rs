//! What an import needs next.

use super::{Import, Status};

/// A file of this number of rejected rows is written in a few seconds.
const SHORT_REPORT_ROWS: u64 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Give up waiting for a file that was not uploaded.
    Expire,
    /// Find out from the file's beginning how it is read, or that it must be unpacked.
    Inspect,
    /// Unpack an archive.
    Unpack,
    /// Read the file to its end and write its opt-outs.
    FirstPass,
    /// Write its contacts.
    SecondPass,
    /// Write the file of the rejected rows.
    Report,
    /// Remove the file of an upload that is not started anymore.
    Discard,
    /// Remove the contacts that it created.
    Undo,
    /// Nothing.
    Over,
}

impl Import {
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.status {
            Status::Uploading => Stage::Expire,
            Status::Pending | Status::Running | Status::Cancelled if self.ending.is_some() => {
                Stage::Report
            }
            Status::Pending | Status::Running if self.reading.is_some() => {
                if self.progress.first_pass.is_done { Stage::SecondPass } else { Stage::FirstPass }
            }
            Status::Pending | Status::Running if self.is_packed => Stage::Unpack,
            Status::Pending | Status::Running => Stage::Inspect,
            Status::Failed | Status::Cancelled if self.is_upload_open() => Stage::Discard,
            Status::Undoing => Stage::Undo,
            Status::Done | Status::Failed | Status::Cancelled | Status::Undone => Stage::Over,
        }
    }

    /// Whether it still creates, changes or removes contacts.
    #[must_use]
    pub fn is_changing_contacts(&self) -> bool {
        match self.stage() {
            Stage::Inspect | Stage::Unpack | Stage::FirstPass | Stage::SecondPass => {
                !self.options.dry_run
            }
            Stage::Undo => true,
            Stage::Expire | Stage::Report | Stage::Discard | Stage::Over => false,
        }
    }

    /// Whether its next step is a long one, which needs a run from its beginning.
    #[must_use]
    pub fn is_step_long(&self) -> bool {
        match self.stage() {
            Stage::Unpack => true,
            Stage::Report => self.progress.rejected > SHORT_REPORT_ROWS,
            Stage::Expire
            | Stage::Inspect
            | Stage::FirstPass
            | Stage::SecondPass
            | Stage::Discard
            | Stage::Undo
            | Stage::Over => false,
        }
    }
}
