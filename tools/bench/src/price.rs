//! What a campaign costs at AWS, by its functions' requests and the prices in `prices.json`.
//!
//! Lambda bills the duration of an event. It is estimated as processor time, extended by the share
//! of a processor that the function's memory comes with, plus the waiting time for AWS and the
//! provider, at the latencies that the file assumes, divided by the number of concurrent requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::campaign::Run;
use crate::template::Template;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prices {
    pub(crate) date: String,
    dollars_per_million: PerMillion,
    dollars_per_gibibyte_second: f64,
    vcpu_mib: f64,
    waits: Waits,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerMillion {
    write_units: f64,
    read_units: f64,
    sqs_requests: f64,
    sqs_fair_requests: f64,
    lambda_requests: f64,
    schedules: f64,
    http_api_requests: f64,
    function_url_requests: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Waits {
    aws_millis: f64,
    provider_millis: f64,
    at_once: BTreeMap<String, f64>,
    provider_at_once: f64,
}

/// US dollars per million recipients, with one callback each.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bill {
    pub(crate) write_units: f64,
    pub(crate) read_units: f64,
    pub(crate) queues: f64,
    pub(crate) invocations: f64,
    pub(crate) compute: f64,
    pub(crate) schedules: f64,
    pub(crate) url_one_callback: f64,
    pub(crate) url_two_callbacks: f64,
    pub(crate) http_api_one_callback: f64,
    pub(crate) http_api_two_callbacks: f64,
}

/// Requests of event sources to queues: a receive and a delete for up to ten messages each.
fn source_requests(run: &Run, template: &Template) -> f64 {
    let batches = [
        ("jobs", template.jobs),
        ("dispatch", template.dispatch),
        ("polls", template.polls),
        ("receipts", template.receipts),
    ];
    let requests = batches.map(|(queue, batch)| {
        let messages = run.queued.get(queue).copied().unwrap_or_default();
        2.0 * count(messages.div_ceil(batch.min(10) as u64))
    });
    requests.iter().sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

impl Prices {
    pub(crate) fn read() -> anyhow::Result<Self> {
        Ok(serde_json::from_str(include_str!("../prices.json"))?)
    }

    pub(crate) fn bill(&self, run: &Run, template: &Template) -> Bill {
        let prices = &self.dollars_per_million;
        let functions = run.functions.values();
        let units: Vec<_> = functions.clone().map(|used| used.asked.units).collect();
        let calls = |prefix: &str| -> f64 {
            let all = functions.clone().flat_map(|used| &used.asked.calls);
            count(all.filter(|(call, _)| call.starts_with(prefix)).map(|(_, count)| count).sum())
        };
        let sends = calls("sqs.");
        let per_million = 1e6 / count(run.recipients as u64);
        let million = |count: f64, price: f64| count * price * per_million / 1e6;
        let bill = Bill {
            write_units: million(units.iter().map(|u| u.write).sum(), prices.write_units),
            read_units: million(units.iter().map(|u| u.read).sum(), prices.read_units),
            queues: million(sends + source_requests(run, template), prices.sqs_requests)
                + million(sends, prices.sqs_fair_requests),
            invocations: million(
                count(functions.clone().map(|used| used.invocations).sum()),
                prices.lambda_requests,
            ),
            compute: self.gibibyte_seconds(run, template)
                * self.dollars_per_gibibyte_second
                * per_million,
            schedules: million(calls("scheduler.Create"), prices.schedules),
            url_one_callback: 0.0,
            url_two_callbacks: 0.0,
            http_api_one_callback: 0.0,
            http_api_two_callbacks: 0.0,
        };
        let one = bill.write_units
            + bill.read_units
            + bill.queues
            + bill.invocations
            + bill.compute
            + bill.schedules;
        // A second callback is accepted, queued and written like the first, unless both are in the
        // same batch and are combined into one write. The estimate doesn't rely on that.
        let second = self.second_callback(run, template, per_million);
        let (url, http) = (prices.function_url_requests, prices.http_api_requests);
        Bill {
            url_one_callback: one + url,
            url_two_callbacks: one + second + 2.0 * url,
            http_api_one_callback: one + http,
            http_api_two_callbacks: one + second + 2.0 * http,
            ..bill
        }
    }

    fn second_callback(&self, run: &Run, template: &Template, per_million: f64) -> f64 {
        let prices = &self.dollars_per_million;
        let million = |count: f64, price: f64| count * price * per_million / 1e6;
        let messages = run.queued.get("receipts").copied().unwrap_or_default();
        let batch = template.receipts.min(10) as u64;
        let mut dollars = million(count(2 * messages.div_ceil(batch)), prices.sqs_requests);
        for (name, used) in &run.functions {
            if matches!(name.as_str(), "Webhooks" | "Receipts") {
                let sends: u64 = used
                    .asked
                    .calls
                    .iter()
                    .filter(|(c, _)| c.starts_with("sqs."))
                    .map(|(_, n)| n)
                    .sum();
                dollars += million(used.asked.units.write, prices.write_units)
                    + million(used.asked.units.read, prices.read_units)
                    + million(count(sends), prices.sqs_requests + prices.sqs_fair_requests)
                    + million(count(used.invocations), prices.lambda_requests)
                    + self.seconds(name, run, template)
                        * gibibytes(template)
                        * self.dollars_per_gibibyte_second
                        * per_million;
            }
        }
        dollars
    }

    fn gibibyte_seconds(&self, run: &Run, template: &Template) -> f64 {
        let seconds = run.functions.keys().map(|name| self.seconds(name, run, template));
        seconds.sum::<f64>() * gibibytes(template)
    }

    /// The billed duration of a function, in seconds.
    pub(crate) fn seconds(&self, name: &str, run: &Run, template: &Template) -> f64 {
        let Some(used) = run.functions.get(name) else {
            return 0.0;
        };
        let share = (f64::from(template.memory_mib) / self.vcpu_mib).min(1.0);
        let calls = count(used.asked.calls.values().sum());
        let at_once = self.waits.at_once.get(name).copied().unwrap_or(1.0);
        let mut waits = calls * self.waits.aws_millis / at_once;
        if name == "Dispatch" {
            let requests = count(run.provider_requests as u64);
            waits += requests * self.waits.provider_millis / self.waits.provider_at_once;
        }
        used.cpu_seconds / share + waits / 1_000.0
    }
}

fn gibibytes(template: &Template) -> f64 {
    f64::from(template.memory_mib) / 1_024.0
}
