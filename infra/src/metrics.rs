//! Metrics, as log lines in `CloudWatch`'s embedded metric format, which turns logs into metrics.
//!
//! Each metric is billed for each combination of its dimensions. So there are only the stack and one
//! label of a small closed set, and never a tenant or a phone. A line is about a batch, not about a
//! message of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::message::{FailureReason, Status};
use shared::reason::Reason;
use shared::time::Timestamp;
use shared::webhook::DisabledReason;

const NAMESPACE: &str = "Volley";

/// The stack's name. Without it, as when a program is measured or tested alone, nothing is written.
static STACK: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("STACK_NAME").ok());

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Unit {
    Count,
    Seconds,
}

/// One line: values of the stack, and of one label within it if there is one.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    label: Option<(&'static str, String)>,
    values: Vec<(&'static str, Unit, u64)>,
}

impl Line {
    fn of_stack(values: Vec<(&'static str, Unit, u64)>) -> Self {
        Self { label: None, values }
    }

    fn labeled(label: &'static str, of: impl Serialize, name: &'static str, count: u64) -> Self {
        let of = serde_json::to_value(of).unwrap_or_default();
        let of = of.as_str().map_or_else(|| of.to_string(), str::to_owned);
        Self { label: Some((label, of)), values: vec![(name, Unit::Count, count)] }
    }

    fn document(&self, stack: &str, now: Timestamp) -> Value {
        let mut dimensions = vec![vec!["Stack"]];
        let mut line = Map::from_iter([("Stack".to_owned(), stack.into())]);
        if let Some((name, label)) = &self.label {
            dimensions.push(vec!["Stack", name]);
            line.insert((*name).to_owned(), label.as_str().into());
        }
        let metric = |(name, unit, _): &(&str, Unit, u64)| json!({ "Name": name, "Unit": unit });
        let metrics: Vec<Value> = self.values.iter().map(metric).collect();
        let directive =
            json!({ "Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics });
        let time = now.datetime().timestamp_millis();
        line.insert(
            "_aws".to_owned(),
            json!({ "Timestamp": time, "CloudWatchMetrics": [directive] }),
        );
        line.extend(self.values.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
        line.into()
    }
}

#[expect(clippy::print_stdout, reason = "the line has a special form")]
fn write(lines: impl IntoIterator<Item = Line>, now: Timestamp) {
    if let Some(stack) = STACK.as_deref() {
        for line in lines {
            println!("{}", line.document(stack, now));
        }
    }
}

/// Counts a batch of messages that the provider accepted or refused.
pub fn count_outcomes(outcomes: impl IntoIterator<Item = Option<FailureReason>>, now: Timestamp) {
    let (mut sent, mut failures) = (0, Vec::new());
    for outcome in outcomes {
        match outcome {
            None => sent += 1,
            Some(reason) => failures.push(reason),
        }
    }
    write(counted("Sent", sent).into_iter().chain(failed(failures)), now);
}

/// Counts a batch of receipts that say how messages ended. Others say nothing yet.
pub fn count_receipts(
    receipts: impl IntoIterator<Item = (Status, Option<FailureReason>)>,
    now: Timestamp,
) {
    let (mut delivered, mut failures) = (0, Vec::new());
    for (status, reason) in receipts {
        match status {
            Status::Delivered => delivered += 1,
            Status::Failed => failures.push(reason.unwrap_or(FailureReason::Other)),
            Status::Pending | Status::Sent | Status::Unknown => {}
        }
    }
    write(counted("Delivered", delivered).into_iter().chain(failed(failures)), now);
}

fn counted(name: &'static str, count: u64) -> Option<Line> {
    (count > 0).then(|| Line::of_stack(vec![(name, Unit::Count, count)]))
}

fn failed(reasons: Vec<FailureReason>) -> impl Iterator<Item = Line> {
    let mut counts = BTreeMap::<String, u64>::new();
    for reason in reasons {
        let label = serde_json::to_value(reason).unwrap_or_default();
        *counts.entry(label.as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts.into_iter().map(|(reason, count)| Line::labeled("Reason", reason, "Failed", count))
}

/// Counts a message that the provider may or may not have accepted.
pub fn count_unknown(now: Timestamp) {
    write(counted("Unknown", 1), now);
}

/// Counts a campaign that Volley halted, unless only its own sender can do something about it.
pub fn count_halted(reason: Reason, now: Timestamp) {
    write(reason.concerns_operator().then(|| halted(reason)), now);
}

fn halted(reason: Reason) -> Line {
    Line::labeled("Reason", reason, "HaltedCampaigns", 1)
}

/// Records how late a campaign began, after its scheduled time.
pub fn record_start(delay_seconds: u32, now: Timestamp) {
    write([Line::of_stack(vec![("StartDelay", Unit::Seconds, delay_seconds.into())])], now);
}

/// Counts a webhook that was refused with this status.
pub fn count_refused_webhook(status: u16, now: Timestamp) {
    write([Line::labeled("Status", status, "RefusedWebhooks", 1)], now);
}

/// Counts a webhook that was disabled because of its endpoint.
pub fn count_disabled_webhook(reason: DisabledReason, now: Timestamp) {
    write([Line::labeled("Reason", reason, "DisabledWebhooks", 1)], now);
}

/// Records the number of refusals that are due soon and that no one has decided about.
pub fn record_refusals_due(count: u64, now: Timestamp) {
    write([Line::of_stack(vec![("RefusalsDue", Unit::Count, count)])], now);
}

/// Counts a sweep that ended well, and the work that it queued again. An alarm watches for sweeps
/// that are missing.
pub fn count_sweep(repairs: u64, now: Timestamp) {
    let values = vec![("Sweeps", Unit::Count, 1), ("SweepRepairs", Unit::Count, repairs)];
    write([Line::of_stack(values)], now);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_790_000_000_123).expect("a time")
    }

    /// As in `CloudWatch`'s specification of the format.
    #[test]
    fn a_line_counts_for_the_stack_and_for_its_label() {
        let line =
            Line::labeled("Status", 403, "RefusedWebhooks", 1).document("volley-prod", now());
        let metrics = json!([{ "Name": "RefusedWebhooks", "Unit": "Count" }]);
        let dimensions = json!([["Stack"], ["Stack", "Status"]]);
        let directive =
            json!({ "Namespace": "Volley", "Dimensions": dimensions, "Metrics": metrics });
        let expected = json!({
            "_aws": { "Timestamp": 1_790_000_000_123_i64, "CloudWatchMetrics": [directive] },
            "Stack": "volley-prod",
            "Status": "403",
            "RefusedWebhooks": 1,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_batch_is_one_line_and_one_for_each_reason() {
        let reasons = [FailureReason::Filtered, FailureReason::Other, FailureReason::Filtered];
        let lines: Vec<Line> = failed(reasons.to_vec()).collect();
        let expected = [("filtered", 2), ("other", 1)];
        let expected =
            expected.map(|(reason, count)| Line::labeled("Reason", reason, "Failed", count));
        assert_eq!(lines, expected);
        assert_eq!(counted("Sent", 0), None, "no line for nothing");
    }

    #[test]
    fn labels_are_those_of_the_api() {
        let line = halted(Reason::ProviderFailing).document("volley", now());
        assert_eq!(line["Reason"], "provider_failing");
        assert_eq!(line["HaltedCampaigns"], 1);
    }
}
