//! What was measured: requests by operation, and the memory of the functions.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
struct Operation {
    took: Vec<Duration>,
    errors: usize,
}

#[derive(Default)]
pub(crate) struct Figures {
    operations: Mutex<BTreeMap<&'static str, Operation>>,
    /// The first errors, in full.
    errors: Mutex<Vec<String>>,
}

/// More errors than these are only counted.
const MAX_ERRORS_SHOWN: usize = 20;

impl Figures {
    /// Runs an operation and notes how long it took. An error is noted and returns `None`, so that the load
    /// goes on.
    pub(crate) async fn measure<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> Option<T> {
        let began = Instant::now();
        let result = work.await;
        self.note(name, began.elapsed(), result)
    }

    pub(crate) fn note<T>(
        &self,
        name: &'static str,
        took: Duration,
        result: anyhow::Result<T>,
    ) -> Option<T> {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let operation = operations.entry(name).or_default();
        operation.took.push(took);
        result
            .inspect_err(|error| {
                operation.errors += 1;
                let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
                if errors.len() < MAX_ERRORS_SHOWN {
                    errors.push(format!("{name}: {error:#}"));
                }
            })
            .ok()
    }

    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The longest time that an operation took.
    pub(crate) fn longest(&self, name: &str) -> Option<Duration> {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        operations.get(name)?.took.iter().max().copied()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(
            f,
            "{:<34} {:>7} {:>9} {:>9} {:>9} {:>9} {:>7}",
            "operation, in milliseconds", "number", "p50", "p95", "p99", "max", "errors"
        )?;
        for (name, Operation { took, errors }) in &*operations {
            let mut took = took.clone();
            took.sort_unstable();
            let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)];
            let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| at(percent).as_millis());
            let number = took.len();
            writeln!(f, "{name:<34} {number:>7} {p50:>9} {p95:>9} {p99:>9} {max:>9} {errors:>7}")?;
        }
        Ok(())
    }
}

/// The most memory that a process of each function has now, in KiB.
pub(crate) fn memory() -> BTreeMap<String, u64> {
    let mut functions = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some((name, resident)) = resident(&entry.path()) else { continue };
        let most = functions.entry(name).or_default();
        *most = resident.max(*most);
    }
    functions
}

fn resident(process: &std::path::Path) -> Option<(String, u64)> {
    let variables = fs::read(process.join("environ")).ok()?;
    let name = variables
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    let status = fs::read_to_string(process.join("status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let name = String::from_utf8_lossy(name);
    let name = name.split('-').nth(1).unwrap_or(&name).to_owned();
    Some((name, resident.trim().trim_end_matches(" kB").parse().ok()?))
}
