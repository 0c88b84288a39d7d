//! Templates, copies of campaigns, and lists of campaigns by tag, name and archive.

use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

async fn put(tenant: &Tenant, path: &str, body: &Value) -> anyhow::Result<Value> {
    let response = tenant.api.request(Method::PUT, path).json(body).send().await?;
    Ok(response.error_for_status()?.json().await?)
}

/// A draft copies a version, which later versions and a deletion don't change.
#[tokio::test]
async fn drafts_are_made_of_templates() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let templates = tenant.path("templates");
    let draft = json!({
        "name": "Greeting", "body": "Hi {{ firstName }}", "defaults": {"firstName": "there"},
    });
    let template = tenant.api.post(&templates, &draft).await?;
    assert_eq!((&template["version"], &template["bodyFormat"]), (&json!(1), &json!("template")));
    let path = format!("{templates}/{}", text(&template["id"]));
    let from = json!({"name": "Spring", "templateId": template["id"]});
    let campaign = tenant.api.post(&tenant.path("campaigns"), &from).await?;
    assert_eq!(campaign["body"], "Hi {{ firstName }}");
    assert_eq!(campaign["defaults"], json!({"firstName": "there"}));
    assert_eq!(campaign["template"], json!({"id": template["id"], "version": 1}));
    let changed = put(&tenant, &path, &json!({"name": "Greeting", "body": "Hello"})).await?;
    assert_eq!((&changed["version"], &changed["body"]), (&json!(2), &json!("Hello")));
    assert_eq!(tenant.api.get(&format!("{path}?version=1")).await?["body"], "Hi {{ firstName }}");
    assert_eq!(tenant.api.list(&templates).await?.len(), 1);
    let both = json!({"name": "Spring", "templateId": template["id"], "body": "Hi"});
    let refused = tenant.refusal(Method::POST, &tenant.path("campaigns"), Some(&both)).await?;
    assert_eq!(refused, (422, "validation_failed".to_owned()));
    tenant.api.request(Method::DELETE, &path).send().await?.error_for_status()?;
    assert_eq!(tenant.refusal(Method::GET, &path, None).await?.0, 404);
    assert_eq!(tenant.api.get(&format!("{path}?version=2")).await?["body"], "Hello");
    let to = phone();
    tenant.contact(&to).await?;
    let id = text(&campaign["id"]).to_owned();
    tenant.send_draft(&id, &json!({})).await?;
    tenant.assert_balanced(&tenant.settled(&id).await?).await?;
    assert_eq!(tenant.books.statuses(&to, "Hi there").await?.len(), 1);
    Ok(())
}

/// A copy is for the same people, even if their segment is gone: it is never for everyone.
#[tokio::test]
async fn a_copy_keeps_its_target() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contact(&phone()).await?;
    let filter = json!({"field": "tags", "op": "exists"});
    let segment = json!({"name": "Tagged", "filter": filter});
    let segment = tenant.api.post(&tenant.path("segments"), &segment).await?;
    let target = json!({"include": [segment["id"]], "exclude": []});
    let draft = json!({"name": "Spring", "body": "Hi", "target": target, "tags": ["sale"]});
    let campaign = tenant.api.post(&tenant.path("campaigns"), &draft).await?;
    let path = tenant.path(&format!("campaigns/{}/duplicate", text(&campaign["id"])));
    let segment = tenant.path(&format!("segments/{}", text(&segment["id"])));
    tenant.api.request(Method::DELETE, &segment).send().await?.error_for_status()?;
    let copy = tenant.api.post(&path, &json!({})).await?;
    for name in ["body", "bodyFormat", "target", "tags"] {
        assert_eq!(copy[name], campaign[name], "{name}");
    }
    assert_eq!((&copy["name"], &copy["status"]), (&json!("Copy of Spring"), &json!("draft")));
    // What edits name and body, such as the console, keeps the rest.
    let edited = tenant.path(&format!("campaigns/{}", text(&copy["id"])));
    let edited = put(&tenant, &edited, &json!({"name": "Summer", "body": "Hello"})).await?;
    assert_eq!((&edited["target"], &edited["tags"]), (&target, &json!(["sale"])));
    let send = tenant.path(&format!("campaigns/{}/send", text(&copy["id"])));
    let refused = tenant.refusal(Method::POST, &send, Some(&json!({}))).await?;
    assert_eq!(refused, (422, "target_missing".to_owned()));
    Ok(())
}

#[tokio::test]
async fn campaigns_are_found_by_tag_and_name_and_archived() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let named = async |name: &str, tags: &[&str]| {
        let draft = json!({"name": name, "body": "Hi", "tags": tags});
        let campaign = tenant.api.post(&tenant.path("campaigns"), &draft).await?;
        anyhow::Ok(text(&campaign["id"]).to_owned())
    };
    let (spring, summer) = (named("Spring SALE", &["sale"]).await?, named("Summer", &[]).await?);
    let listed = async |query: &str| {
        let path = tenant.path(&format!("campaigns?{query}"));
        let found = tenant.api.get(&path).await?;
        let items = found["items"].as_array().cloned().unwrap_or_default();
        anyhow::Ok(items.iter().map(|item| text(&item["id"]).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(listed("").await?, [summer.clone(), spring.clone()]);
    assert_eq!(listed("tag=sale").await?, std::slice::from_ref(&spring));
    assert_eq!(listed("q=sale").await?, std::slice::from_ref(&spring));
    assert_eq!(listed("q=sale&tag=none").await?, Vec::<String>::new());
    let archive = tenant.path(&format!("campaigns/{spring}/archive"));
    let refused = tenant.refusal(Method::POST, &archive, Some(&json!({}))).await?;
    assert_eq!(refused, (409, "campaign_not_ended".to_owned()));
    let later = infra::clock::now().plus_seconds(86_400).to_string();
    tenant.send_draft(&spring, &json!({"scheduledAt": later})).await?;
    tenant.api.post(&tenant.path(&format!("campaigns/{spring}/cancel")), &json!({})).await?;
    let archived = tenant.api.post(&archive, &json!({})).await?;
    assert!(archived["archivedAt"].is_string(), "{archived}");
    assert_eq!(listed("").await?, std::slice::from_ref(&summer));
    assert_eq!(listed("archived=true").await?, std::slice::from_ref(&spring));
    tenant.api.post(&tenant.path(&format!("campaigns/{spring}/unarchive")), &json!({})).await?;
    assert_eq!(listed("").await?, [summer, spring]);
    Ok(())
}
