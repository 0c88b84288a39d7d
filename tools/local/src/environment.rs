//! What a test or a person needs to talk to the local stack, as variables.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;

/// Variables by name.
pub type Variables = BTreeMap<String, String>;

/// Writes them as a file that a shell can read.
pub fn write(variables: &Variables) -> anyhow::Result<()> {
    let lines: Vec<String> = variables
        .iter()
        .map(|(name, value)| format!("export {name}='{}'\n", value.replace('\'', r"'\''")))
        .collect();
    let path = crate::folder().join("env");
    fs::write(&path, lines.concat()).with_context(|| format!("failed to write {}", path.display()))
}
