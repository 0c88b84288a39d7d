//! Dates and spans of time in filters.

use chrono::{NaiveDate, TimeDelta};

use super::Moment;
use crate::time::Timestamp;

const MAX_SPAN_DAYS: i64 = 36_500;

/// A day, which begins and ends in the organization's zone, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    Day(NaiveDate),
    Moment(Timestamp),
}

impl Date {
    /// Reads `YYYY-MM-DD` or RFC 3339.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() == "2026-01-01".len() && text.starts_with(|c: char| c.is_ascii_digit()) {
            return NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self::Day);
        }
        text.parse().ok().map(Self::Moment)
    }

    /// The date's first moment.
    pub(super) fn start(self, at: &Moment) -> Timestamp {
        match self {
            Self::Day(day) => at.zone.start_of(day),
            Self::Moment(moment) => moment,
        }
    }

    /// Whether `moment` is after the date; a moment of a day is not after that day.
    pub(super) fn precedes(self, moment: Timestamp, at: &Moment) -> bool {
        match self {
            Self::Day(day) => at.zone.end_of(day) <= moment,
            Self::Moment(own) => own < moment,
        }
    }

    /// Whether `moment` is before the date.
    pub(super) fn follows(self, moment: Timestamp, at: &Moment) -> bool {
        moment < self.start(at)
    }
}

/// Reads a span such as `12h`, `30d` or `4w`.
pub(super) fn span(text: &str) -> Option<TimeDelta> {
    let (number, hours) = [("h", 1), ("d", 24), ("w", 7 * 24)]
        .into_iter()
        .find_map(|(unit, hours)| Some((text.strip_suffix(unit)?, hours)))?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| is_number)?;
    let hours = number.checked_mul(hours)?;
    (1..=MAX_SPAN_DAYS * 24).contains(&hours).then(|| TimeDelta::hours(hours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    fn at() -> Moment {
        Moment {
            now: "2026-11-27T12:00:00Z".parse().expect("a time"),
            zone: "America/New_York".parse::<Zone>().expect("a zone"),
        }
    }

    #[test]
    fn a_day_is_the_organizations() {
        let day = Date::parse("2026-07-01").expect("a day");
        let moment = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert!(day.follows(moment("2026-07-01T03:59:59Z"), &at()));
        assert!(!day.follows(moment("2026-07-01T04:00:00Z"), &at()));
        assert!(!day.precedes(moment("2026-07-02T03:59:59Z"), &at()));
        assert!(day.precedes(moment("2026-07-02T04:00:00Z"), &at()));
    }

    #[test]
    fn dates_and_spans_have_one_form() {
        for text in ["2026-13-01", "2026-1-1", "July 1", "", "2026-07-01T00:00", "+2026-07-1"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(span("30d"), Some(TimeDelta::days(30)));
        assert_eq!(span("2w"), Some(TimeDelta::days(14)));
        for text in ["", "d", "0d", "-1d", "+1d", "1", "1m", "36501d", "99999999999999999999d"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
