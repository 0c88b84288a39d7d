//! What was called and what went wrong, by function, operation and fault.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;
use crate::operation::Operation;
use crate::outage::Outage;

#[derive(Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    calls: BTreeMap<Operation, u64>,
    faults: BTreeMap<Operation, BTreeMap<Fault, u64>>,
    /// By function and await point: how often it was reached, and how often the process was killed
    /// there.
    sites: BTreeMap<(&'static str, String), Site>,
    unknown: BTreeMap<String, u64>,
    copies: u64,
    unplanned: u64,
    outages: BTreeMap<Outage, Outages>,
    /// Campaigns that waited for the provider while nothing listened at its address.
    blacked_out: u64,
}

/// The results of all outages of one kind.
#[derive(Default)]
struct Outages {
    requests: u64,
    /// Runs that were affected.
    runs: u64,
    /// Runs in which the outage had its required effect.
    answered: u64,
}

#[derive(Default)]
struct Site {
    calls: u64,
    kills: BTreeMap<Fault, u64>,
}

/// An await point that was reached this often must have had a kill. Chance alone may spare one that
/// is reached less often.
const OFTEN: u64 = 3_000;
/// The same for an operation and any fault, which are more frequent.
const OFTEN_USED: u64 = 300;

impl Ledger {
    fn with<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn call(&self, function: &'static str, operation: Operation, site: &str) {
        self.with(|entries| {
            *entries.calls.entry(operation).or_default() += 1;
            entries.sites.entry((function, site.to_owned())).or_default().calls += 1;
        });
    }

    pub fn fault(&self, function: &'static str, operation: Operation, site: &str, fault: Fault) {
        self.with(|entries| {
            *entries.faults.entry(operation).or_default().entry(fault).or_default() += 1;
            if fault.is_kill() {
                let site = entries.sites.entry((function, site.to_owned())).or_default();
                *site.kills.entry(fault).or_default() += 1;
            }
        });
    }

    /// Records that an outage hit a request.
    pub fn outage(&self, outage: Outage) {
        self.with(|entries| entries.outages.entry(outage).or_default().requests += 1);
    }

    /// Records the end of a run's outage. `is_answered` is whether its campaign paused itself
    /// because of it, or a person's text was kept.
    pub fn outlasted(&self, outage: Outage, is_answered: bool) {
        self.with(|entries| {
            let outages = entries.outages.entry(outage).or_default();
            outages.runs += 1;
            outages.answered += u64::from(is_answered);
        });
    }

    /// Records that a campaign waits while nothing listens at the provider's address.
    pub fn blacked_out(&self) {
        self.with(|entries| entries.blacked_out += 1);
    }

    /// Outages that hit no request, or never had their required effect. A throttled campaign pauses
    /// only after an hour, so that effect is required only if hours have passed.
    #[must_use]
    pub fn missing_outages(&self, have_hours_passed: bool) -> Vec<String> {
        self.with(|entries| {
            let of = |outage| entries.outages.get(&outage);
            let missing = Outage::ALL.into_iter().filter_map(|outage| match of(outage) {
                Some(Outages { answered, .. }) if *answered > 0 => None,
                Some(Outages { requests, .. }) if *requests > 0 => (have_hours_passed
                    || outage != Outage::ProviderThrottles)
                    .then(|| format!("{} never had its effect", outage.name())),
                _ => Some(format!("{} befell nothing", outage.name())),
            });
            let blackout = (entries.blacked_out == 0).then(|| "no blackout was met".to_owned());
            missing.chain(blackout).collect()
        })
    }

    /// Records that a message was sent to its queue twice.
    pub fn copied(&self) {
        self.with(|entries| entries.copies += 1);
    }

    /// Records a failed request that was not planned to fail.
    pub fn unplanned(&self) {
        self.with(|entries| entries.unplanned += 1);
    }

    /// Records a request of an operation that the torture doesn't know.
    pub fn unknown(&self, what: String) {
        self.with(|entries| *entries.unknown.entry(what).or_default() += 1);
    }

    /// Operations that the functions used often but no fault hit, and unknown operations.
    #[must_use]
    pub fn untouched(&self) -> Vec<String> {
        self.with(|entries| {
            let often = entries.calls.iter().filter(|(_, calls)| **calls >= OFTEN_USED);
            let spared = often.filter(|(operation, _)| !entries.faults.contains_key(*operation));
            let spared = spared.map(|(operation, _)| operation.title());
            spared.chain(entries.unknown.keys().cloned()).collect()
        })
    }

    /// Await points that were reached often without a single kill.
    #[must_use]
    pub fn spared(&self) -> Vec<String> {
        self.with(|entries| {
            let often = entries.sites.iter().filter(|(_, site)| site.calls >= OFTEN);
            let spared = often.filter(|(_, site)| site.kills.is_empty());
            spared.map(|((function, site), _)| format!("{function} at {site}")).collect()
        })
    }

    /// Everything that was injected, as tables.
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
        let title = "killed at";
        let _ = writeln!(
            text,
            "\n{title:<76}{:>9}{:>9}{:>9}{:>9}",
            "calls", "before", "during", "after"
        );
        for ((function, name), site) in &self.sites {
            let _ = write!(text, "{:<76}{:>9}", format!("{function} {name}"), site.calls);
            for fault in Fault::KILLS {
                let _ = write!(text, "{:>9}", site.kills.get(&fault).copied().unwrap_or_default());
            }
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "{} requests to queues were delivered twice; {} requests failed unplanned",
            self.copies, self.unplanned
        );
        for (outage, Outages { requests, runs, answered }) in &self.outages {
            let _ = writeln!(
                text,
                "{:<20}{requests:>9} requests in {runs:>4} runs, answered in {answered:>4}",
                outage.name(),
            );
        }
        let _ = writeln!(text, "{:<20}{:>9} campaigns waited", "provider-down", self.blacked_out);
        for (what, count) in &self.unknown {
            let _ = writeln!(text, "unknown: {what}, {count} times");
        }
        text
    }
}
