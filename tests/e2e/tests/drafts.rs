//! Drafts can be changed and deleted, but only as long as they are drafts.

use e2e::{Tenant, phone, text};
use infra::clock;
use reqwest::Method;
use serde_json::{Value, json};

fn not_draft() -> (u16, String) {
    (409, "campaign_not_draft".to_owned())
}

fn not_scheduled() -> (u16, String) {
    (409, "campaign_not_scheduled".to_owned())
}

/// Replaces a draft's name and body.
async fn put(tenant: &Tenant, id: &str, draft: &Value) -> anyhow::Result<Value> {
    let path = tenant.path(&format!("campaigns/{id}"));
    let answer = tenant.api.request(Method::PUT, &path).json(draft).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// The names of the campaigns of a list.
async fn listed(tenant: &Tenant, query: &str) -> anyhow::Result<Vec<String>> {
    let campaigns = tenant.api.list(&tenant.path(&format!("campaigns{query}"))).await?;
    Ok(campaigns.iter().map(|campaign| text(&campaign["name"]).to_owned()).collect())
}

#[tokio::test]
async fn a_draft_is_changed_and_sent_as_it_is_then() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let blank = tenant.api.post(&tenant.path("campaigns"), &json!({"name": "Spring"})).await?;
    assert_eq!((&blank["status"], &blank["body"]), (&json!("draft"), &Value::Null));
    let id = text(&blank["id"]);

    let changed = put(&tenant, id, &json!({"name": "Summer", "body": "Hello"})).await?;
    let expected = (&json!("Summer"), &json!("Hello"), &json!("draft"));
    assert_eq!((&changed["name"], &changed["body"], &changed["status"]), expected);
    assert_eq!(tenant.campaign(id).await?, changed, "what is answered is what is kept");
    assert_eq!(changed["createdAt"], blank["createdAt"]);
    assert!(text(&changed["updatedAt"]) > text(&blank["updatedAt"]), "{changed}");
    assert_eq!(listed(&tenant, "?status=draft").await?, ["Summer"]);

    // The draft is replaced as a whole, so omitted fields are removed.
    assert_eq!(put(&tenant, id, &json!({"name": "Autumn"})).await?["body"], Value::Null);
    assert_eq!(tenant.campaign(id).await?["body"], Value::Null);

    put(&tenant, id, &json!({"name": "Winter", "body": "Good bye"})).await?;
    tenant.send_draft(id, &json!({})).await?;
    let campaign = tenant.settled(id).await?;
    assert_eq!((&campaign["name"], &campaign["body"]), (&json!("Winter"), &json!("Good bye")));
    assert_eq!(tenant.books.statuses(&to, "Good bye").await?.len(), 1);
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

#[tokio::test]
async fn drafts_are_deleted_one_by_one_and_many_at_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let all = tenant.path("campaigns");
    let mut ids = Vec::new();
    for name in ["first", "second", "third", "last"] {
        let draft = tenant.api.post(&all, &json!({"name": name})).await?;
        ids.push(text(&draft["id"]).to_owned());
    }
    let [first, second, third, last] = &ids[..] else { anyhow::bail!("four drafts") };
    let path = |id: &str| tenant.path(&format!("campaigns/{id}"));
    assert_eq!(tenant.refusal(Method::DELETE, &path(first), None).await?.0, 204);
    assert_eq!(listed(&tenant, "").await?, ["last", "third", "second"]);

    let gone = (404, "not_found".to_owned());
    let with_gone = json!({"ids": [last, first]});
    assert_eq!(tenant.refusal(Method::DELETE, &all, Some(&with_gone)).await?, gone);
    assert_eq!(tenant.campaign(last).await?["status"], "draft", "all or none");

    let both = json!({"ids": [second, third]});
    assert_eq!(tenant.refusal(Method::DELETE, &all, Some(&both)).await?.0, 204);
    assert_eq!(listed(&tenant, "").await?, ["last"]);
    assert_eq!(listed(&tenant, "?status=draft").await?, ["last"]);
    for id in [first, second, third] {
        assert_eq!(tenant.refusal(Method::GET, &path(id), None).await?, gone);
        assert_eq!(tenant.refusal(Method::DELETE, &path(id), None).await?, gone);
    }
    Ok(())
}

#[tokio::test]
async fn a_campaign_without_a_body_is_not_sent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let blank = tenant.api.post(&tenant.path("campaigns"), &json!({"name": "Spring"})).await?;
    let id = text(&blank["id"]);
    let path = tenant.path(&format!("campaigns/{id}/send"));
    for request in [json!({}), json!({"scheduledAt": clock::now().plus_seconds(600)})] {
        let refusal = tenant.refusal(Method::POST, &path, Some(&request)).await?;
        assert_eq!(refusal, (422, "campaign_body_required".to_owned()), "{request}");
    }
    assert_eq!(tenant.campaign(id).await?, blank);
    put(&tenant, id, &json!({"name": "Spring", "body": "Hello"})).await?;
    assert_eq!(tenant.send_draft(id, &json!({})).await?["status"], "scheduled");
    Ok(())
}

#[tokio::test]
async fn what_was_scheduled_is_no_draft_again() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.draft("Hello").await?;
    let cancel = tenant.path(&format!("campaigns/{id}/cancel"));
    let refusal = tenant.refusal(Method::POST, &cancel, Some(&json!({}))).await?;
    assert_eq!(refusal, not_scheduled(), "a draft");

    tenant.send_draft(&id, &json!({"scheduledAt": clock::now().plus_seconds(600)})).await?;
    assert_no_draft(&tenant, &id, "scheduled").await?;
    tenant.api.post(&cancel, &json!({})).await?;
    assert_no_draft(&tenant, &id, "cancelled").await?;
    let refusal = tenant.refusal(Method::POST, &cancel, Some(&json!({}))).await?;
    assert_eq!(refusal, not_scheduled(), "cancelled already");
    Ok(())
}

/// Checks that a campaign of this status can be neither changed, deleted, tested nor sent.
async fn assert_no_draft(tenant: &Tenant, id: &str, status: &str) -> anyhow::Result<()> {
    let before = tenant.campaign(id).await?;
    assert_eq!(before["status"], status);
    let other = tenant.draft("Another").await?;
    let (one, all) = (format!("campaigns/{id}"), "campaigns".to_owned());
    for (method, path, body) in [
        (Method::PUT, one.clone(), Some(json!({"name": "Other", "body": "Other"}))),
        (Method::DELETE, one.clone(), None),
        (Method::DELETE, all, Some(json!({"ids": [other, id]}))),
        (Method::POST, format!("{one}/send"), Some(json!({}))),
        (Method::POST, format!("{one}/send-test"), Some(json!({"to": phone()}))),
    ] {
        let refusal = tenant.refusal(method.clone(), &tenant.path(&path), body.as_ref()).await?;
        assert_eq!(refusal, not_draft(), "{status}: {method} {path}");
    }
    assert_eq!(tenant.campaign(id).await?, before);
    assert_eq!(tenant.campaign(&other).await?["status"], "draft", "all or none");
    Ok(())
}
