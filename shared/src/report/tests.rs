//! Each number of a report is recomputed from the messages, another way.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::body::Body;
use crate::ids::{CampaignId, MessageId, OrganizationId};
use crate::message::{Message, Outcome, Status};
use crate::parts::Parts;
use crate::phone::Phone;
use crate::receipt::Receipt;
use crate::time::Timestamp;

const SENT_AT: i64 = 1_800_000_000_000;
const HOURS: i64 = 100;
const PHONES: [&str; 5] =
    ["+14155550123", "+14165550123", "+447911123456", "+4915112345678", "+88812345678"];
const CODES: [Option<&str>; 4] = [Some("30003"), Some("30007"), Some("BLOCKED"), None];

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(SENT_AT + millis).expect("in range")
}

fn reasons() -> impl Strategy<Value = FailureReason> {
    use FailureReason as Reason;
    prop_oneof![Just(Reason::Filtered), Just(Reason::Unreachable), Just(Reason::Other)]
}

fn times() -> impl Strategy<Value = Timestamp> {
    // Some are before the campaign, or in the future.
    (-3_600_000..(HOURS + 2) * 3_600_000).prop_map(at)
}

fn codes() -> impl Strategy<Value = Option<String>> {
    proptest::sample::select(&CODES[..]).prop_map(|code| code.map(str::to_owned))
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let accepted = times().prop_map(|at| Outcome::Accepted { provider_id: "SM1".to_owned(), at });
    let failed = (reasons(), codes(), times()).prop_map(|(reason, code, at)| Outcome::Failed {
        reason,
        code,
        at,
    });
    prop_oneof![3 => accepted, 1 => failed]
}

fn receipts() -> impl Strategy<Value = Receipt> {
    let statuses = proptest::sample::select(&[Status::Sent, Status::Delivered, Status::Failed][..]);
    (statuses, reasons(), codes(), times()).prop_map(|(status, reason, code, at)| {
        let is_failed = status == Status::Failed;
        Receipt {
            provider_id: "SM1".to_owned(),
            status,
            reason: is_failed.then_some(reason),
            code: code.filter(|_| is_failed),
            at,
        }
    })
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let message = (
        proptest::sample::select(&PHONES[..]),
        proptest::option::of(outcomes()),
        proptest::option::of(receipts()),
        proptest::option::weighted(0.1, times()),
        proptest::option::of("[a-z]{1,400}"),
    );
    let message = message.prop_map(|(phone, outcome, receipt, unknown_at, text)| {
        let to = Phone::from_e164(phone).expect("valid");
        let (organization, campaign) = (OrganizationId(Uuid::nil()), CampaignId(Uuid::nil()));
        let pending = Message::pending(organization, campaign, MessageId(Uuid::nil()), to, at(0));
        Message { text, outcome, receipt, unknown_at, ..pending }
    });
    proptest::collection::vec(message, 0..60)
}

fn body() -> Body {
    "Our spring sale starts on Friday.".to_owned().into()
}

fn report_on(shards: &[&[Message]], recipients: u64) -> Report {
    let (body, period) = (body(), Period::new(at(0), at(HOURS * 3_600_000)));
    let mut all = Tally::new(&body, period);
    for messages in shards {
        let mut tally = Tally::new(&body, period);
        for message in *messages {
            tally.add(message);
        }
        all.merge(tally);
    }
    all.finish(recipients)
}

fn count(messages: &[Message], is_counted: impl Fn(&Message) -> bool) -> u64 {
    messages.iter().filter(|message| is_counted(message)).count() as u64
}

fn parts_of(message: &Message) -> u32 {
    message.text.as_deref().map_or(1, |text| Parts::of(text).count)
}

/// A message that the provider has or had.
fn was_taken(message: &Message) -> bool {
    let is_accepted = matches!(message.outcome, Some(Outcome::Accepted { .. }));
    is_accepted || message.receipt.is_some()
}

fn check_counts(report: &Report, messages: &[Message], pending: u64) {
    let by = |status| count(messages, |message| message.status() == status);
    let counts = report.counts;
    assert_eq!(counts.pending, by(Status::Pending) + pending);
    assert_eq!(counts.sent, by(Status::Sent));
    assert_eq!(counts.delivered, by(Status::Delivered));
    assert_eq!(counts.failed, by(Status::Failed));
    assert_eq!(counts.unknown, by(Status::Unknown));
    assert_eq!(report.accepted, count(messages, was_taken));
    assert_eq!(report.reasons.values().sum::<u64>(), counts.failed);
    for (reason, messages_of) in &report.reasons {
        let is = |message: &Message| message.failure().is_some_and(|(it, _)| it == *reason);
        assert_eq!(*messages_of, count(messages, is), "{reason:?}");
    }
    let coded = count(messages, |it| it.failure().is_some_and(|(_, code)| code.is_some()));
    let listed: u64 = report.codes.iter().map(|code| code.messages).sum();
    assert_eq!(listed + report.other_codes, coded);
    for code in &report.codes {
        let is = |it: &Message| it.failure() == Some((code.reason, Some(&code.code)));
        assert_eq!(code.messages, count(messages, is), "{code:?}");
    }
}

fn check_parts(report: &Report, messages: &[Message]) {
    for (country, counted) in &report.countries {
        let here: Vec<Message> = messages
            .iter()
            .filter(|message| message.region().map(String::from).unwrap_or_default() == *country)
            .cloned()
            .collect();
        let by = |status| count(&here, |message| message.status() == status);
        let parts = here.iter().filter(|it| was_taken(it)).map(|it| u64::from(parts_of(it))).sum();
        let expected = CountryCount {
            sent: by(Status::Sent),
            delivered: by(Status::Delivered),
            failed: by(Status::Failed),
            unknown: by(Status::Unknown),
            accepted: count(&here, was_taken),
            parts,
        };
        assert_eq!(*counted, expected, "{country}");
    }
    for (parts, messages_of) in &report.part_counts {
        assert_eq!(*messages_of, count(messages, |it| was_taken(it) && parts_of(it) == *parts));
    }
    let in_countries: u64 = report.countries.values().map(|country| country.parts).sum();
    assert_eq!(report.parts(), in_countries);
    assert_eq!(report.summary().parts(), in_countries);
}

fn check_times(report: &Report, messages: &[Message]) {
    let sum = |of: fn(&Moment) -> u64| report.series.moments().map(|(_, it)| of(&it)).sum::<u64>();
    assert_eq!(sum(|it| it.sent), count(messages, |it| it.sent_at().is_some()));
    assert_eq!(sum(|it| it.delivered), report.counts.delivered);
    assert_eq!(sum(|it| it.failed), report.counts.failed);
    let mut delays: Vec<u64> = messages
        .iter()
        .filter_map(|message| match &message.outcome {
            Some(Outcome::Accepted { at, .. }) => {
                let millis = message.delivered_at()?.since(*at).num_milliseconds();
                Some(u64::try_from(millis).unwrap_or_default())
            }
            _ => None,
        })
        .collect();
    delays.sort_unstable();
    assert_eq!(report.delays.count(), delays.len() as u64);
    let median = delays.get(delays.len().div_ceil(2).max(1) - 1).copied();
    let told = report.delays.percentile(50);
    assert_eq!(median.is_some(), told.is_some());
    let (median, told) = (median.unwrap_or_default(), told.unwrap_or_default());
    assert!(median <= told && told <= median + median / 16, "{median} {told}");
}

proptest! {
    #[test]
    fn every_number_can_be_recomputed_from_the_messages(
        messages in messages(),
        cut in 0..60_usize,
        pending in 0..5_u64,
    ) {
        let (one, other) = messages.split_at(cut.min(messages.len()));
        let recipients = messages.len() as u64 + pending;
        let report = report_on(&[one, other], recipients);
        prop_assert_eq!(&report, &report_on(&[other, &[], one], recipients));
        prop_assert_eq!(report.counts.total(), recipients);
        check_counts(&report, &messages, pending);
        check_parts(&report, &messages);
        check_times(&report, &messages);
        let stored = serde_json::to_string(&report).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Report>(&stored).expect("a report"), report);
    }
}

#[test]
fn what_the_provider_took_is_priced() {
    let message = |phone: &str, outcome: Outcome| {
        let to = Phone::from_e164(phone).expect("valid");
        let (organization, campaign) = (OrganizationId(Uuid::nil()), CampaignId(Uuid::nil()));
        let pending = Message::pending(organization, campaign, MessageId(Uuid::nil()), to, at(0));
        Message { outcome: Some(outcome), text: Some("a".repeat(161)), ..pending }
    };
    let accepted = || Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(1) };
    let reason = FailureReason::InvalidNumber;
    let refused = Outcome::Failed { reason, code: None, at: at(1) };
    let messages = [
        message(PHONES[0], accepted()),
        message(PHONES[0], refused),
        message(PHONES[2], accepted()),
    ];
    let per_part = [("US".to_owned(), "0.01".to_owned())].into();
    let prices = PriceList::read("USD", &per_part).expect("valid");
    let cost = report_on(&[&messages], 3).cost(&prices);
    assert_eq!((cost.price.to_string(), cost.unpriced), ("0.02".to_owned(), 1));
}

#[test]
fn a_rate_has_a_denominator() {
    assert_eq!(rate(1, 4), Some(0.25));
    assert_eq!(rate(0, 0), None);
}

/// An item of 64 KB holds the largest report.
#[test]
fn a_report_is_small_however_large_its_campaign() {
    // A billion messages.
    let most = 1_000_000_000;
    let mut series = Series::default();
    let mut delays = Delays::default();
    for minute in 0..240 {
        let moment = Moment { sent: most, delivered: most, failed: most };
        series.add(at(minute * 60_000), moment);
    }
    for doublings in 0..40 {
        for step in 0..16 {
            delays.add((16 + step) << doublings);
        }
    }
    let country = CountryCount::from([most / 300; 6]);
    let report = Report {
        codes: (0..MAX_CODES)
            .map(|_| CodeCount {
                code: "x".repeat(64),
                reason: FailureReason::ProviderError,
                messages: most,
            })
            .collect(),
        countries: (0..300).map(|number| (format!("{number:03}"), country)).collect(),
        part_counts: (0..100).map(|parts| (parts, 1)).collect(),
        series,
        delays,
        ..Report::default()
    };
    let bytes = |of: &serde_json::Value| of.to_string().len();
    let report_bytes = bytes(&serde_json::to_value(&report).expect("JSON"));
    let summary_bytes = bytes(&serde_json::to_value(report.summary()).expect("JSON"));
    assert!(report_bytes + summary_bytes < 63 * 1_024, "{report_bytes} {summary_bytes}");
}
