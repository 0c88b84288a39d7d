//! The lists of a report.

use std::cmp::Reverse;

use infra::gateway::explain;
use serde::Serialize;
use serde_json::{Value, json};
use shared::campaign::{Pause, Reason};
use shared::message::FailureReason;
use shared::phone::Phone;
use shared::report::{Interval, Report, Series, Summary};
use shared::sender::ProviderKind;
use utoipa::ToSchema;

use crate::views::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[schema(as = ReasonCount)]
pub(super) struct ReasonView {
    #[schema(value_type = labels::ErrorReason)]
    reason: FailureReason,
    messages: u64,
}

/// Failed messages with one of the provider's codes.
#[derive(Serialize, ToSchema)]
#[schema(as = CodeCount)]
pub(super) struct CodeView {
    #[schema(example = "30003")]
    code: String,
    #[schema(value_type = labels::ErrorReason)]
    reason: FailureReason,
    messages: u64,
    /// What the code means; null if Volley does not know it.
    #[schema(required = true)]
    meaning: Option<&'static str>,
    /// What to do about it.
    #[schema(required = true)]
    advice: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CountryCount)]
pub(super) struct CountryView {
    /// The ISO 3166-1 code of the phones' country; null for phones that belong to none.
    #[schema(required = true, example = "US")]
    country: Option<String>,
    sent: u64,
    delivered: u64,
    failed: u64,
    unknown: u64,
    accepted: u64,
    /// The parts of accepted messages.
    parts: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PartCount)]
pub(super) struct PartCountView {
    parts: u32,
    messages: u64,
}

/// The messages of one sender.
#[derive(Serialize, ToSchema)]
#[schema(as = SenderCount)]
pub(super) struct SenderView {
    #[schema(value_type = String, example = "+14155550100")]
    sender: Phone,
    messages: u64,
    delivered: u64,
    failed: u64,
    accepted: u64,
    /// The parts of accepted messages.
    parts: u64,
}

/// Messages over time, in UTC.
#[derive(Serialize, ToSchema)]
#[schema(as = Series)]
pub(super) struct SeriesView {
    /// The length of each interval. It is a minute, unless the messages span more than 240 minutes, or
    /// 240 hours.
    #[schema(value_type = labels::Interval)]
    interval: Interval,
    /// Intervals without messages are left out.
    points: Vec<PointView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Point)]
struct PointView {
    /// The beginning of the interval.
    at: Time,
    /// Messages that the provider accepted in the interval.
    sent: u64,
    delivered: u64,
    failed: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Pause)]
pub(super) struct PauseView {
    at: Time,
    /// When the campaign was resumed or stopped; null while it is paused.
    #[schema(required = true)]
    until: Option<Time>,
    /// Why Volley paused it; null if a person did.
    #[schema(value_type = Option<labels::CampaignReason>, required = true)]
    reason: Option<Reason>,
    #[schema(required = true)]
    by: Option<ChangedByView>,
}

impl ReasonView {
    pub(super) fn list(report: &Report) -> Vec<Self> {
        let view = |(reason, messages): (&FailureReason, &u64)| Self {
            reason: *reason,
            messages: *messages,
        };
        let mut reasons: Vec<Self> = report.reasons.iter().map(view).collect();
        reasons.sort_by_key(|reason| Reverse(reason.messages));
        reasons
    }
}

impl CodeView {
    pub(super) fn list(report: &Report, kind: ProviderKind) -> Vec<Self> {
        let view = |count: &shared::report::CodeCount| {
            let explanation = explain(kind, &count.code);
            Self {
                code: count.code.clone(),
                reason: count.reason,
                messages: count.messages,
                meaning: explanation.map(|explanation| explanation.meaning),
                advice: explanation.map(|explanation| explanation.advice),
            }
        };
        report.codes.iter().map(view).collect()
    }
}

impl CountryView {
    /// The countries with the most messages come first.
    pub(super) fn list(report: &Report) -> Vec<Self> {
        let view = |(country, count): (&String, &shared::report::CountryCount)| {
            let shared::report::CountryCount { sent, delivered, failed, unknown, accepted, parts } =
                *count;
            let country = Some(country.clone()).filter(|country| !country.is_empty());
            Self { country, sent, delivered, failed, unknown, accepted, parts }
        };
        let mut countries: Vec<Self> = report.countries.iter().map(view).collect();
        countries.sort_by_key(|it| Reverse(it.sent + it.delivered + it.failed + it.unknown));
        countries
    }
}

impl PartCountView {
    pub(super) fn list(report: &Report) -> Vec<Self> {
        let view = |(parts, messages): (&u32, &u64)| Self { parts: *parts, messages: *messages };
        report.part_counts.iter().map(view).collect()
    }
}

impl SenderView {
    pub(super) fn new(sender: &Phone, summary: &Summary) -> Self {
        let counts = summary.counts;
        Self {
            sender: sender.clone(),
            messages: counts.total(),
            delivered: counts.delivered,
            failed: counts.failed,
            accepted: summary.accepted,
            parts: summary.parts(),
        }
    }
}

impl SeriesView {
    pub(super) fn new(series: &Series) -> Self {
        let point = |(at, moment): (_, shared::report::Moment)| PointView {
            at: Time(at),
            sent: moment.sent,
            delivered: moment.delivered,
            failed: moment.failed,
        };
        Self { interval: series.interval(), points: series.moments().map(point).collect() }
    }
}

impl From<&Pause> for PauseView {
    fn from(pause: &Pause) -> Self {
        Self {
            at: Time(pause.at),
            until: pause.until.map(Time),
            reason: pause.reason,
            by: pause.by.as_ref().map(ChangedByView::from),
        }
    }
}

/// A campaign to four people.
pub(super) fn example() -> Value {
    json!({
        "campaignId": "019a0000-0000-7000-8000-000000000002",
        "countedAt": "2026-11-23T09:30:00.000Z",
        "audience": {
            "contacts": 5, "recipients": 4, "complete": true,
            "skipped": {
                "noPhone": 0, "duplicate": 0, "unsubscribed": 1,
                "notInTarget": 0, "inactive": 0, "unrenderable": 0,
            },
        },
        "counts": {
            "pending": 0, "sent": 1, "delivered": 2, "failed": 1, "unknown": 0, "total": 4,
        },
        "delivery": { "delivered": 2, "accepted": 4, "rate": 0.5 },
        "reasons": [{ "reason": "unreachable", "messages": 1 }],
        "codes": [{
            "code": "30003", "reason": "unreachable", "messages": 1,
            "meaning": "The phone is off, out of range, or does not accept texts.",
            "advice": "Try these people again in a later campaign.",
        }],
        "otherCodes": 0,
        "countries": [{
            "country": "US", "sent": 1, "delivered": 2, "failed": 1, "unknown": 0, "accepted": 4,
            "parts": 4,
        }],
        "senders": [{
            "sender": "+14155550100", "messages": 4, "delivered": 2, "failed": 1, "accepted": 4,
            "parts": 4,
        }],
        "parts": 4,
        "partCounts": [{ "parts": 1, "messages": 4 }],
        "price": { "amount": "0.0316", "currency": "USD", "unpricedMessages": 0 },
        "timeToDelivery": { "messages": 2, "p50": 2.431, "p90": 4.863, "p99": 4.863 },
        "series": {
            "interval": "minute",
            "points": [{ "at": "2026-11-23T09:00:00.000Z", "sent": 4, "delivered": 2, "failed": 1 }],
        },
        "optOuts": 0,
        "replies": 0,
        "pauses": [{
            "at": "2026-11-23T09:00:02.000Z", "until": "2026-11-23T09:00:20.000Z", "reason": null,
            "by": { "kind": "member", "id": "019a0000-0000-7000-8000-000000000009", "name": "Ana" },
        }],
        "earlierPauses": 0,
    })
}
