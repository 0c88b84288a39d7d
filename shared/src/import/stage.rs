//! What an import needs next.

use super::{Import, Status};

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
            Status::Pending | Status::Running if self.ending.is_some() => Stage::Report,
            Status::Pending | Status::Running if self.reading.is_some() => {
                if self.progress.first_pass.is_done { Stage::SecondPass } else { Stage::FirstPass }
            }
            Status::Pending | Status::Running if self.is_packed => Stage::Unpack,
            Status::Pending | Status::Running => Stage::Inspect,
            Status::Cancelled if self.progress.rejected > 0 && self.report.is_none() => {
                Stage::Report
            }
            Status::Undoing => Stage::Undo,
            Status::Done | Status::Failed | Status::Cancelled | Status::Undone => Stage::Over,
        }
    }
}
