//! Segments: saved, explained, and refused where they are wrong.

use e2e::{PATIENCE, Tenant, phone, text};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

fn tagged(tag: &str) -> Value {
    json!({"field": "tags", "op": "in", "value": [tag]})
}

async fn save(tenant: &Tenant, name: &str, filter: &Value) -> anyhow::Result<Value> {
    tenant.api.post(&tenant.path("segments"), &json!({"name": name, "filter": filter})).await
}

async fn refused(tenant: &Tenant, filter: &Value) -> anyhow::Result<(String, String)> {
    let body = json!({"name": "Bad", "filter": filter});
    let request = tenant.api.request(Method::POST, &tenant.path("segments")).json(&body);
    let response = request.send().await?;
    assert_eq!(response.status(), 422, "{filter}");
    let problem: Value = response.json().await?;
    let error = &problem["errors"][0];
    Ok((text(&error["pointer"]).to_owned(), text(&error["detail"]).to_owned()))
}

#[tokio::test]
async fn a_segment_is_kept_as_it_was_written() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let vip = save(&tenant, "VIP", &tagged("vip")).await?;
    let filter = json!({"all": [
        {"segment": vip["id"]},
        {"none": [{"field": {"attribute": "a.b"}, "op": "gt", "value": 5}]},
    ]});
    let nested = save(&tenant, "Nested", &filter).await?;
    assert_eq!(nested["filter"], filter);
    assert_eq!(nested["usedBy"], json!([]));
    assert_eq!(text(&nested["changedBy"]["kind"]), "key");
    let path = tenant.path(&format!("segments/{}", text(&nested["id"])));
    assert_eq!(tenant.api.get(&path).await?, nested);
    let listed = tenant.api.list(&tenant.path("segments")).await?;
    assert_eq!(listed, [nested.clone(), vip.clone()]);

    let change = json!({"name": "Renamed", "filter": tagged("new")});
    let response = tenant.api.request(Method::PUT, &path).json(&change).send().await?;
    let changed: Value = response.error_for_status()?.json().await?;
    assert_eq!((text(&changed["name"]), &changed["filter"]), ("Renamed", &tagged("new")));
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?.0, 204);
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?.0, 404);
    assert_eq!(tenant.api.list(&tenant.path("segments")).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_bad_filter_changes_nothing_and_is_named() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let other = Tenant::new().await?;
    let foreign = save(&other, "Other", &tagged("vip")).await?;
    for (filter, pointer) in [
        (json!({}), "/filter"),
        (json!({"all": [{"any": []}]}), "/filter/all/0/any"),
        (json!({"field": "age", "op": "gt", "value": 5}), "/filter/field"),
        (json!({"segment": foreign["id"]}), "/filter"),
        (json!({"segment": "x"}), "/filter/segment"),
    ] {
        assert_eq!(refused(&tenant, &filter).await?.0, pointer, "{filter}");
    }
    let one = save(&tenant, "One", &tagged("vip")).await?;
    let two = save(&tenant, "Two", &json!({"any": [{"segment": one["id"]}]})).await?;
    let path = tenant.path(&format!("segments/{}", text(&one["id"])));
    let cycle = json!({"name": "One", "filter": {"none": [{"segment": two["id"]}]}});
    let refused = tenant.refusal(Method::PUT, &path, Some(&cycle)).await?;
    assert_eq!(refused, (422, "validation_failed".to_owned()));
    let itself = json!({"name": "One", "filter": {"segment": one["id"]}});
    assert_eq!(tenant.refusal(Method::PUT, &path, Some(&itself)).await?.0, 422);
    assert_eq!(tenant.api.get(&path).await?, one);
    assert_eq!(tenant.api.list(&tenant.path("segments")).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_contact_learns_why_it_is_in_a_segment() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let zone = json!({"timeZone": "America/New_York"});
    assert_eq!(tenant.configure(&zone).await?["timeZone"], "America/New_York");
    let body = json!({"phone": phone(), "externalId": "7", "tags": ["vip"]});
    tenant.api.post(&tenant.path("contacts"), &body).await?;
    let filter = json!({"all": [tagged("vip"), {"field": "firstName", "op": "exists"}]});
    let segment = save(&tenant, "Named", &filter).await?;
    let path = tenant.path(&format!("segments/{}/explain", text(&segment["id"])));
    let explained = tenant.api.get(&format!("{path}?contact=ext:7")).await?;
    assert_eq!((text(&explained["kind"]), &explained["matches"]), ("all", &json!(false)));
    let tests = &explained["filters"];
    assert_eq!((&tests[0]["matches"], &tests[0]["found"]), (&json!(true), &json!(["vip"])));
    assert_eq!((&tests[1]["matches"], &tests[1]["found"]), (&json!(false), &json!([])));
    assert_eq!(tests[0]["test"], tagged("vip"));
    for query in ["?contact=ext:8", "?contact=x"] {
        assert_eq!(tenant.refusal(Method::GET, &format!("{path}{query}"), None).await?.0, 404);
    }
    Ok(())
}

/// Previews until the result is exact. On a busy machine, what can be read in time may be a part of the
/// audience, and that estimate is kept for a minute.
async fn preview(tenant: &Tenant, path: &str, body: &Value) -> anyhow::Result<Value> {
    wait("an exact preview", PATIENCE, async || {
        let preview = tenant.api.post(path, body).await?;
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
