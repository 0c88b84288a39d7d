//! What tests read of imports.

use anyhow::Context;
use serde_json::Value;

use crate::{Tenant, text};

/// The numbers of an import: rows, created, updated, unchanged, skipped, rejected.
///
/// # Panics
/// If the rows are not the sum of the others.
#[must_use]
pub fn counts(import: &Value) -> [u64; 6] {
    let names = ["rows", "created", "updated", "unchanged", "skipped", "rejected"];
    let counts = names.map(|name| import[name].as_u64().unwrap_or(u64::MAX));
    let [rows, parts @ ..] = counts;
    assert_eq!(rows, parts.iter().sum::<u64>(), "{import}");
    counts
}

/// The phones of all contacts, sorted.
pub async fn phones(tenant: &Tenant) -> anyhow::Result<Vec<String>> {
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let phones = contacts.iter().filter_map(|contact| contact["phone"].as_str());
    let mut phones: Vec<String> = phones.map(str::to_owned).collect();
    phones.sort_unstable();
    Ok(phones)
}

/// The lines of the file of rejected rows, its header left out.
///
/// # Panics
/// If there are not as many as the import counts.
pub async fn rejected(tenant: &Tenant, import: &Value) -> anyhow::Result<Vec<String>> {
    let path = tenant.path(&format!("contacts/imports/{}/rejected", text(&import["id"])));
    let link = tenant.api.get(&path).await?;
    assert_eq!(link["rows"], import["rejected"]);
    let url = link["url"].as_str().context("a link")?;
    let file = reqwest::get(url).await?.error_for_status()?.text().await?;
    let mut lines = file.lines().map(str::to_owned);
    assert_eq!(lines.next().as_deref(), Some("\u{feff}row,column,value,reason"));
    Ok(lines.collect())
}
