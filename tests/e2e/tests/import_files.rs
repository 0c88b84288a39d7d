//! Imports: files as people have them, and the opt-outs in them.

use anyhow::Context;
use e2e::Tenant;
use e2e::staging::table;
use serde_json::{Value, json};
use shared::ids::{ImportId, OrganizationId};

/// The numbers of an import: rows, created, updated, rejected, skipped.
fn counts(import: &Value) -> [u64; 5] {
    let counts = ["rows", "created", "updated", "rejected", "skipped"]
        .map(|name| import[name].as_u64().unwrap_or(u64::MAX));
    let [rows, parts @ ..] = counts;
    let unchanged = import["unchanged"].as_u64().unwrap_or(u64::MAX);
    assert_eq!(rows, parts.iter().sum::<u64>() + unchanged, "{import}");
    counts
}

/// The first names of all contacts, sorted.
async fn first_names(tenant: &Tenant) -> anyhow::Result<Vec<String>> {
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let names = contacts.iter().filter_map(|contact| contact["firstName"].as_str());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    Ok(names)
}

async fn unsubscribed(tenant: &Tenant) -> anyhow::Result<Vec<String>> {
    let list = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let phones = list.iter().filter_map(|unsubscribe| unsubscribe["phone"].as_str());
    let mut phones: Vec<String> = phones.map(str::to_owned).collect();
    phones.sort_unstable();
    Ok(phones)
}

#[tokio::test]
async fn an_opt_out_is_kept_whatever_is_wrong_with_its_row() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let many = (0..21).map(|place| format!(",a{place}")).collect::<Vec<_>>().concat();
    let values = ",x".repeat(21);
    let id = "t9x2k/41vq8zr0+ab7mmqw1";
    let csv = format!(
        "id,phone,opt out,email{many}\n\
         ,+14153550101,ALL,n/a\n\
         ,+14153550102,yes\n\
         ,+14153550103,ALL,ana@example.com{values}\n\
         {id},+14153550104,ALL\n\
         0190b6d2-0000-7000-8000-000000000000,+14153550105,ALL\n\
         ,+14153550106,ALL,{},,,\n\
         ,+14153550107,perhaps\n\
         ,12,ALL\n\
         ,+14153550108,NONE\n",
        "x".repeat(300)
    );
    let import = tenant.import(&csv).await?;
    assert_eq!(counts(&import), [9, 2, 0, 7, 0], "{import}");
    assert_eq!(import["optOuts"], 6);
    let expected: Vec<String> = (1..=6).map(|n| format!("+1415355010{n}")).collect();
    assert_eq!(unsubscribed(&tenant).await?, expected);
    Ok(())
}

#[tokio::test]
async fn an_opt_out_without_a_phone_is_the_contacts() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.contact("+14153550101").await?;
    let import = tenant.import(&format!("id,phone,opt out\n{id},n/a,ALL\n")).await?;
    assert_eq!(counts(&import), [1, 0, 0, 1, 0], "{import}");
    assert_eq!(unsubscribed(&tenant).await?, ["+14153550101"]);
    Ok(())
}

/// The file can't be read to the end, so none of its contacts may exist, but its opt-outs do.
#[tokio::test]
async fn opt_outs_come_before_the_first_contact() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let csv = "phone,opt out,note\n+14153550101,NONE,\n+14153550102,ALL,\n\
               +14153550103,NONE,\"not closed\n+14153550104,ALL,\n";
    let import = tenant.import(csv).await?;
    assert_eq!(import["status"], "failed", "{import}");
    let reason = import["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("the quote on line 4 is never closed"), "{reason}");
    assert_eq!(counts(&import), [0; 5]);
    assert_eq!(unsubscribed(&tenant).await?, ["+14153550102"]);
    assert!(tenant.api.list(&tenant.path("contacts")).await?.is_empty());
    Ok(())
}

/// The first pass is done, according to the progress and the contacts.
#[tokio::test]
async fn the_first_pass_is_recorded_as_done() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let import = tenant.import("phone,opt out\n+14153550101,NONE\n+14153550102,ALL\n").await?;
    let id: ImportId = serde_json::from_value(import["id"].clone())?;
    let organization: OrganizationId = tenant.id.parse()?;
    let (import, due) =
        table(&tenant).await.import(organization, id).await?.context("an import")?;
    let pass = import.progress.first_pass;
    assert_eq!((pass.position.rows, pass.opt_outs, pass.is_done, due), (2, 1, true, None));
    Ok(())
}

#[tokio::test]
async fn files_in_other_encodings_are_read() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let bytes = "application/octet-stream";
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let marked = utf_16("\u{feff}Phone\tFirst name\r\n+14153550101\tZoë\r\n");
    let unmarked = utf_16("Phone;First name\n+14153550102;Łukasz\n");
    let windows = b"sep=;\r\nTelefon;Vorname\r\n+14153550103;J\xfcrgen\r\n";
    let mac = b"phone,first name\r+14153550104,Ren\x8e\r";
    for (query, file, encoding) in [
        ("", &marked[..], "utf-16le"),
        ("", &unmarked, "utf-16le"),
        ("", windows, "windows-1252"),
        ("encoding=macintosh", mac, "macintosh"),
    ] {
        let import = tenant.import_file(query, bytes, file).await?;
        assert_eq!((&import["encoding"], counts(&import)), (&json!(encoding), [1, 1, 0, 0, 0]));
    }
    assert_eq!(first_names(&tenant).await?, ["Jürgen", "René", "Zoë", "Łukasz"]);
    Ok(())
}

/// Amazon API Gateway decodes `text/*` as UTF-8, so lost characters affect only their rows.
#[tokio::test]
async fn a_file_that_is_not_utf_8_loses_only_rows_as_text() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let utf_16 = "\u{feff}phone,first name\n+14153550101,Ana\n+14153550102,Zoë\n".encode_utf16();
    let utf_16: Vec<u8> = utf_16.flat_map(u16::to_le_bytes).collect();
    let windows = b"phone,first name,opt out\n+14153550103,Bob,\n+14153550104,J\xfcrgen,ALL\n";
    for file in [&utf_16[..], windows] {
        let import = tenant.import_file("", "text/csv", file).await?;
        assert_eq!(counts(&import), [2, 1, 0, 1, 0], "{import}");
        assert_eq!(import["errors"][0]["row"], 2);
        let reason = import["errors"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("application/octet-stream"), "{reason}");
    }
    assert_eq!(first_names(&tenant).await?, ["Ana", "Bob"]);
    assert_eq!(unsubscribed(&tenant).await?, ["+14153550104"]);
    Ok(())
}

#[tokio::test]
async fn blank_rows_are_ignored_and_counted() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let csv = "sep=;\r\nTéléphone;Portable;Prénom;E-mail\r\n+14153550101;;Ana\r\n;;;\r\n\
               +14153550102;+14153550103;Bob;\r\n\r\n12;;Eve;\r\n;;;\r\n";
    let import = tenant.import(csv).await?;
    assert_eq!(counts(&import), [5, 2, 0, 1, 2], "{import}");
    assert_eq!((&import["errors"][0]["row"], &import["errors"][0]["line"]), (&json!(4), &json!(7)));
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let bob = contacts.iter().find(|contact| contact["firstName"] == "Bob");
    assert_eq!(bob.map(|bob| &bob["phone"]), Some(&json!("+14153550103")), "the mobile phone");
    Ok(())
}

#[tokio::test]
async fn too_many_columns_are_named_and_can_be_left_out() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let names = (1..=22).map(|place| format!(",Property {place:02}")).collect::<Vec<_>>().concat();
    let csv = format!("phone{names}\n+14153550101{}\n", ",x".repeat(22));
    let import = tenant.import(&csv).await?;
    assert_eq!(counts(&import), [1, 0, 0, 1, 0], "{import}");
    let reason = import["errors"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("22 attributes") && reason.contains("'Property 22'"), "{reason}");
    for query in ["attributes=none", "attributes=property_01,Property%2022"] {
        let import = tenant.import_mapped(query, &csv).await?;
        assert_eq!(counts(&import), [1, 1, 0, 0, 0], "{import}");
    }
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let attributes: Vec<&Value> = contacts.iter().map(|contact| &contact["attributes"]).collect();
    assert!(attributes.contains(&&json!({})), "{attributes:?}");
    assert!(attributes.contains(&&json!({"Property 01": "x", "Property 22": "x"})));
    Ok(())
}

/// Each of them costs a read and writes nothing, so writes alone never fill a batch.
#[tokio::test]
async fn rows_that_name_no_contact_are_saved_in_batches() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let rows =
        (0..700).map(|row| format!("0190b6d2-0000-7000-8000-00000000{row:04},+14153550101\n"));
    let import = tenant.import(&format!("id,phone\n{}", rows.collect::<String>())).await?;
    assert_eq!(counts(&import), [700, 0, 0, 700, 0]);
    assert_eq!(import["errors"].as_array().map(Vec::len), Some(100));
    Ok(())
}
