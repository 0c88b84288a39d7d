//! Campaigns for a part of an audience.

use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::quotes::quote;

async fn segment(tenant: &Tenant, tag: &str) -> anyhow::Result<Value> {
    let filter = json!({"field": "tags", "op": "in", "value": [tag]});
    let body = json!({"name": tag, "filter": filter});
    Ok(tenant.api.post(&tenant.path("segments"), &body).await?["id"].clone())
}

async fn tagged(tenant: &Tenant, to: &str, tags: &[&str]) -> anyhow::Result<()> {
    let body = json!({"phone": to, "tags": tags});
    tenant.api.post(&tenant.path("contacts"), &body).await?;
    Ok(())
}

async fn draft(tenant: &Tenant, target: &Value) -> anyhow::Result<Value> {
    let body = json!({"name": "Spring", "body": "Hello", "target": target});
    tenant.api.post(&tenant.path("campaigns"), &body).await
}

/// The time of a campaign that is scheduled, but not soon.
fn tomorrow() -> String {
    infra::clock::now().plus_seconds(86_400).to_string()
}

#[tokio::test]
async fn only_included_contacts_are_texted_and_no_excluded_ones() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (vip, both, other, shared, twin) = (phone(), phone(), phone(), phone(), phone());
    tagged(&tenant, &vip, &["vip"]).await?;
    tagged(&tenant, &both, &["vip", "staff"]).await?;
    tagged(&tenant, &other, &[]).await?;
    // One contact is included and its twin is not: the phone is texted once.
    tagged(&tenant, &shared, &[]).await?;
    tagged(&tenant, &shared, &["vip"]).await?;
    // One contact is included and its twin excluded: the person is.
    tagged(&tenant, &twin, &["vip"]).await?;
    tagged(&tenant, &twin, &["staff"]).await?;
    let (include, exclude) = (segment(&tenant, "vip").await?, segment(&tenant, "staff").await?);
    let target = json!({"include": [include], "exclude": [exclude]});
    let campaign = draft(&tenant, &target).await?;
    assert_eq!(campaign["target"], target);
    let id = text(&campaign["id"]).to_owned();
    let quote = quote(&tenant, &id).await?;
    assert_eq!(quote["recipients"], 2);
    tenant.send_draft(&id, &json!({})).await?;
    let campaign = tenant.settled(&id).await?;
    let audience = &campaign["audience"];
    assert_eq!((&audience["contacts"], &audience["recipients"]), (&json!(7), &json!(2)));
    assert_eq!(audience["skipped"]["notInTarget"], 5, "{audience}");
    tenant.assert_balanced(&campaign).await?;
    for (to, texts) in [(&vip, 1), (&shared, 1), (&both, 0), (&other, 0), (&twin, 0)] {
        assert_eq!(tenant.books.texts(to).await?, texts, "{to}");
    }
    Ok(())
}

#[tokio::test]
async fn replacing_a_draft_without_a_target_keeps_it() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let target = json!({"include": [], "exclude": [segment(&tenant, "staff").await?]});
    let campaign = draft(&tenant, &target).await?;
    let path = tenant.path(&format!("campaigns/{}", text(&campaign["id"])));
    for (body, expected) in [
        (json!({"name": "Summer", "body": "Hi"}), target.clone()),
        (json!({"name": "Summer", "body": "Hi", "target": null}), Value::Null),
        (json!({"name": "Summer", "body": "Hi"}), Value::Null),
    ] {
        let response = tenant.api.request(Method::PUT, &path).json(&body).send().await?;
        let changed: Value = response.error_for_status()?.json().await?;
        assert_eq!(changed["target"], expected, "{body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_target_is_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let other = Tenant::new().await?;
    let foreign = segment(&other, "vip").await?;
    let campaigns = tenant.path("campaigns");
    for (target, code) in [
        (json!({}), "validation_failed"),
        (json!({"include": [], "exclude": []}), "validation_failed"),
        (json!({"include": ["x"]}), "validation_failed"),
        (json!({"includes": []}), "validation_failed"),
        (json!({"include": [foreign]}), "target_missing"),
    ] {
        let body = json!({"name": "Spring", "target": target});
        let refused = tenant.refusal(Method::POST, &campaigns, Some(&body)).await?;
        assert_eq!(refused, (422, code.to_owned()), "{target}");
    }
    // A draft whose segment is gone is not sent, and never to everyone.
    let gone = segment(&tenant, "gone").await?;
    let campaign = draft(&tenant, &json!({"include": [gone]})).await?;
    let path = tenant.path(&format!("segments/{}", text(&gone)));
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?.0, 204);
    for step in ["send", "quote"] {
        let path = tenant.path(&format!("campaigns/{}/{step}", text(&campaign["id"])));
        let refused = tenant.refusal(Method::POST, &path, Some(&json!({}))).await?;
        assert_eq!(refused, (422, "target_missing".to_owned()), "{step}");
    }
    assert_eq!(tenant.campaign(text(&campaign["id"])).await?["status"], "draft");
    Ok(())
}

/// Neither a segment that a scheduled campaign names nor one that it reaches through another can be
/// deleted, until the campaign is canceled.
#[tokio::test]
async fn a_scheduled_campaign_keeps_its_segments() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (inner, unused) = (segment(&tenant, "vip").await?, segment(&tenant, "new").await?);
    let filter = json!({"any": [{"segment": inner}]});
    let body = json!({"name": "Outer", "filter": filter});
    let outer = tenant.api.post(&tenant.path("segments"), &body).await?["id"].clone();
    let campaign = draft(&tenant, &json!({"include": [outer]})).await?;
    let id = text(&campaign["id"]).to_owned();
    tenant.send_draft(&id, &json!({"scheduledAt": tomorrow()})).await?;
    let path = |segment: &Value| tenant.path(&format!("segments/{}", text(segment)));
    let in_use = (409, "segment_in_use".to_owned());
    for segment in [&inner, &outer] {
        assert_eq!(tenant.refusal(Method::DELETE, &path(segment), None).await?, in_use);
        assert_eq!(tenant.api.get(&path(segment)).await?["usedBy"], json!([id]));
    }
    let more =
        json!({"name": "Outer", "filter": {"any": [{"segment": inner}, {"segment": unused}]}});
    assert_eq!(tenant.refusal(Method::PUT, &path(&outer), Some(&more)).await?, in_use);
    let less = json!({"name": "Outer", "filter": {"field": "tags", "op": "exists"}});
    assert_eq!(tenant.refusal(Method::PUT, &path(&outer), Some(&less)).await?.0, 200);

    let cancel = tenant.path(&format!("campaigns/{id}/cancel"));
    tenant.api.post(&cancel, &json!({})).await?;
    for segment in [&inner, &outer] {
        assert_eq!(tenant.refusal(Method::DELETE, &path(segment), None).await?.0, 204);
    }
    Ok(())
}

/// What a segment is when the campaign is sent counts, and what it becomes afterwards does not.
#[tokio::test]
async fn a_target_is_frozen_when_the_campaign_is_sent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (vip, other) = (phone(), phone());
    tagged(&tenant, &vip, &["vip"]).await?;
    tagged(&tenant, &other, &["new"]).await?;
    let include = segment(&tenant, "vip").await?;
    let campaign = draft(&tenant, &json!({"include": [include]})).await?;
    let id = text(&campaign["id"]).to_owned();
    tenant.send_draft(&id, &json!({})).await?;
    tenant.settled(&id).await?;
    // The segment is free again, and its change or deletion changes nothing of the campaign.
    let path = tenant.path(&format!("segments/{}", text(&include)));
    let change = json!({"name": "New", "filter": {"field": "tags", "op": "eq", "value": "new"}});
    assert_eq!(tenant.refusal(Method::PUT, &path, Some(&change)).await?.0, 200);
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?.0, 204);
    let quote = quote(&tenant, &id).await?;
    assert_eq!(quote["recipients"], 1);
    assert_eq!((tenant.books.texts(&vip).await?, tenant.books.texts(&other).await?), (1, 0));
    Ok(())
}
