//! Until when a refusal must be honored.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The number of business days within which a request to stop must be honored. Source: 47 CFR
/// 64.1200(a)(10).
const BUSINESS_DAYS: u32 = 10;

/// The last day on which a refusal that was received on `received` must be honored. Both are days in
/// the organization's time zone. Holidays count as business days, since they differ by state: a date
/// that is a day early harms no one.
#[must_use]
pub fn due_on(received: NaiveDate) -> NaiveDate {
    plus_business_days(received, BUSINESS_DAYS)
}

/// The day that is `days` business days after `from`. Saturdays and Sundays don't count.
#[must_use]
pub fn plus_business_days(from: NaiveDate, days: u32) -> NaiveDate {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        let Some(next) = day.checked_add_days(Days::new(1)) else {
            return day;
        };
        day = next;
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(written: &str) -> NaiveDate {
        written.parse().expect("a date")
    }

    /// 2026-11-23 is a Monday. Thanksgiving, 2026-11-26, counts.
    #[test]
    fn weekends_do_not_count() {
        for (received, expected) in [
            ("2026-11-23", "2026-12-07"),
            ("2026-11-24", "2026-12-08"),
            ("2026-11-27", "2026-12-11"),
            ("2026-11-28", "2026-12-11"),
            ("2026-11-29", "2026-12-11"),
            ("2026-11-30", "2026-12-14"),
            ("2026-12-21", "2027-01-04"),
            ("2028-02-25", "2028-03-10"),
        ] {
            assert_eq!(due_on(day(received)), day(expected), "{received}");
        }
    }

    #[test]
    fn a_count_of_days_starts_the_day_after() {
        for (days, expected) in [(0, "2026-11-27"), (1, "2026-11-30"), (2, "2026-12-01")] {
            assert_eq!(plus_business_days(day("2026-11-27"), days), day(expected), "{days}");
        }
    }

    #[test]
    fn the_calendar_may_end() {
        assert_eq!(due_on(NaiveDate::MAX), NaiveDate::MAX);
    }
}
