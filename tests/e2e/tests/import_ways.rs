//! Imports: a file is read alike in whichever way it comes.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use e2e::Tenant;
use e2e::imports::{counts, rejected};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// What an import has left behind: its numbers, its rejected rows, contacts and opt-outs.
async fn left(tenant: &Tenant, import: &Value) -> anyhow::Result<Value> {
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let names = ["phone", "firstName", "email", "attributes"];
    let mut contacts: Vec<Value> = contacts
        .iter()
        .map(|contact| names.iter().map(|name| contact[*name].clone()).collect())
        .collect();
    contacts.sort_by_key(ToString::to_string);
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let mut phones: Vec<&Value> = unsubscribes.iter().map(|one| &one["phone"]).collect();
    phones.sort_by_key(ToString::to_string);
    Ok(json!({
        "status": import["status"],
        "encoding": import["encoding"],
        "counts": counts(import),
        "optOuts": import["optOuts"],
        "errors": import["errors"],
        "rejected": rejected(tenant, import).await?,
        "contacts": contacts,
        "unsubscribes": phones,
    }))
}

#[tokio::test]
async fn every_fault_of_a_file_is_found_in_each_way_that_it_comes() -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/imports/every-fault.csv");
    let file = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&file)?;
    let packed = encoder.finish()?;
    let tenant = Tenant::new().await?;
    let direct = tenant.import_file("", "text/csv; charset=utf-8", &file).await?;
    let expected = left(&tenant, &direct).await?;
    let [rows, created, .., skipped, rejected] = counts(&direct);
    assert_eq!((rows, created, skipped, rejected), (22, 12, 1, 9), "{expected}");
    for file in [&file, &packed] {
        let tenant = Tenant::new().await?;
        let uploaded = tenant.upload(&json!({}), file).await?;
        let found = left(&tenant, &uploaded).await?;
        assert_eq!(found, expected);
    }
    Ok(())
}
