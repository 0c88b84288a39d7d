//! What an import needs next.

use super::{Import, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Find out from the file's beginning how it is read.
    Inspect,
    /// Read the file to its end and write its opt-outs.
    FirstPass,
    /// Write its contacts.
    SecondPass,
    /// Nothing.
    Over,
}

impl Import {
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.status {
            Status::Pending | Status::Running if self.reading.is_none() => Stage::Inspect,
            Status::Pending | Status::Running if !self.progress.first_pass.is_done => {
                Stage::FirstPass
            }
            Status::Pending | Status::Running => Stage::SecondPass,
            Status::Done | Status::Failed => Stage::Over,
        }
    }
}
