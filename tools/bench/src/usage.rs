//! Compares what functions log about their usage with what the endpoints counted.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::aws::Asked;

#[derive(Deserialize)]
struct Line {
    usage: Report,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    function: String,
    calls: BTreeMap<String, u64>,
    write_units: f64,
    read_units: f64,
}

/// The differences between the log from `offset` on and `counted`.
pub(crate) fn differences(
    log: &Path,
    offset: u64,
    counted: &BTreeMap<&'static str, Asked>,
) -> anyhow::Result<Vec<String>> {
    let content = std::fs::read(log)?;
    let from = usize::try_from(offset)?.min(content.len());
    let mut told = BTreeMap::<String, Asked>::new();
    for line in content[from..].split(|byte| *byte == b'\n') {
        let Ok(Line { usage }) = serde_json::from_slice(line) else {
            continue;
        };
        let total = told.entry(usage.function).or_default();
        total.units.write += usage.write_units;
        total.units.read += usage.read_units;
        for (call, count) in usage.calls {
            *total.calls.entry(call).or_default() += count;
        }
    }
    let differences = counted.iter().filter_map(|(function, counted)| {
        let told = told.get(*function).cloned().unwrap_or_default();
        let is_same = told.calls == counted.calls
            && (told.units.write - counted.units.write).abs() < 0.01
            && (told.units.read - counted.units.read).abs() < 0.01;
        (!is_same).then(|| {
            let (told, counted) = ((&told.calls, told.units), (&counted.calls, counted.units));
            format!("{function} reports {told:?} and asked for {counted:?}")
        })
    });
    Ok(differences.collect())
}
