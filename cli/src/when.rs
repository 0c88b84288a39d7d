//! Times on the command line.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};

/// Reads a time as RFC 3339, or as a span from now: `in 90m`, `2h`, `3d`.
pub(crate) fn parse(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let delta = span(text.trim_start_matches("in").trim_start().trim_start_matches('+'));
    delta.and_then(|delta| now.checked_add_signed(delta)).ok_or_else(|| {
        "must be a time such as 2026-11-30T09:00:00-08:00, or a span such as 90m, 2h or 3d"
            .to_owned()
    })
}

/// Reads a time that is over: as RFC 3339, as a day in UTC, or as a span before now.
pub(crate) fn parse_past(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    span(text).and_then(|delta| now.checked_sub_signed(delta)).ok_or_else(|| {
        "must be a time such as 2026-11-30T09:00:00-08:00, a day such as 2026-11-30, or a span such as 90m, 2h or 3d"
            .to_owned()
    })
}

fn span(text: &str) -> Option<TimeDelta> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    number.parse().ok().and_then(|number| match unit.trim() {
        "m" | "min" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    })
}

/// A time as the API takes it.
pub(crate) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_spans_are_read() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").unwrap().to_utc();
        let read = |text| parse(text, now).map(rfc3339);
        assert_eq!(read("in 90m").unwrap(), "2026-11-23T10:30:00.000Z");
        assert_eq!(read("+2h").unwrap(), "2026-11-23T11:00:00.000Z");
        assert_eq!(read("3 d").unwrap(), "2026-11-26T09:00:00.000Z");
        assert_eq!(read("2026-11-30T09:00:00-08:00").unwrap(), "2026-11-30T17:00:00.000Z");
        for text in ["", "tomorrow", "2", "h", "2026-11-30", "99999999999999999d"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn past_times_and_days_are_read() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").unwrap().to_utc();
        let read = |text| parse_past(text, now).map(rfc3339);
        assert_eq!(read("7d").unwrap(), "2026-11-16T09:00:00.000Z");
        assert_eq!(read("2026-11-01").unwrap(), "2026-11-01T00:00:00.000Z");
        assert_eq!(read("2026-11-01T09:00:00-08:00").unwrap(), "2026-11-01T17:00:00.000Z");
        for text in ["", "yesterday", "2026-11-31", "7"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
