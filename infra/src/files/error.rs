//! Failures of the bucket, as callers distinguish them.

use aws_sdk_s3::error::SdkError;

/// S3's status of `SlowDown`.
const SLOW_DOWN: u16 = 503;
const PRECONDITION_FAILED: u16 = 412;
const NOT_FOUND: u16 = 404;
/// What S3 says of an absent object to those who may not list the bucket.
const FORBIDDEN: u16 = 403;

#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} {key}")]
pub struct FileError {
    operation: &'static str,
    key: String,
    pub reason: FileFailure,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFailure {
    /// The bucket is asked for more than it takes: try again later.
    Throttled,
    /// The file is another one than it was, or is gone.
    Changed,
    Other,
}

impl FileError {
    pub(super) fn request<E>(operation: &'static str, key: &str, error: SdkError<E>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let reason = match status(&error) {
            Some(SLOW_DOWN) => FileFailure::Throttled,
            Some(PRECONDITION_FAILED | NOT_FOUND) => FileFailure::Changed,
            _ => FileFailure::Other,
        };
        Self { operation, key: key.to_owned(), reason, source: Box::new(error) }
    }

    /// The connection ended before the file did.
    pub(super) fn interrupted(
        operation: &'static str,
        key: &str,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let reason = FileFailure::Other;
        Self { operation, key: key.to_owned(), reason, source: Box::new(error) }
    }
}

/// Whether a request for an object says that there is none.
pub(super) fn is_absent<E>(error: &SdkError<E>) -> bool {
    matches!(status(error), Some(NOT_FOUND | FORBIDDEN))
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
