//! Partitions that hold a month each.

use chrono::{Datelike, NaiveDate};
use shared::time::Timestamp;

/// The first day of a time's month, in UTC.
pub(super) fn month_of(at: Timestamp) -> NaiveDate {
    let date = at.datetime().date_naive();
    date.with_day(1).unwrap_or(date)
}

pub(super) fn month_before(month: NaiveDate) -> NaiveDate {
    let before = month.pred_opt().unwrap_or(month);
    before.with_day(1).unwrap_or(before)
}
