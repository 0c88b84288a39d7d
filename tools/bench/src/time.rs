//! The clock.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;

/// Milliseconds since 1970.
pub(crate) fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Today in UTC, such as 2026-11-25.
pub(crate) fn today() -> String {
    DateTime::from_timestamp_millis(now_millis())
        .map_or_else(String::new, |now| now.format("%Y-%m-%d").to_string())
}
