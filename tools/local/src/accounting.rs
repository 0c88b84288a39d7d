//! What the functions used: of this machine, from the kernel's process accounting, and of AWS, from
//! the usage reports that they log.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The kernel counts processor time in hundredths of a second.
const TICK_SECONDS: f64 = 0.01;

/// What a function's processes have used so far.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Processes {
    pub cpu_seconds: f64,
    pub resident_peak_kib: u64,
    pub count: u32,
}

#[derive(Clone, Copy)]
struct Sample {
    ticks: u64,
    resident_peak_kib: u64,
}

/// Watches the functions' processes, including those that end in the meantime.
pub struct Watch {
    samples: Arc<Mutex<HashMap<u32, (String, Sample)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    /// Watches the children of process `parent` that run a function's program.
    #[must_use]
    pub fn start(parent: u32) -> Self {
        let samples = Arc::<Mutex<HashMap<u32, (String, Sample)>>>::default();
        let seen = Arc::clone(&samples);
        let task = tokio::spawn(async move {
            loop {
                look(parent, &seen);
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        });
        Self { samples, task }
    }

    /// What was used so far, by function.
    #[must_use]
    pub fn read(&self, parent: u32) -> BTreeMap<String, Processes> {
        look(parent, &self.samples);
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let mut functions = BTreeMap::<String, Processes>::new();
        for (function, sample) in samples.values() {
            let used = functions.entry(function.clone()).or_default();
            #[expect(clippy::cast_precision_loss, reason = "ticks are few")]
            let seconds = sample.ticks as f64 * TICK_SECONDS;
            used.cpu_seconds += seconds;
            used.resident_peak_kib = used.resident_peak_kib.max(sample.resident_peak_kib);
            used.count += 1;
        }
        functions
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn look(parent: u32, samples: &Mutex<HashMap<u32, (String, Sample)>>) {
    let Ok(processes) = fs::read_dir("/proc") else {
        return;
    };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    for id in ids {
        if let Some((function, sample)) = sample(id, parent) {
            samples.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (function, sample));
        }
    }
}

fn sample(id: u32, parent: u32) -> Option<(String, Sample)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    if fields.get(1)?.parse::<u32>().ok()? != parent {
        return None;
    }
    let variables = fs::read(format!("/proc/{id}/environ")).ok()?;
    let function = variables
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let time = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let sample = Sample {
        ticks: time(11)? + time(12)?,
        resident_peak_kib: peak.trim().trim_end_matches(" kB").parse().ok()?,
    };
    Some((short(&String::from_utf8_lossy(function)), sample))
}

/// A function's name in the template. The deployed name adds the stack's name before it and an id
/// after it.
fn short(name: &str) -> String {
    name.split('-').nth(1).unwrap_or(name).to_owned()
}

/// What was used of AWS, summed over invocations.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsUsage {
    pub invocations: u64,
    /// The most processor time that any process used before its first event.
    pub start_micros: u64,
    /// The most processor time that any process used for its first event, of any kind.
    pub first_event_micros: u64,
    pub calls: BTreeMap<String, u64>,
    pub write_units: f64,
    pub read_units: f64,
}

#[derive(Deserialize)]
struct Line {
    usage: Report,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct First {
    start_micros: u64,
    event_micros: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    function: String,
    first: Option<First>,
    calls: BTreeMap<String, u64>,
    write_units: f64,
    read_units: f64,
}

/// Reads the usage reports in the functions' log from `offset` on, by function. First events count
/// even if they are before `offset`.
pub fn aws_usage(log: &str, offset: usize) -> anyhow::Result<BTreeMap<String, AwsUsage>> {
    let content = fs::read(log)?;
    let mut functions = BTreeMap::<String, AwsUsage>::new();
    let mut at = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let is_before = at < offset;
        at += line.len();
        let Ok(Line { usage }) = serde_json::from_slice(line) else {
            continue;
        };
        let total = functions.entry(short(&usage.function)).or_default();
        if let Some(first) = usage.first {
            total.start_micros = total.start_micros.max(first.start_micros);
            total.first_event_micros = total.first_event_micros.max(first.event_micros);
        }
        if is_before {
            continue;
        }
        total.invocations += 1;
        total.write_units += usage.write_units;
        total.read_units += usage.read_units;
        for (call, count) in usage.calls {
            *total.calls.entry(call).or_default() += count;
        }
    }
    Ok(functions)
}
