//! The targets, and whether they were reached. The bench only reports this and never fails because
//! of it.

use serde::Serialize;

use crate::figures::{FUNCTIONS, Figures};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) aim: String,
    pub(crate) measured: String,
    pub(crate) is_reached: bool,
}

const BASE: usize = 10_000;
/// How far the largest audience's figure may differ from that of ten thousand.
const MAX_GROWTH: f64 = 0.10;

/// The targets that can be checked with the sizes that were run.
pub(crate) fn targets(figures: &Figures) -> Vec<Target> {
    let Some(&largest) = figures.sizes.last() else {
        return Vec::new();
    };
    let mut targets = Vec::new();
    let mut add = |name: String, aim: String, measured: String, is_reached: bool| {
        targets.push(Target { name, aim, measured, is_reached });
    };
    for name in ["CPU", "Write units", "Read units"] {
        let values = (figures.median(name, BASE), figures.median(name, largest));
        if let (Some(base), Some(value)) = values
            && largest > BASE
        {
            let growth = value / base - 1.0;
            add(
                format!("{name} a recipient at {largest} against {BASE}"),
                "within 10 %".to_owned(),
                format!("{:+.1} %", growth * 100.0),
                growth.abs() <= MAX_GROWTH,
            );
        }
    }
    let mut at_least = |name: &str, unit: &str, least: f64| {
        if let Some(value) = figures.median(name, largest) {
            let (aim, measured) = (format!("at least {least:.0} {unit}"), format!("{value:.0}"));
            add(name.to_owned(), aim, measured, value >= least);
        }
    };
    at_least("Fan-out", "recipients a second a core", 50_000.0);
    at_least("Dispatch", "messages a second a core", 4_500.0);
    let mut at_most = |name: &str, unit: &str, most: f64, value: Option<f64>| {
        if let Some(value) = value {
            let (aim, measured) = (format!("at most {most} {unit}"), format!("{value:.2}"));
            add(name.to_owned(), aim, measured, value <= most);
        }
    };
    let memory = figures
        .sizes
        .iter()
        .flat_map(|size| FUNCTIONS.map(|name| figures.median(&format!("Memory, {name}"), *size)))
        .flatten()
        .fold(0.0, f64::max);
    at_most("Memory of any function", "MiB", 48.0, Some(memory));
    let at_largest = |name: &str| figures.median(name, largest);
    at_most("CPU of all functions", "µs a recipient", 450.0, at_largest("CPU"));
    if largest >= BASE {
        let most = |name: &str| {
            let sizes = figures.sizes.iter().filter(|size| **size >= BASE);
            sizes.filter_map(|size| figures.median(name, *size)).reduce(f64::max)
        };
        at_most("Write units from 10,000 on", "a recipient", 3.4, most("Write units"));
        at_most("Read units from 10,000 on", "a recipient", 1.6, most("Read units"));
    }
    let url = "In all: function URL, one callback";
    at_most("Price by a function URL, one callback", "$ a million", 3.0, at_largest(url));
    at_most("Slowest poll", "s of time", 10.0, at_largest("Slowest poll"));
    targets
}
