//! A campaign's balance sheet: the outcome for each contact, and what the campaign cost.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::accounting::{AwsUsage, Processes};

/// What was used, before and after the campaign.
pub struct Costs {
    pub wall: Duration,
    pub before: BTreeMap<String, Processes>,
    pub after: BTreeMap<String, Processes>,
    pub aws: BTreeMap<String, AwsUsage>,
}

/// What the simulator reports about the messages that it accepted.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judge {
    pub accepted: u64,
    /// The number of phones that got the same text more than once.
    pub twice: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub contacts: u64,
    pub skipped: BTreeMap<String, u64>,
    pub recipients: u64,
    pub counts: BTreeMap<String, u64>,
    /// Like `counts`, but counted from the list of messages.
    pub listed: BTreeMap<String, u64>,
    pub failed_by_reason: BTreeMap<String, u64>,
    pub provider: Option<Judge>,
    pub wall_seconds: f64,
    pub cpu_micros_per_recipient: BTreeMap<String, f64>,
    pub cpu_micros_per_recipient_in_all: f64,
    pub resident_peak_mib: BTreeMap<String, f64>,
    pub callbacks_per_recipient: f64,
    pub aws_calls_per_recipient: f64,
    pub write_units_per_recipient: f64,
    pub read_units_per_recipient: f64,
    pub aws: BTreeMap<String, AwsUsage>,
    /// The equations of the sheet that do not hold. Any entry means a bug.
    pub errors: Vec<String>,
}

/// The statuses of messages.
pub const STATUSES: [&str; 5] = ["pending", "sent", "delivered", "failed", "unknown"];

/// The contacts that a campaign skipped, by each reason that the API lists.
#[must_use]
pub fn skipped(campaign: &Value) -> BTreeMap<String, u64> {
    let reasons = campaign["audience"]["skipped"].as_object().into_iter().flatten();
    reasons.map(|(reason, count)| (reason.clone(), count.as_u64().unwrap_or_default())).collect()
}

impl Balance {
    /// Draws up the balance of a settled campaign from the API's data.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn of(campaign: &Value, messages: &[Value], costs: Costs, judge: Option<Judge>) -> Self {
        let audience = &campaign["audience"];
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let counts = STATUSES.map(|state| (state.to_owned(), number(&campaign["counts"][state])));
        let mut listed: BTreeMap<String, u64> = STATUSES.map(|state| (state.to_owned(), 0)).into();
        let mut failed_by_reason = BTreeMap::new();
        for message in messages {
            let word = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
            *listed.entry(word("status")).or_default() += 1;
            if message["status"] == "failed" {
                *failed_by_reason.entry(word("errorReason")).or_default() += 1;
            }
        }
        let recipients = number(&audience["recipients"]);
        let each = |total: f64| total / (recipients.max(1) as f64);
        let cpu: BTreeMap<String, f64> = costs
            .after
            .iter()
            .map(|(function, after)| {
                let before = costs.before.get(function).map_or(0.0, |used| used.cpu_seconds);
                (function.clone(), each((after.cpu_seconds - before) * 1e6))
            })
            .collect();
        let resident = costs
            .after
            .iter()
            .map(|(function, used)| (function.clone(), used.resident_peak_kib as f64 / 1024.0));
        let sum = |of: fn(&AwsUsage) -> f64| each(costs.aws.values().map(of).sum());
        let mut balance = Self {
            contacts: number(&audience["contacts"]),
            skipped: skipped(campaign),
            recipients,
            counts: counts.into(),
            listed,
            failed_by_reason,
            provider: judge,
            wall_seconds: costs.wall.as_secs_f64(),
            cpu_micros_per_recipient_in_all: cpu.values().sum(),
            cpu_micros_per_recipient: cpu,
            resident_peak_mib: resident.collect(),
            callbacks_per_recipient: each(
                costs.aws.get("Webhooks").map_or(0.0, |used| used.invocations as f64),
            ),
            aws_calls_per_recipient: sum(|used| used.calls.values().sum::<u64>() as f64),
            write_units_per_recipient: sum(|used| used.write_units),
            read_units_per_recipient: sum(|used| used.read_units),
            aws: costs.aws,
            errors: Vec::new(),
        };
        balance.errors = balance.check();
        balance
    }

    fn check(&self) -> Vec<String> {
        let skipped: u64 = self.skipped.values().sum();
        let total = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        let equal = |what: &str, left: u64, right: u64| {
            (left != right).then(|| format!("{what}: {left} is not {right}"))
        };
        let twice = self.provider.map_or(0, |judge| judge.twice as u64);
        [
            equal("contacts = recipients + skipped", self.contacts, self.recipients + skipped),
            equal("recipients = the counts' sum", self.recipients, total(&self.counts)),
            equal("recipients = messages listed", self.recipients, total(&self.listed)),
            equal("phones that got a text twice", twice, 0),
            (self.counts != self.listed)
                .then(|| format!("counts {:?} are not the list's {:?}", self.counts, self.listed)),
            (self.recipients == 0).then(|| "nobody was a recipient".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl std::fmt::Display for Balance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut sheet = String::new();
        let mut line = |name: &str, value: String| writeln!(sheet, "  {name:<44} {value:>10}");
        line("contacts", self.contacts.to_string())?;
        for (reason, count) in &self.skipped {
            line(&format!("- skipped: {reason}"), count.to_string())?;
        }
        line("= recipients", self.recipients.to_string())?;
        for (state, count) in &self.counts {
            line(&format!("  {state}"), count.to_string())?;
            if state == "failed" {
                for (reason, count) in &self.failed_by_reason {
                    line(&format!("    {reason}"), count.to_string())?;
                }
            }
        }
        if let Some(judge) = self.provider {
            line("taken by the provider", judge.accepted.to_string())?;
            line("phones that got a text twice", judge.twice.to_string())?;
        }
        line("wall time, s", format!("{:.1}", self.wall_seconds))?;
        let all = self.cpu_micros_per_recipient_in_all;
        line("processor time a recipient, µs", format!("{all:.0}"))?;
        for (function, micros) in &self.cpu_micros_per_recipient {
            line(&format!("  {function}"), format!("{micros:.0}"))?;
        }
        for (function, mib) in &self.resident_peak_mib {
            line(&format!("resident peak of {function}, MiB"), format!("{mib:.1}"))?;
        }
        for (function, used) in &self.aws {
            let millis = |micros| Duration::from_micros(micros).as_millis();
            let (start, event) = (millis(used.start_micros), millis(used.first_event_micros));
            line(&format!("start + first event of {function}, ms"), format!("{start} + {event}"))?;
        }
        line("callbacks a recipient", format!("{:.2}", self.callbacks_per_recipient))?;
        line("AWS calls a recipient", format!("{:.2}", self.aws_calls_per_recipient))?;
        line("write units a recipient", format!("{:.2}", self.write_units_per_recipient))?;
        line("read units a recipient", format!("{:.2}", self.read_units_per_recipient))?;
        f.write_str(&sheet)?;
        if self.errors.is_empty() {
            writeln!(f, "The balance holds.")
        } else {
            writeln!(f, "THE BALANCE DOES NOT HOLD: {}", self.errors.join("; "))
        }
    }
}
