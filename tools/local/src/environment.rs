//! The environment variables that a test or a person needs to use the local stack.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;

/// Variables by name.
pub type Variables = BTreeMap<String, String>;

/// Writes them to a file that a shell can read.
pub fn write(variables: &Variables) -> anyhow::Result<()> {
    let lines: Vec<String> = variables
        .iter()
        .map(|(name, value)| format!("export {name}='{}'\n", value.replace('\'', r"'\''")))
        .collect();
    let path = crate::folder().join("env");
    fs::write(&path, lines.concat()).with_context(|| format!("failed to write {}", path.display()))
}
