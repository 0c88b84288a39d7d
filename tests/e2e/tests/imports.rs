//! Imports of files as people have them.

use std::pin::pin;

use anyhow::{bail, ensure};
use e2e::staging::{event, hand, table};
use e2e::{ALIVE, PATIENCE, Tenant};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::{ImportId, OrganizationId};
use shared::import::Progress;
use shared::job::JobsJob;

/// Enough rows to catch an import in progress.
const ROWS: u64 = 1_500;
/// How many times a kill that came too late is repeated.
const MAX_KILLS: usize = 10;

#[tokio::test]
async fn a_file_from_a_spreadsheet_is_taken() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let import = tenant
        .import(
            "\u{feff}Phone Number;First Name;E-Mail;City\r\n\
             (415) 355-0123;Zoë;zoe@example.com;\"Oakland;\nEast\"\r\n\
             +44 7911 123456;Ana;;\r\n\
             12345;Bob;;\r\n\
             ;Carol;carol@example.com;\r\n\
             +14153550124;Dan\r\n\
             +14153550125;Eve;not an address;\r\n",
        )
        .await?;
    assert_eq!(import["status"], "done", "{import}");
    assert_eq!(import["rows"], 6);
    assert_eq!(import["created"], 4);
    assert_eq!(import["rejected"], 2);
    let errors = import["errors"].as_array().cloned().unwrap_or_default();
    let places: Vec<_> = errors.iter().map(|e| (e["row"].as_u64(), e["column"].as_str())).collect();
    assert_eq!(places, [(Some(3), Some("Phone Number")), (Some(6), Some("E-Mail"))]);
    let lines: Vec<_> = errors.iter().map(|error| error["line"].as_u64()).collect();
    assert_eq!(lines, [Some(5), Some(8)], "a cell of the first row has two lines");
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let zoe = contacts.iter().find(|contact| contact["phone"] == "+14153550123");
    let zoe = zoe.ok_or_else(|| anyhow::anyhow!("not imported"))?;
    assert_eq!(zoe["firstName"], "Zoë");
    assert_eq!(zoe["attributes"]["City"], "Oakland;\nEast");
    Ok(())
}

/// Starts an import three more times beside the queued run, and kills all runs once a third of the
/// rows that `done` counts are done. Returns whether all of them were still in progress.
async fn dies_on_its_way(
    tenant: &Tenant,
    import: ImportId,
    done: impl Fn(&Progress) -> u64,
) -> anyhow::Result<bool> {
    let table = table(tenant).await;
    let organization: OrganizationId = tenant.id.parse()?;
    let rows = async || {
        let found = table.import(organization, import).await?;
        anyhow::Ok(found.map_or(0, |(import, _)| done(&import.progress)))
    };
    let job = event(&JobsJob::Import { organization_id: organization, import_id: import }.into());
    let run = || tenant.functions.invoke("SEND", &job);
    let mut runs = pin!(async { <[_; 3]>::from(tokio::join!(run(), run(), run())) });
    let a_third = async {
        while rows().await? < ROWS / 3 {}
        anyhow::Ok(())
    };
    tokio::select! {
        _ = &mut runs => return Ok(false),
        reached = a_third => reached?,
    }
    ensure!(tenant.functions.kill("SEND")? > 0, "nothing was killed");
    let answers = runs.await;
    // A run that lost every race to the others may have given up by then without reaching the end.
    let has_ended = |answer: &anyhow::Result<Value>| {
        answer.as_ref().is_ok_and(|answer| *answer == json!({"batchItemFailures": []}))
    };
    let was_killed = answers.iter().any(Result::is_err) && !answers.iter().any(has_ended);
    Ok(was_killed && rows().await? < ROWS)
}

/// A new tenant's import of `csv` whose runs were all killed before the end.
async fn dead_import(
    csv: &str,
    done: impl Fn(&Progress) -> u64,
) -> anyhow::Result<(Tenant, ImportId)> {
    for _ in 0..MAX_KILLS {
        let tenant = Tenant::new().await?;
        let alone = ALIVE.write().await;
        let imports = tenant.path("contacts/imports");
        let import = tenant.api.post_csv(&imports, csv.as_bytes().to_vec()).await?;
        let id: ImportId = serde_json::from_value(import["id"].clone())?;
        let was_on_its_way = dies_on_its_way(&tenant, id, &done).await?;
        drop(alone);
        if was_on_its_way {
            return Ok((tenant, id));
        }
    }
    bail!("no kill met an import on its way")
}

/// Waits for the end of an import whose runs were killed.
async fn repaired(tenant: &Tenant, import: ImportId) -> anyhow::Result<Value> {
    let path = tenant.path(&format!("contacts/imports/{import}"));
    wait("the import to be repaired", PATIENCE, async || {
        tenant.functions.sweep().await?;
        let import = tenant.api.get(&path).await?;
        Ok(matches!(import["status"].as_str(), Some("done" | "failed")).then_some(import))
    })
    .await
}

#[tokio::test]
async fn an_import_that_runs_often_at_once_and_dies_adds_nothing_twice() -> anyhow::Result<()> {
    let phones: Vec<String> = (0..ROWS).map(|row| format!("+1415355{row:04}")).collect();
    let csv = format!("phone\n{}\n", phones.join("\n"));
    let (tenant, id) = dead_import(&csv, Progress::rows).await?;
    let path = tenant.path(&format!("contacts/imports/{id}"));
    let import = repaired(&tenant, id).await?;
    let counts = ["rows", "created", "updated", "rejected"].map(|name| import[name].as_u64());
    assert_eq!(counts, [ROWS, ROWS, 0, 0].map(Some), "{import}");
    let again = JobsJob::Import { organization_id: tenant.id.parse()?, import_id: id };
    hand(&tenant, &again.into()).await?;
    assert_eq!(tenant.api.get(&path).await?, import, "it has ended");
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let mut listed: Vec<&str> = contacts.iter().filter_map(|c| c["phone"].as_str()).collect();
    listed.sort_unstable();
    assert_eq!(listed, phones);
    Ok(())
}

/// Every row opts its person out, so the first pass has much to write.
#[tokio::test]
async fn an_import_that_dies_in_its_first_pass_keeps_every_opt_out() -> anyhow::Result<()> {
    let phones: Vec<String> = (0..ROWS).map(|row| format!("+1415355{row:04}")).collect();
    let rows = phones.iter().map(|phone| format!("{phone},ALL\n")).collect::<Vec<_>>().concat();
    let csv = format!("phone,opt out\n{rows}");
    let (tenant, id) = dead_import(&csv, |progress| progress.first_pass.position.rows).await?;
    let import = repaired(&tenant, id).await?;
    let counts = ["rows", "created", "rejected", "optOuts"].map(|name| import[name].as_u64());
    assert_eq!(counts, [ROWS, ROWS, 0, ROWS].map(Some), "{import}");
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let mut listed: Vec<&str> =
        unsubscribes.iter().filter_map(|one| one["phone"].as_str()).collect();
    listed.sort_unstable();
    assert_eq!(listed, phones);
    Ok(())
}

#[tokio::test]
async fn rows_with_an_id_update_their_contact() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.contact("+14153550123").await?;
    let missing = "0190b6d2-0000-7000-8000-000000000000";
    let csv = format!("id,phone,first_name\n{id},+14153550199,Zoë\n{missing},+14153550198,Bob\n");
    let import = tenant.import(&csv).await?;
    assert_eq!((&import["updated"], &import["rejected"]), (&json!(1), &json!(1)), "{import}");
    let contact = tenant.api.get(&tenant.path(&format!("contacts/{id}"))).await?;
    assert_eq!(contact["phone"], "+14153550199");
    assert_eq!(contact["firstName"], "Zoë");
    assert_eq!(tenant.api.list(&tenant.path("contacts")).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn files_that_are_none_change_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("contacts/imports");
    let post = |content: Vec<u8>, kind: &'static str| {
        tenant.api.request(Method::POST, &path).header("content-type", kind).body(content).send()
    };
    let status = |answer: reqwest::Response| answer.status().as_u16();
    assert_eq!(status(post(b"name,city\nAna,Oakland\n".to_vec(), "text/csv").await?), 422);
    assert_eq!(status(post(b"phone\n\xff\xfe\n".to_vec(), "text/csv").await?), 422);
    assert_eq!(status(post(b"phone\n1\n".to_vec(), "application/pdf").await?), 415);
    assert_eq!(status(post(vec![b'a'; 4 * 1024 * 1024 + 1], "text/csv").await?), 413);
    assert!(tenant.api.list(&tenant.path("contacts")).await?.is_empty());
    Ok(())
}
