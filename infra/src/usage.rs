//! What an invocation used of AWS: calls by operation, and the table's capacity units.
//!
//! With `USAGE_REPORT=on`, each invocation logs this as one line. It is off by default, because AWS
//! bills each line. The local stack's balance sheet uses it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use serde::Serialize;

#[derive(Clone, Debug, Default)]
pub struct Usage(Option<Arc<Mutex<Tally>>>);

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    function: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<First>,
    calls: BTreeMap<&'static str, u64>,
    write_units: f64,
    read_units: f64,
}

/// A report in its logged form.
#[derive(Serialize)]
struct Line {
    usage: Tally,
}

/// The processor time of the process's start and of its first event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct First {
    start_micros: u64,
    event_micros: u64,
}

#[derive(Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Usage {
    /// Counts if the environment asks for it.
    #[must_use]
    pub fn from_process() -> Self {
        let is_on = std::env::var("USAGE_REPORT").is_ok_and(|value| value == "on");
        Self(is_on.then(Arc::default))
    }

    /// Ends the start of the process and begins its first event.
    pub fn started(&self) {
        self.with(|tally| {
            let first = |start_micros| First { start_micros, event_micros: 0 };
            tally.first = processor_micros().map(first);
        });
    }

    pub(crate) fn call(&self, operation: &'static str) {
        self.with(|tally| *tally.calls.entry(operation).or_default() += 1);
    }

    pub(crate) fn capacity<'a>(
        &self,
        access: Access,
        consumed: impl IntoIterator<Item = &'a ConsumedCapacity>,
    ) {
        let units: f64 = consumed.into_iter().filter_map(|used| used.capacity_units).sum();
        self.units(access, units);
    }

    pub(crate) fn units(&self, access: Access, units: f64) {
        self.with(|tally| match access {
            Access::Read => tally.read_units += units,
            Access::Write => tally.write_units += units,
        });
    }

    fn with(&self, change: impl FnOnce(&mut Tally)) {
        if let Some(tally) = &self.0 {
            change(&mut tally.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Logs what was used since the last report.
    #[expect(clippy::print_stdout, reason = "the report is a log line of its own form")]
    pub fn report(&self) {
        self.with(|tally| {
            let mut used = std::mem::take(tally);
            if let Some(first) = &mut used.first
                && let Some(now) = processor_micros()
            {
                first.event_micros = now - first.start_micros;
            }
            used.function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
            if let Ok(line) = serde_json::to_string(&Line { usage: used }) {
                println!("{line}");
            }
        });
    }
}

/// The processor time that the process has used so far, if the system reports it.
fn processor_micros() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: u64 = told.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1_000)
}
