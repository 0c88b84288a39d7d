//! What the functions of the local stack have logged.

use std::fs;

use anyhow::Context;
use local::environment::Variables;
use serde_json::Value;

/// The log of all functions, as text.
pub fn text(variables: &Variables) -> anyhow::Result<String> {
    let path = variables.get("FUNCTIONS_LOG").context("FUNCTIONS_LOG is not set")?;
    let bytes = fs::read(path).with_context(|| format!("failed to read {path}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The lines that belong to a trace.
pub fn of_trace(variables: &Variables, trace: &str) -> anyhow::Result<Vec<Value>> {
    let text = text(variables)?;
    let lines = text.lines().filter(|line| line.contains(trace));
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(lines.filter(|line| line["span"]["trace.id"] == trace).collect())
}
