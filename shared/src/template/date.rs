//! Formatting dates as they are written, without a zone or a clock.

use std::fmt::Write as _;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::filters::shortened;

/// Such as March 5, 2026.
pub(super) const DEFAULT: &str = "%B %-d, %Y";
/// The longest format, in bytes.
const MAX_FORMAT: usize = 64;

/// A date such as `2026-03-05`, or the date and time of an RFC 3339 time in the offset that it is
/// written with.
pub(super) fn formatted(written: &str, format: &str) -> Result<String, String> {
    let local = local(written.trim())
        .ok_or_else(|| format!("{:?} is not a date, such as 2026-03-05", shortened(written)))?;
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if format.len() > MAX_FORMAT || items.contains(&Item::Error) {
        return Err(format!("{:?} is not a date format", shortened(format)));
    }
    let mut text = String::new();
    // An offset and a zone's name cannot be shown.
    write!(text, "{}", local.format_with_items(items.iter()))
        .map_err(|_| format!("{:?} has more than a date and a time", shortened(format)))?;
    Ok(text)
}

fn local(written: &str) -> Option<NaiveDateTime> {
    if let Ok(date) = NaiveDate::parse_from_str(written, "%Y-%m-%d") {
        return Some(date.and_time(chrono::NaiveTime::MIN));
    }
    DateTime::parse_from_rfc3339(written).ok().map(|moment| moment.naive_local())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_shown_as_written() {
        assert_eq!(formatted("2026-03-05", DEFAULT).as_deref(), Ok("March 5, 2026"));
        let time = formatted("2026-03-05T23:30:00-05:00", "%a %d.%m. %H:%M");
        assert_eq!(time.as_deref(), Ok("Thu 05.03. 23:30"));
        for (date, format) in
            [("soon", DEFAULT), ("2026-03-05", "%Q"), ("2026-03-05", "%z"), ("2026-02-30", DEFAULT)]
        {
            assert!(formatted(date, format).is_err(), "{date} {format}");
        }
    }

    proptest! {
        #[test]
        fn any_format_is_used_or_refused(format in "(%[-_0:#.]?[a-zA-Z0-9+%]|\\PC){0,30}") {
            if let Ok(text) = formatted("2026-03-05", &format) {
                prop_assert!(text.len() < 2_000);
            }
        }
    }
}
