//! Why a command failed, and the exit code that says so.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::problem::Problem;

/// What scripts may rely on. `volley help` lists the codes.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  Done
  1  The API refused the request
  2  The command is wrong: an argument, a file or a missing setting
  3  The API could not be reached
  4  Done, but not everything: rows were rejected, or a check found a problem
  5  You declined
";

#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Box<Problem>),
    Usage(String),
    Unreachable(String),
    /// The command ran, and some of its work did not succeed. The text says what.
    Incomplete(String),
    Declined,
    File(PathBuf, std::io::Error),
    /// The reader of the output has gone, such as `head`.
    Closed,
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// For `map_err` of an operation on a file.
    pub(crate) fn file(path: &Path) -> impl Fn(std::io::Error) -> Self + use<'_> {
        move |error| Self::File(path.to_owned(), error)
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Refused(_) => 1,
            Self::Usage(_) | Self::File(..) => 2,
            Self::Unreachable(_) => 3,
            Self::Incomplete(_) => 4,
            Self::Declined => 5,
        }
    }
}

/// An error while writing to standard output.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::File(PathBuf::from("the output"), error),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        std::io::Error::from(error).into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => problem.fmt(f),
            Self::Usage(text) | Self::Unreachable(text) | Self::Incomplete(text) => {
                f.write_str(text)
            }
            Self::Declined => f.write_str("declined; nothing was changed"),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Closed => Ok(()),
        }
    }
}
