//! The figures that are made of runs: one row each, one column an audience's size.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::campaign::{Run, Use};
use crate::price::{Bill, Prices};
use crate::spread::Spread;
use crate::template::Template;

pub(crate) const FUNCTIONS: [&str; 5] = ["Send", "Dispatch", "Webhooks", "Receipts", "PollStatus"];

/// One figure at each size.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) values: BTreeMap<usize, Spread>,
}

pub(crate) struct Figures {
    pub(crate) sizes: Vec<usize>,
    pub(crate) rows: Vec<Row>,
}

type Runs = BTreeMap<usize, Vec<Run>>;
type Part = fn(&Bill) -> f64;

impl Figures {
    pub(crate) fn of(runs: &Runs, prices: &Prices, template: &Template) -> Self {
        let mut rows = Vec::new();
        let mut row = |name: String, unit: &'static str, of: &dyn Fn(&Run) -> f64| {
            let values = runs.iter().map(|(size, runs)| {
                (*size, Spread::of(&runs.iter().map(of).collect::<Vec<f64>>()))
            });
            rows.push(Row { name, unit, values: values.collect() });
        };
        row("CPU".to_owned(), "µs a recipient", &cpu_micros);
        for function in FUNCTIONS {
            row(format!("CPU, {function}"), "µs a recipient", &|run| {
                each(run, used(run, function).cpu_seconds * 1e6)
            });
        }
        for (what, function) in [("Fan-out", "Send"), ("Dispatch", "Dispatch")] {
            row(what.to_owned(), "recipients a second of CPU", &|run| {
                recipients(run) / used(run, function).cpu_seconds
            });
            row(format!("{what}, one process"), "recipients a second of time", &|run| {
                recipients(run) / used(run, function).wall_seconds
            });
        }
        for function in FUNCTIONS {
            row(format!("Memory, {function}"), "MiB resident at most", &|run| {
                used(run, function).resident_peak_mib
            });
        }
        row("Polls".to_owned(), "a campaign", &|run| count(run.polls.len() as u64));
        row("Slowest poll".to_owned(), "s of time", &|run| {
            run.polls.iter().map(|poll| poll.wall_seconds).fold(0.0, f64::max)
        });
        row("Slowest poll, CPU".to_owned(), "s", &|run| {
            run.polls.iter().map(|poll| poll.cpu_seconds).fold(0.0, f64::max)
        });
        for (what, prefix) in [("DynamoDB", "dynamodb."), ("SQS", "sqs."), ("Scheduler", "sched")] {
            row(format!("Calls of {what}"), "a recipient", &|run| each(run, calls(run, prefix)));
        }
        row("Requests to the provider".to_owned(), "a recipient", &|run| {
            each(run, count(run.provider_requests as u64))
        });
        row("Invocations".to_owned(), "a recipient", &|run| {
            each(run, count(run.functions.values().map(|used| used.invocations).sum()))
        });
        row("Write units".to_owned(), "a recipient", &write_units);
        row("Read units".to_owned(), "a recipient", &read_units);
        let parts: [(&str, Part); 10] = [
            ("Write units", |bill| bill.write_units),
            ("Read units", |bill| bill.read_units),
            ("Queues", |bill| bill.queues),
            ("Invocations", |bill| bill.invocations),
            ("Compute", |bill| bill.compute),
            ("Schedules", |bill| bill.schedules),
            ("In all: function URL, one callback", |bill| bill.url_one_callback),
            ("In all: function URL, two callbacks", |bill| bill.url_two_callbacks),
            ("In all: HTTP API, one callback", |bill| bill.http_api_one_callback),
            ("In all: HTTP API, two callbacks", |bill| bill.http_api_two_callbacks),
        ];
        for (name, part) in parts {
            row(name.to_owned(), "$ a million", &|run| part(&prices.bill(run, template)));
        }
        Self { sizes: runs.keys().copied().collect(), rows }
    }

    /// The median of a figure at a size.
    pub(crate) fn median(&self, name: &str, size: usize) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.name == name)?;
        row.values.get(&size).map(|spread| spread.median)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

fn recipients(run: &Run) -> f64 {
    count(run.recipients as u64)
}

fn each(run: &Run, total: f64) -> f64 {
    total / recipients(run)
}

fn used<'a>(run: &'a Run, function: &str) -> &'a Use {
    &run.functions[function]
}

fn calls(run: &Run, prefix: &str) -> f64 {
    let all = run.functions.values().flat_map(|used| &used.asked.calls);
    count(all.filter(|(call, _)| call.starts_with(prefix)).map(|(_, count)| count).sum())
}

fn cpu_micros(run: &Run) -> f64 {
    each(run, run.functions.values().map(|used| used.cpu_seconds).sum::<f64>() * 1e6)
}

fn write_units(run: &Run) -> f64 {
    each(run, run.functions.values().map(|used| used.asked.units.write).sum())
}

fn read_units(run: &Run) -> f64 {
    each(run, run.functions.values().map(|used| used.asked.units.read).sum())
}
