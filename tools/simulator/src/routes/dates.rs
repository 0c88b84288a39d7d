//! The dates that a search for messages filters by.

use chrono::{DateTime, NaiveDate, Utc};

/// The seconds of a day, or a single second.
#[derive(Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
}

/// The dates that a search asks for.
#[derive(Clone, Copy, Default)]
pub(super) struct Dates {
    on: Option<Span>,
    from: Option<Span>,
    until: Option<Span>,
}

impl Dates {
    /// Reads one of the request's parameters. Returns `false` if it is an invalid date.
    pub(super) fn take(&mut self, name: &str, value: &str) -> bool {
        let place = match name {
            "DateSent" => &mut self.on,
            "DateSent>" => &mut self.from,
            "DateSent<" => &mut self.until,
            _ => return true,
        };
        *place = span(value);
        place.is_some() || value.is_empty()
    }

    pub(super) fn contain(self, time: DateTime<Utc>) -> bool {
        let second = time.timestamp();
        self.on.is_none_or(|span| span.first <= second && second <= span.last)
            && self.from.is_none_or(|span| span.first <= second)
            && self.until.is_none_or(|span| second <= span.last)
    }
}

fn span(text: &str) -> Option<Span> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        let first = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
        let last = first + 86_399;
        return Some(Span { first, last });
    }
    let first = DateTime::parse_from_rfc3339(text).ok()?.timestamp();
    Some(Span { first, last: first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, expected: bool) {
        let mut dates = Dates::default();
        assert!(dates.take(name, value), "{name}={value}");
        let time = "2026-11-23T12:00:00.5Z".parse().unwrap();
        assert_eq!(dates.contain(time), expected, "{name}={value}");
    }

    #[test]
    fn days_and_moments() {
        check("DateSent>", "2026-11-23", true);
        check("DateSent>", "2026-11-24", false);
        check("DateSent<", "2026-11-23", true);
        check("DateSent<", "2026-11-22", false);
        check("DateSent", "2026-11-23", true);
        check("DateSent", "2026-11-22", false);
        check("DateSent>", "2026-11-23T12:00:00Z", true);
        check("DateSent>", "2026-11-23T12:00:01Z", false);
        check("DateSent<", "2026-11-23T13:00:00+02:00", false);
        assert!(!Dates::default().take("DateSent", "yesterday"));
    }
}
