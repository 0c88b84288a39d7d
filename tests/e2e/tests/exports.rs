//! Exports: files of what an organization has, and importing them again.

use std::collections::BTreeMap;
use std::io::Read;

use anyhow::{Context, ensure};
use e2e::imports::counts;
use e2e::{PATIENCE, Tenant, phone, text};
use flate2::read::GzDecoder;
use local::client::{Api, wait};
use reqwest::Method;
use serde_json::{Value, json};

/// Exports and waits for the end.
async fn export(tenant: &Tenant, request: &Value) -> anyhow::Result<Value> {
    let created = tenant.api.post(&tenant.path("exports"), request).await?;
    assert_eq!((&created["status"], &created["file"]), (&json!("pending"), &json!(null)));
    let path = tenant.path(&format!("exports/{}", text(&created["id"])));
    wait("the export", 2 * PATIENCE, async || {
        let export = tenant.api.get(&path).await?;
        Ok(matches!(export["status"].as_str(), Some("done" | "failed")).then_some(export))
    })
    .await
}

/// The file of an export, by a reader that stops after the first member of an archive.
async fn download(export: &Value) -> anyhow::Result<String> {
    assert_eq!(export["status"], "done", "{export}");
    let url = export["file"]["url"].as_str().context("a link")?;
    let response = reqwest::get(url).await?.error_for_status()?;
    let disposition = response.headers()["content-disposition"].to_str()?.to_owned();
    assert!(disposition.contains(text(&export["file"]["name"])), "{disposition}");
    let packed = response.bytes().await?;
    assert_eq!(export["size"], packed.len());
    let mut decoder = GzDecoder::new(&packed[..]);
    let mut file = String::new();
    decoder.read_to_string(&mut file)?;
    assert!(decoder.into_inner().is_empty(), "nothing follows the member");
    Ok(file)
}

pub(crate) async fn exported(tenant: &Tenant, request: &Value) -> anyhow::Result<String> {
    download(&export(tenant, request).await?).await
}

pub(crate) fn lines(file: &str) -> anyhow::Result<Vec<Value>> {
    Ok(file.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[tokio::test]
async fn messages_are_exported_as_the_api_shows_them() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(5).await?;
    let opted_out = phone();
    let left_out = tenant.contact(&opted_out).await?;
    tenant.unsubscribe(&opted_out).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    let request = json!({"kind": "messages", "format": "jsonl", "campaignId": campaign});
    let rows = lines(&exported(&tenant, &request).await?)?;
    let by_id = |values: &[Value]| -> BTreeMap<String, Value> {
        values.iter().map(|value| (text(&value["id"]).to_owned(), value.clone())).collect()
    };
    let shown = by_id(&tenant.messages(&campaign).await?);
    let rows = by_id(&rows);
    assert_eq!(rows.len(), 5);
    for (id, row) in &rows {
        let message = &shown[id];
        for (name, value) in row.as_object().context("an object")? {
            if name != "contactId" {
                assert_eq!(value, &message[name], "{name}");
            }
        }
        let contact = tenant.path(&format!("contacts/{}", text(&row["contactId"])));
        assert_eq!(tenant.api.get(&contact).await?["phone"], row["to"]);
    }
    let request = json!({"kind": "messages", "format": "csv", "campaignId": campaign});
    let csv = exported(&tenant, &request).await?;
    assert_eq!(csv.lines().count(), 6);
    assert!(csv.starts_with("\u{feff}id,campaignId,contactId,to,from,body,parts,status,"), "{csv}");
    let request = json!({"kind": "skipped", "format": "jsonl", "campaignId": campaign});
    let skipped = lines(&exported(&tenant, &request).await?)?;
    let expected = json!({"campaignId": campaign, "contactId": left_out,
        "reason": "unsubscribed", "detail": null});
    assert_eq!(skipped, [expected]);
    let request = json!({"kind": "unsubscribes", "format": "csv"});
    let csv = exported(&tenant, &request).await?;
    assert!(csv.lines().any(|line| line.starts_with(&format!("{opted_out},"))), "{csv}");
    // A draft has none.
    let draft = tenant.draft("Hello").await?;
    let request = json!({"kind": "messages", "format": "jsonl", "campaignId": draft});
    assert_eq!(exported(&tenant, &request).await?, "");
    Ok(())
}

fn contacts() -> Vec<Value> {
    vec![
        json!({"phone": "+14153550101", "firstName": "=Zoë, \"Z\"", "lastName": "O'Neil",
            "email": "zoe@example.com", "externalId": "-7", "tags": ["a;b", "gold", "x,y"],
            "timeZone": "America/New_York", "language": "es-419",
            "attributes": {"City": "Oak\nland; \"O\"", "Mobile": "+14153559999",
                "phone": "none", "opt out": "yes", "Plans": ["gold", "=x,y", "two\nlines"]}}),
        json!({"phone": "+14153550102", "status": "inactive", "tags": ["vip"]}),
        json!({"firstName": "+Nobody", "attributes": {"City": "-"}}),
    ]
}

/// What people said of a contact.
fn said(contact: &Value) -> Value {
    let names = ["phone", "firstName", "lastName", "email", "externalId", "status", "tags"];
    let names = names.into_iter().chain(["timeZone", "language", "attributes"]);
    names
        .map(|name| (name.to_owned(), contact[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

async fn all_said(tenant: &Tenant) -> anyhow::Result<Vec<Value>> {
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let mut said: Vec<Value> = contacts.iter().map(said).collect();
    said.sort_by_key(|contact| contact["phone"].to_string());
    Ok(said)
}

#[tokio::test]
async fn exported_contacts_can_be_imported_again() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for contact in contacts() {
        tenant.api.post(&tenant.path("contacts"), &contact).await?;
    }
    let before = all_said(&tenant).await?;
    for format in ["csv", "jsonl"] {
        let file = exported(&tenant, &json!({"kind": "contacts", "format": format})).await?;
        if format == "csv" {
            let marked = ["\"'=Zoë, \"\"Z\"\"\"", "'-7", "'+Nobody", ",+14153550101,"];
            assert!(marked.iter().all(|cell| file.contains(cell)), "{file}");
        }
        let other = Tenant::new().await?;
        let import = other.upload(&json!({"match": "none"}), file.as_bytes()).await?;
        assert_eq!(counts(&import), [3, 3, 0, 0, 0, 0], "{import}");
        assert_eq!(all_said(&other).await?, before, "{format}");
        assert!(other.api.list(&other.path("unsubscribes")).await?.is_empty());
        let same = tenant.upload(&json!({}), file.as_bytes()).await?;
        assert_eq!(counts(&same), [3, 0, 0, 3, 0, 0], "{same}");
    }
    Ok(())
}

/// Bytes that do not compress, so that the file has several parts.
#[tokio::test]
async fn a_large_file_has_several_parts() -> anyhow::Result<()> {
    const CONTACTS: usize = 6_000;
    let tenant = Tenant::new().await?;
    let mut state = 7_u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from(state >> 57).unwrap_or_default() % 90)
    };
    let mut csv = "phone,note\n".to_owned();
    for number in 0..CONTACTS {
        let note: String = (0..1_900).map(|_| random()).collect();
        let note = note.replace('"', "x");
        csv.extend([format!("+1415355{number:04},\"a{note}\"\n")]);
    }
    let import = tenant.upload(&json!({}), csv.as_bytes()).await?;
    ensure!(import["created"] == CONTACTS, "{import}");
    let export = export(&tenant, &json!({"kind": "contacts", "format": "csv"})).await?;
    assert!(export["size"].as_u64() > Some(8 * 1024 * 1024), "{export}");
    assert_eq!(export["rows"], CONTACTS);
    let file = download(&export).await?;
    assert_eq!(file.lines().count(), CONTACTS + 1);
    let phones: std::collections::BTreeSet<&str> =
        file.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(phones.len(), CONTACTS);
    Ok(())
}

#[tokio::test]
async fn exports_are_for_senders_and_of_what_they_name() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("exports");
    let campaign = tenant.draft("Hello").await?;
    let other = Tenant::new().await?.draft("Hello").await?;
    for (body, pointer) in [
        (json!({"kind": "messages", "format": "csv"}), "/campaignId"),
        (json!({"kind": "skipped", "format": "csv", "campaignId": other}), "/campaignId"),
        (json!({"kind": "contacts", "format": "csv", "campaignId": campaign}), "/campaignId"),
        (json!({"kind": "people", "format": "csv"}), "/kind"),
        (json!({"kind": "contacts", "format": "xlsx"}), "/format"),
    ] {
        let response = tenant.api.request(Method::POST, &path).json(&body).send().await?;
        assert_eq!(response.status(), 422, "{body}");
        let problem: Value = response.json().await?;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let (viewer, _) = tenant.keyed("viewer").await?;
    let (sender, _) = tenant.keyed("sender").await?;
    let body = json!({"kind": "contacts", "format": "csv"});
    let status = async |api: &Api, method: Method, path: &str| {
        anyhow::Ok(api.request(method, path).json(&body).send().await?.status().as_u16())
    };
    assert_eq!(status(&viewer, Method::POST, &path).await?, 403);
    assert_eq!(status(&viewer, Method::GET, &path).await?, 403);
    assert_eq!(status(&sender, Method::POST, &path).await?, 202);
    // One runs at a time, and its end makes room.
    let busy = async || tenant.refusal(Method::POST, &path, Some(&body)).await;
    wait("the first one's end", PATIENCE, async || {
        Ok(match busy().await? {
            (202, _) => Some(()),
            refused => {
                assert_eq!(refused, (429, "export_in_progress".to_owned()));
                None
            }
        })
    })
    .await?;
    assert_eq!(tenant.api.list(&path).await?.len(), 2);
    Ok(())
}
