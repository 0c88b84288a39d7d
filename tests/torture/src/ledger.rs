//! What was called and what went wrong, by function, operation and fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;
use crate::operation::Operation;

#[derive(Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    calls: BTreeMap<Operation, u64>,
    faults: BTreeMap<Operation, BTreeMap<Fault, u64>>,
    kills: BTreeMap<(&'static str, Operation), BTreeMap<Fault, u64>>,
    /// By function: the numbers of requests that were reached in a run, and those killed at.
    reached: BTreeMap<&'static str, BTreeSet<u64>>,
    killed: BTreeMap<&'static str, BTreeSet<(u64, Fault)>>,
    unknown: BTreeMap<String, u64>,
    copies: u64,
    unplanned: u64,
}

impl Ledger {
    fn with<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn call(&self, function: &'static str, operation: Operation, nth: Option<u64>) {
        self.with(|entries| {
            *entries.calls.entry(operation).or_default() += 1;
            if let Some(nth) = nth {
                entries.reached.entry(function).or_default().insert(nth);
            }
        });
    }

    pub fn fault(
        &self,
        function: &'static str,
        operation: Operation,
        nth: Option<u64>,
        fault: Fault,
    ) {
        self.with(|entries| {
            *entries.faults.entry(operation).or_default().entry(fault).or_default() += 1;
            if fault.is_kill() {
                let kills = entries.kills.entry((function, operation)).or_default();
                *kills.entry(fault).or_default() += 1;
                if let Some(nth) = nth {
                    entries.killed.entry(function).or_default().insert((nth, fault));
                }
            }
        });
    }

    /// A message was put on a queue twice.
    pub fn copied(&self) {
        self.with(|entries| entries.copies += 1);
    }

    /// A request failed that nothing was planned for.
    pub fn unplanned(&self) {
        self.with(|entries| entries.unplanned += 1);
    }

    /// A request of an operation that nobody has thought of.
    pub fn unknown(&self, what: String) {
        self.with(|entries| *entries.unknown.entry(what).or_default() += 1);
    }

    /// Operations that the functions used and that nothing befell, or that are not known.
    #[must_use]
    pub fn untouched(&self) -> Vec<String> {
        self.with(|entries| {
            let used = entries.calls.keys();
            let spared = used.filter(|operation| !entries.faults.contains_key(operation));
            let spared = spared.map(|operation| operation.title());
            spared.chain(entries.unknown.keys().cloned()).collect()
        })
    }

    /// What was injected, as tables.
    #[must_use]
    pub fn tables(&self) -> String {
        self.with(|entries| entries.tables())
    }
}

const FAULTS: [Fault; 13] = [
    Fault::Throttle,
    Fault::Error,
    Fault::ErrorAfter,
    Fault::Reset,
    Fault::ResetAfter,
    Fault::Hold,
    Fault::HoldAfter,
    Fault::Late,
    Fault::Conflict,
    Fault::Partial,
    Fault::Kill,
    Fault::KillAfter,
    Fault::KillAnswered,
];

impl Entries {
    fn tables(&self) -> String {
        let mut text = format!("{:<32}{:>9}", "operation", "calls");
        for fault in FAULTS {
            let _ = write!(text, "{:>14}", fault.name());
        }
        text.push('\n');
        for (operation, calls) in &self.calls {
            let _ = write!(text, "{:<32}{calls:>9}", operation.title());
            let faults = self.faults.get(operation);
            for fault in FAULTS {
                let count = faults.and_then(|faults| faults.get(&fault)).copied();
                let _ = write!(text, "{:>14}", count.unwrap_or_default());
            }
            text.push('\n');
        }
        let _ = writeln!(text, "\n{:<46}{:>9}{:>9}{:>9}", "killed", "before", "during", "after");
        for ((function, operation), kills) in &self.kills {
            let _ = write!(text, "{:<46}", format!("{function} at {}", operation.title()));
            for fault in Fault::KILLS {
                let _ = write!(text, "{:>9}", kills.get(&fault).copied().unwrap_or_default());
            }
            text.push('\n');
        }
        text.push('\n');
        for (function, reached) in &self.reached {
            let killed = self.killed.get(function).cloned().unwrap_or_default();
            let last = reached.last().copied().unwrap_or_default();
            let numbers: BTreeSet<u64> = killed.iter().map(|(nth, _)| *nth).collect();
            let _ = writeln!(
                text,
                "{function:<12} reached request {last} of a run; killed at {} of its requests, \
                 {} of its request's moments",
                numbers.len(),
                killed.len(),
            );
        }
        let _ = writeln!(
            text,
            "{} requests to queues were delivered twice; {} requests failed unplanned",
            self.copies, self.unplanned
        );
        for (what, count) in &self.unknown {
            let _ = writeln!(text, "unknown: {what}, {count} times");
        }
        text
    }
}
