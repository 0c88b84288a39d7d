//! Time zones, by their names in the IANA database.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The longest jump of any zone's clocks: Samoa left out a whole day in 2011.
const MAX_GAP_MINUTES: i64 = 24 * 60;
const GAP_STEP_MINUTES: i64 = 15;
const GAP_STEPS: i64 = MAX_GAP_MINUTES / GAP_STEP_MINUTES;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Zone(chrono_tz::Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(chrono_tz::Tz::UTC)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, such as America/New_York")]
pub struct InvalidZone;

impl Zone {
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The first moment of a day.
    #[must_use]
    pub fn start_of(self, date: NaiveDate) -> Timestamp {
        self.moment(date.and_time(chrono::NaiveTime::MIN))
    }

    /// The first moment of the day after.
    #[must_use]
    pub fn end_of(self, date: NaiveDate) -> Timestamp {
        self.start_of(date.checked_add_days(Days::new(1)).unwrap_or(date))
    }

    /// The date that clocks show at a moment.
    #[must_use]
    pub fn date_of(self, at: Timestamp) -> NaiveDate {
        at.datetime().with_timezone(&self.0).date_naive()
    }

    /// The moment at which clocks show a time: the first of two, or the first after a gap.
    fn moment(self, local: NaiveDateTime) -> Timestamp {
        for step in 0..=GAP_STEPS {
            let later = TimeDelta::minutes(step * GAP_STEP_MINUTES);
            let shown = local.checked_add_signed(later).unwrap_or(local);
            match self.0.from_local_datetime(&shown) {
                MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => {
                    return moment.with_timezone(&chrono::Utc).into();
                }
                MappedLocalTime::None => {}
            }
        }
        local.and_utc().into()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = InvalidZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map(Self).map_err(|_| InvalidZone)
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidZone;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, date: &str, start: &str) {
        let zone: Zone = zone.parse().expect("a zone");
        let start_of = zone.start_of(date.parse().expect("a date")).to_string();
        assert_eq!(start_of, start, "{zone} {date}");
        let shown = zone.date_of(start.parse().expect("a time"));
        assert!(shown.to_string().as_str() >= date, "{zone} {date}");
    }

    #[test]
    fn a_day_begins_when_clocks_first_show_it() {
        check("UTC", "2026-11-27", "2026-11-27T00:00:00.000Z");
        check("America/New_York", "2026-07-01", "2026-07-01T04:00:00.000Z");
        check("Asia/Kolkata", "2026-01-01", "2025-12-31T18:30:00.000Z");
        // Clocks in Chile went from 23:59 to 01:00, and Samoa had no December 30.
        check("America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000Z");
        check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z");
        // Midnight came twice in Cuba.
        check("America/Havana", "2026-11-01", "2026-11-01T04:00:00.000Z");
    }

    #[test]
    fn zones_are_known_by_name() {
        assert_eq!("Mars/Olympus".parse::<Zone>(), Err(InvalidZone));
        let json = serde_json::to_string(&Zone::default()).expect("JSON");
        assert_eq!(json, r#""UTC""#);
        assert_eq!(serde_json::from_str::<Zone>(&json).expect("a zone"), Zone::default());
    }
}
