//! How large the files of imports may be.

/// The largest file that a client may upload, in bytes. It is the most that S3 takes at once.
pub const MAX_UPLOAD_BYTES: u64 = 5 * 1024 * 1024 * 1024;
/// The largest gzip archive, in bytes: it must be unpacked in one run.
pub const MAX_PACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// The largest file in an archive, in bytes.
pub const MAX_PLAIN_BYTES: u64 = 10 * 1024 * 1024 * 1024;
/// How many times as large as its archive a file may be.
pub const MAX_RATIO: u64 = 200;
/// Smaller files may be as regular as they like.
pub const RATIO_FROM_BYTES: u64 = 16 * 1024 * 1024;
/// How many uploads of an organization may be open at once.
pub const MAX_OPEN_UPLOADS: usize = 10;
/// How long a form for an upload is valid.
pub const UPLOAD_SECONDS: i64 = 15 * 60;
/// An import whose upload is not started within this time expires.
pub const START_WITHIN_SECONDS: i64 = 24 * 3_600;
/// How long a link to the file of rejected rows is valid.
pub const REPORT_LINK_SECONDS: i64 = 5 * 60;
/// The maximum number of rejected rows in their file. Spreadsheets open 1,048,576.
pub const MAX_REPORT_ROWS: u64 = 1_000_000;
/// Longer than any run of the send function, which takes a whole one for a long step.
pub const LONG_STEP_SECONDS: i64 = 330;
