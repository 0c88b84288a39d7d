//! Previews: who a segment or a filter would reach.

use e2e::{PATIENCE, Tenant, phone, staging, text};
use infra::clock;
use infra::table::{KeptPreview, PreviewRun};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::access::SecretHash;
use shared::audience::Totals;
use shared::ids::OrganizationId;
use shared::job::JobsJob;
use shared::segment::Filter;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use crate::segments::{save, tagged};

/// Previews until the result is exact, which takes longer than a request on a busy machine.
async fn preview(tenant: &Tenant, path: &str, body: &Value) -> anyhow::Result<Value> {
    let mut body = body.clone();
    body["exact"] = json!(true);
    wait("an exact preview", PATIENCE, async || {
        let preview = tenant.api.post(path, &body).await?;
        Ok((preview["exact"] == true).then_some(preview))
    })
    .await
}

/// A preview counts each contact once, as the campaign would.
#[tokio::test]
async fn a_preview_shows_who_would_be_reached() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contacts = tenant.path("contacts");
    let (shared, out) = (phone(), phone());
    tenant.unsubscribe(&out).await?;
    for (to, tags, status) in [
        (json!(phone()), json!(["vip"]), "active"),
        (json!(shared), json!(["vip"]), "active"),
        (json!(shared), json!(["vip"]), "active"),
        (json!(out), json!(["vip"]), "active"),
        (json!(phone()), json!(["vip"]), "inactive"),
        (Value::Null, json!(["vip"]), "active"),
        (json!(phone()), json!([]), "active"),
    ] {
        let body = json!({"phone": to, "tags": tags, "status": status});
        tenant.api.post(&contacts, &body).await?;
    }
    let path = tenant.path("segments/preview");
    let vip = preview(&tenant, &path, &json!({"filter": tagged("vip"), "samples": 5})).await?;
    assert_eq!(vip["error"], Value::Null);
    assert_eq!((&vip["contacts"], &vip["recipients"]), (&json!(7), &json!(2)));
    let skipped = json!({
        "noPhone": 1, "duplicate": 1, "unsubscribed": 1,
        "notInTarget": 1, "inactive": 1, "unrenderable": 0,
    });
    assert_eq!(vip["skipped"], skipped);
    assert_eq!(vip["samples"].as_array().map(Vec::len), Some(2));
    let again = tenant.api.post(&path, &json!({"filter": tagged("vip"), "samples": 0})).await?;
    assert_eq!(again["previewedAt"], vip["previewedAt"], "it is kept for a minute");
    assert_eq!(again["samples"], json!([]));
    let segment = save(&tenant, "Others", &json!({"none": [tagged("vip")]})).await?;
    let path = tenant.path(&format!("segments/{}/preview", text(&segment["id"])));
    assert_eq!(preview(&tenant, &path, &json!({})).await?["recipients"], 1);
    let refused = tenant.refusal(Method::POST, &path, Some(&json!({"samples": 21}))).await?;
    assert_eq!(refused, (422, "validation_failed".to_owned()));
    Ok(())
}

/// What takes longer than a request is counted by a job. Here a request died once it had left the rest to
/// one.
#[tokio::test]
async fn a_large_audience_is_counted_in_the_background() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for number in 0..30 {
        let body = json!({"phone": phone(), "tags": [if number % 3 == 0 { "vip" } else { "new" }]});
        tenant.api.post(&tenant.path("contacts"), &body).await?;
    }
    let table = staging::table(&tenant).await;
    let organization_id: OrganizationId = tenant.id.parse()?;
    let organization = table.organization(organization_id).await?.expect("an organization");
    let filter = Filter::parse(&tagged("vip"))?.expanded(&|_| None)?;
    let name = format!("{}#{}", SecretHash(filter.hash()).to_hex(), organization.time_zone);
    let now = clock::now();
    let run = PreviewRun {
        holder: "the request".to_owned(),
        begun_at: now,
        saved_at: now,
        target: FrozenTarget::including(filter, organization.time_zone),
        shards_read: 0,
        totals: Totals::default(),
        samples: Vec::new(),
    };
    table.begin_preview(organization_id, &run.holder, now).await?;
    table.begin_preview_run(organization_id, &name, &run).await?;
    let (path, body) = (tenant.path("segments/preview"), json!({"filter": tagged("vip")}));
    let ask = async || tenant.api.request(Method::POST, &path).json(&body).send().await;
    let answer = ask().await?;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str()?), (202, "2"));
    assert_eq!(answer.json::<Value>().await?["progress"], 0.0);

    let job = JobsJob::Preview { organization_id, name: name.clone() }.into();
    staging::hand(&tenant, &job).await?;
    let counted: Value = ask().await?.error_for_status()?.json().await?;
    assert_eq!((&counted["exact"], &counted["recipients"]), (&json!(true), &json!(10)));
    assert_eq!(counted["previewedAt"], json!(now.to_string()));
    // A job that arrives twice changes nothing.
    staging::hand(&tenant, &job).await?;

    // A newer preview takes over: the job stops, and its client hears so once.
    table.begin_preview(organization_id, &run.holder, now).await?;
    table.begin_preview_run(organization_id, &name, &run).await?;
    table.keep_preview(organization_id, &name, &expired(now)).await?;
    let newer = preview(&tenant, &path, &json!({"filter": tagged("new")})).await?;
    assert_eq!(newer["recipients"], 20);
    staging::hand(&tenant, &job).await?;
    let refused = tenant.refusal(Method::POST, &path, Some(&body)).await?;
    assert_eq!(refused, (409, "preview_superseded".to_owned()));
    assert_eq!(preview(&tenant, &path, &body).await?["recipients"], 10);
    Ok(())
}

fn expired(now: Timestamp) -> KeptPreview {
    KeptPreview { totals: Totals::default(), error: None, samples: Vec::new(), at: now, until: now }
}
