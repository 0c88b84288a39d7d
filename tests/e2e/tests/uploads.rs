//! Imports of uploaded files: how they arrive, and how they end.

use std::io::Write;
use std::time::Instant;

use e2e::imports::{counts, phones, rejected};
use e2e::staging::{hand, table};
use e2e::{ALIVE, Tenant, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use infra::clock;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Import, Options, StoredFile};
use shared::job::{Due, JobsJob};

fn packed(content: &str) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes())?;
    Ok(encoder.finish()?)
}

#[tokio::test]
async fn an_uploaded_file_is_imported_once_it_is_started() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let created = tenant.create_upload(&json!({})).await?;
    assert_eq!(created["status"], "uploading");
    let start = tenant.path(&format!("contacts/imports/{}/start", text(&created["id"])));
    let early = tenant.refusal(Method::POST, &start, Some(&json!({}))).await?;
    assert_eq!(early, (409, "upload_missing".to_owned()));
    let csv = "phone,first name,note\n+14153550101,Ana,\"two\nlines\"\n12,Bob,x\n=1+1,Eve,\n";
    tenant.send_upload(&created, csv.as_bytes()).await?;
    tenant.api.post(&start, &json!({})).await?;
    let import = tenant.ended(text(&created["id"])).await?;
    assert_eq!((&import["status"], counts(&import)), (&json!("done"), [3, 1, 0, 0, 0, 2]));
    assert_eq!(phones(&tenant).await?, ["+14153550101"]);
    let lines = rejected(&tenant, &import).await?;
    assert!(lines[0].starts_with("3,\"phone\",\"12\",\"is not a valid number"), "{lines:?}");
    assert!(lines[1].starts_with("4,\"phone\",\"'=1+1\","), "{lines:?}");
    let again = tenant.refusal(Method::POST, &start, Some(&json!({}))).await?;
    assert_eq!(again, (409, "import_not_uploading".to_owned()));
    let listed = tenant.api.list(&tenant.path("contacts/imports")).await?;
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["id"], &listed[0]["rows"]), (&import["id"], &json!(3)));
    Ok(())
}

#[tokio::test]
async fn a_form_takes_one_file_of_a_bounded_size() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let created = tenant.create_upload(&json!({})).await?;
    assert!(tenant.send_upload(&created, b"").await.is_err(), "an empty file is none");
    let mut elsewhere = created.clone();
    elsewhere["upload"]["fields"]["key"] = json!("imports/another");
    assert!(tenant.send_upload(&elsewhere, b"phone\n").await.is_err(), "the key is fixed");
    Ok(())
}

#[tokio::test]
async fn ten_uploads_may_be_open() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let first = tenant.create_upload(&json!({})).await?;
    for _ in 1..10 {
        tenant.create_upload(&json!({})).await?;
    }
    let (path, body) = (tenant.path("contacts/imports"), json!({"upload": true}));
    let eleventh = tenant.refusal(Method::POST, &path, Some(&body)).await?;
    assert_eq!(eleventh, (429, "too_many_uploads".to_owned()));
    let cancel = tenant.path(&format!("contacts/imports/{}/cancel", text(&first["id"])));
    let canceled = tenant.api.post(&cancel, &json!({})).await?;
    assert_eq!(canceled["status"], "cancelled");
    tenant.create_upload(&json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn archives_of_several_members_are_unpacked() -> anyhow::Result<()> {
    // A process that is killed while it unpacks has its successor only after minutes.
    let _alive = ALIVE.read().await;
    let tenant = Tenant::new().await?;
    let members = [packed("phone,first name\n+14153550101,Ana\n")?, packed("+14153550102,Bob\n")?];
    let import = tenant.upload(&json!({}), &members.concat()).await?;
    assert_eq!((&import["status"], counts(&import)), (&json!("done"), [2, 2, 0, 0, 0, 0]));
    let damaged = &members[0][..members[0].len() - 4];
    let zeros = packed(&"0".repeat(40 * 1024 * 1024))?;
    for (file, expected) in [(damaged, "damaged"), (&zeros, "times as large")] {
        let import = tenant.upload(&json!({}), file).await?;
        assert_eq!(import["status"], "failed", "{import}");
        assert!(text(&import["reason"]).contains(expected), "{import}");
        assert_eq!(counts(&import), [0; 6]);
    }
    assert_eq!(phones(&tenant).await?, ["+14153550101", "+14153550102"]);
    Ok(())
}

/// What cannot be read says why, and changes nothing.
#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for (options, file, expected) in [
        (json!({}), &b"PK\x03\x04"[..], "zip archive"),
        (json!({}), b"name,city\nAna,Oakland\n", "no known phone column"),
        (json!({"columns": {"phone": "Mobile"}}), b"phone\n", "no column 'Mobile'"),
        (json!({}), b"phone,name\n+14153550101,\"Ana\n", "never closed"),
        (json!({"encoding": "utf-16le"}), b"phone\n+14153550101\n", "no known phone column"),
    ] {
        let import = tenant.upload(&options, file).await?;
        assert_eq!(import["status"], "failed", "{import}");
        assert!(text(&import["reason"]).contains(expected), "{import}");
    }
    let import = tenant.upload(&json!({"format": "jsonl"}), b"phone\n+14153550101\n").await?;
    assert_eq!(counts(&import), [2, 0, 0, 0, 0, 2], "each line is rejected by itself");
    let path = tenant.path("contacts/imports");
    for (body, pointer) in [
        (json!({"upload": false}), "/upload"),
        (json!({"upload": true, "delimiter": "ab"}), "/delimiter"),
        (json!({"upload": true, "encoding": "klingon"}), "/encoding"),
        (json!({"upload": true, "match": "name"}), "/match"),
        (json!({"upload": true, "columns": {"street": "x"}}), "/columns/street"),
    ] {
        let answer = tenant.api.request(Method::POST, &path).json(&body).send().await?;
        assert_eq!(answer.status().as_u16(), 422, "{body}");
        let problem: Value = answer.json().await?;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    assert!(phones(&tenant).await?.is_empty());
    Ok(())
}

/// An import of a file in the bucket, which another file has replaced.
#[tokio::test]
async fn a_file_that_changes_under_its_import_fails_it() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let created = tenant.create_upload(&json!({})).await?;
    tenant.send_upload(&created, b"phone\n+14153550101\n").await?;
    let key = text(&created["upload"]["fields"]["key"]).to_owned();
    let file =
        StoredFile { key, etag: Some("\"00000000000000000000000000000000\"".into()), size: 19 };
    let (now, organization_id) = (clock::now(), tenant.id.parse::<OrganizationId>()?);
    let import_id = ImportId::new(now, clock::entropy());
    let import = Import::new(import_id, organization_id, Options::default(), None, now);
    let import = Import { file: Some(file), ..import };
    let job = JobsJob::Import { organization_id, import_id };
    let due = Due { at: now, job: job.clone().into() };
    table(&tenant).await.create_import(&import, &due, None).await?;
    hand(&tenant, &job.into()).await?;
    let import = tenant.ended(&import_id.to_string()).await?;
    assert_eq!(import["status"], "failed", "{import}");
    assert!(text(&import["reason"]).contains("file changed"), "{import}");
    Ok(())
}

/// The number of rows of the large file. `IMPORT_ROWS=200000` takes minutes.
fn rows_of_the_large_file() -> u64 {
    let rows = std::env::var("IMPORT_ROWS").ok().and_then(|rows| rows.parse().ok());
    rows.unwrap_or(4_000)
}

/// A CSV file of distinct phones. Every thousandth person has opted out.
fn large_file(rows: u64) -> String {
    let numbers = (0..rows).map(|row| {
        let (area, line) = (if row % 2 == 0 { "415" } else { "212" }, row / 2);
        let opt_out = if row % 1_000 == 999 { "ALL" } else { "" };
        format!("+1{area}{}{:04},Ana,{opt_out}\n", 220 + line / 10_000, line % 10_000)
    });
    numbers.fold("phone,first name,opt out\n".to_owned(), |csv, row| csv + &row)
}

/// A large file, whose runs are killed again and again.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "how long a large file takes is for a person to see")]
async fn each_row_of_a_large_file_is_imported_once() -> anyhow::Result<()> {
    const KILLS: u64 = 3;
    let count = rows_of_the_large_file();
    let tenant = Tenant::new().await?;
    let created = tenant.create_upload(&json!({})).await?;
    tenant.send_upload(&created, large_file(count).as_bytes()).await?;
    let id = text(&created["id"]).to_owned();
    let path = tenant.path(&format!("contacts/imports/{id}"));
    let begun = Instant::now();
    // A large file takes as long as it takes, but it must get on.
    let patience = e2e::PATIENCE * u32::try_from(1 + count / 4_000)?;
    tenant.api.post(&format!("{path}/start"), &json!({})).await?;
    for kill in 1..=KILLS {
        wait("the import to get on", patience, async || {
            tenant.functions.sweep().await?;
            let import = tenant.api.get(&path).await?;
            let rows = import["rows"].as_u64().unwrap_or_default();
            Ok((rows >= count / (KILLS + 1) * kill || import["status"] == "done").then_some(()))
        })
        .await?;
        let alone = ALIVE.write().await;
        tenant.functions.kill("SEND")?;
        drop(alone);
    }
    let import = wait("the import", patience, async || {
        tenant.functions.sweep().await?;
        let import = tenant.api.get(&path).await?;
        Ok(matches!(text(&import["status"]), "done" | "failed").then_some(import))
    })
    .await?;
    println!("imported {count} rows in {:.1} s", begun.elapsed().as_secs_f64());
    assert_eq!(counts(&import), [count, count, 0, 0, 0, 0], "{import}");
    assert_eq!(import["optOuts"], count / 1_000);
    let phones = phones(&tenant).await?;
    assert_eq!(phones.len() as u64, count);
    assert!(phones.is_sorted_by(|one, next| one < next), "each phone is there once");
    Ok(())
}
