//! Times on the command line.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// Reads a time as RFC 3339, or as a span from now: `in 90m`, `2h`, `3d`.
pub(crate) fn parse(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let span = text.trim_start_matches("in").trim_start().trim_start_matches('+');
    let digits = span.find(|character: char| !character.is_ascii_digit()).unwrap_or(span.len());
    let (number, unit) = span.split_at(digits);
    let delta = number.parse().ok().and_then(|number| match unit.trim() {
        "m" | "min" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    });
    delta.and_then(|delta| now.checked_add_signed(delta)).ok_or_else(|| {
        "must be a time such as 2026-11-30T09:00:00-08:00, or a span such as 90m, 2h or 3d"
            .to_owned()
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
}
