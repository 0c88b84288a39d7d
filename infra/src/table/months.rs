//! Partitions that hold a month each.

use chrono::{Datelike, Months, NaiveDate};
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

/// The months in which an organization's texts and changes may be, and one more for clocks that differ.
pub fn months_since(created_at: Timestamp, now: Timestamp) -> impl Iterator<Item = NaiveDate> {
    let next = |month: NaiveDate| month.checked_add_months(Months::new(1));
    let (first, last) = (month_of(created_at), month_of(now));
    let end = next(last).unwrap_or(last);
    std::iter::successors(Some(first), move |month| next(*month).filter(|next| *next <= end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_is_searched() {
        let time = |written: &str| written.parse::<Timestamp>().expect("a time");
        let (created_at, now) = (time("2025-11-30T12:00:00Z"), time("2026-01-01T00:00:00Z"));
        let found: Vec<String> =
            months_since(created_at, now).map(|month| month.to_string()).collect();
        assert_eq!(found, ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]);
    }
}
