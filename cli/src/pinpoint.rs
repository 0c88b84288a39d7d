//! What Amazon Pinpoint's former users saved before it ended, read from any mix of files.
//!
//! Each file is recognized by its content. The data is read as a stream: a dump may have millions of
//! endpoints, and none of them is kept.

mod balance;
mod campaign;
mod item;
mod segment;
mod sheet;
mod source;
mod spool;
mod table;
mod template;
mod template_path;
mod values;

pub(crate) use balance::Balance;
pub(crate) use source::visit;
pub(crate) use spool::Spool;

use serde_json::Value;

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) String);

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// What takes the objects of the dump, one by one.
pub(crate) trait Visitor {
    /// A JSON object of this file, or a row of it.
    fn object(&mut self, file: &str, value: Value);
    /// A file that is left out, with the reason.
    fn skipped(&mut self, file: &str, reason: &str);
}
