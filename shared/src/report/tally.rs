//! Adding up messages.

use std::collections::BTreeMap;

use super::codes::Codes;
use super::series::{Interval, Moment};
use super::{CountryCount, Delays, Report, Series};
use crate::body::Body;
use crate::message::{Counts, FailureReason, Message, Outcome, Status};
use crate::time::Timestamp;

/// The time from which messages can be. Providers' clocks differ, and a wrong time must not widen
/// a whole series, so times beyond it are taken for its nearest end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Timestamp,
    until: Timestamp,
}

impl Period {
    /// The period of a campaign that was sent at `sent_at` and is counted `now`.
    #[must_use]
    pub fn new(sent_at: Timestamp, now: Timestamp) -> Self {
        let until = now.min(sent_at.plus_millis(Interval::MAX_SPAN)).max(sent_at);
        Self { from: sent_at, until }
    }

    fn nearest(self, at: Timestamp) -> Timestamp {
        at.clamp(self.from, self.until)
    }
}

/// The messages that have been added so far.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    /// What the messages say, unless they have their own text.
    body: &'a Body,
    period: Period,
    counts: Counts,
    accepted: u64,
    reasons: BTreeMap<FailureReason, u64>,
    codes: Codes,
    countries: BTreeMap<String, CountryCount>,
    part_counts: BTreeMap<u32, u64>,
    delays: Delays,
    series: Series,
}

impl<'a> Tally<'a> {
    #[must_use]
    pub fn new(body: &'a Body, period: Period) -> Self {
        Self {
            body,
            period,
            counts: Counts::default(),
            accepted: 0,
            reasons: BTreeMap::new(),
            codes: Codes::default(),
            countries: BTreeMap::new(),
            part_counts: BTreeMap::new(),
            delays: Delays::default(),
            series: Series::default(),
        }
    }

    pub fn add(&mut self, message: &Message) {
        let status = message.status();
        self.counts.add(status);
        if status == Status::Pending {
            return;
        }
        let (is_accepted, parts) = (message.is_accepted(), self.body.parts_of(message));
        let country = message.region().map(String::from).unwrap_or_default();
        let known = self.countries.entry(country).or_default();
        *known = known.plus(country_count(status, is_accepted, parts));
        if is_accepted {
            self.accepted += 1;
            *self.part_counts.entry(parts).or_default() += 1;
        }
        if let Some((reason, code)) = message.failure() {
            *self.reasons.entry(reason).or_default() += 1;
            if let Some(code) = code {
                self.codes.add(code, reason);
            }
        }
        self.add_times(message);
    }

    fn add_times(&mut self, message: &Message) {
        if let Some(at) = message.sent_at() {
            self.add_at(at, Moment { sent: 1, ..Moment::default() });
        }
        if let Some(at) = message.delivered_at() {
            self.add_at(at, Moment { delivered: 1, ..Moment::default() });
            if let Some(Outcome::Accepted { at: accepted_at, .. }) = &message.outcome {
                let millis = at.since(*accepted_at).num_milliseconds();
                self.delays.add(u64::try_from(millis).unwrap_or_default());
            }
        }
        if let Some(at) = message.failed_at() {
            self.add_at(at, Moment { failed: 1, ..Moment::default() });
        }
    }

    fn add_at(&mut self, at: Timestamp, moment: Moment) {
        self.series.add(self.period.nearest(at), moment);
    }

    /// Adds the messages of another tally of the same period.
    pub fn merge(&mut self, other: Self) {
        self.counts = self.counts.merged(other.counts);
        self.accepted += other.accepted;
        for (reason, messages) in other.reasons {
            *self.reasons.entry(reason).or_default() += messages;
        }
        for (parts, messages) in other.part_counts {
            *self.part_counts.entry(parts).or_default() += messages;
        }
        self.codes.merge(other.codes);
        for (country, count) in other.countries {
            let known = self.countries.entry(country).or_default();
            *known = known.plus(count);
        }
        self.delays.merge(other.delays);
        self.series.merge(other.series);
    }

    /// The report on `recipients` recipients. Those without a message are pending.
    #[must_use]
    pub fn finish(self, recipients: u64) -> Report {
        let mut counts = self.counts;
        counts.pending += recipients.saturating_sub(counts.total());
        let (codes, other_codes) = self.codes.most_frequent();
        Report {
            counts,
            accepted: self.accepted,
            reasons: self.reasons,
            codes,
            other_codes,
            countries: self.countries,
            part_counts: self.part_counts,
            delays: self.delays,
            series: self.series,
        }
    }
}

fn country_count(status: Status, is_accepted: bool, parts: u32) -> CountryCount {
    let is = |wanted| u64::from(status == wanted);
    CountryCount {
        sent: is(Status::Sent),
        delivered: is(Status::Delivered),
        failed: is(Status::Failed),
        unknown: is(Status::Unknown),
        accepted: u64::from(is_accepted),
        parts: if is_accepted { parts.into() } else { 0 },
    }
}
