//! The audit trail: who changed what.

use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_change_is_listed_with_who_made_it() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("audit");
    let before = tenant.api.list(&path).await?.len();
    let (sender, _) = tenant.keyed("sender").await?;
    let to = phone();
    tenant.unsubscribe(&to).await?;
    let campaign = tenant.draft("Hello").await?;
    let single = tenant.path(&format!("campaigns/{campaign}"));
    // What changes nothing is not listed: a refusal, a read, and a request that is repeated.
    let refused = tenant.refusal(Method::PATCH, &single, Some(&json!({"body": 1}))).await?;
    assert!(refused.0 >= 400);
    tenant.api.post(&format!("{single}/quote"), &json!({})).await?;
    let contact = json!({"phone": to});
    for _ in 0..2 {
        let request = sender.request(Method::POST, &tenant.path("contacts"));
        let request = request.header("idempotency-key", "once").json(&contact);
        request.send().await?.error_for_status()?;
    }
    let changes = tenant.api.list(&path).await?;
    let actions: Vec<&str> = changes.iter().map(|it| text(&it["action"])).collect();
    let expected =
        ["POST /contacts", "POST /campaigns", "PUT /unsubscribes/{phone}", "POST /api-keys"];
    assert_eq!(actions[..4], expected, "newest first");
    assert_eq!(changes.len(), before + 4, "{changes:?}");
    assert_eq!(changes[1]["subjectId"], campaign.as_str());
    assert_eq!(changes[2]["subjectId"], Value::Null);
    assert_ne!(changes[0]["changedBy"]["id"], changes[1]["changedBy"]["id"]);
    assert!(!json!(changes).to_string().contains(&to[1..]), "no one is named by a phone");
    let page = tenant.api.get(&format!("{path}?limit=3")).await?;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(3));
    let cursor = text(&page["nextCursor"]);
    let next = tenant.api.get(&format!("{path}?limit=100&cursor={cursor}")).await?;
    assert_eq!(next["items"][0]["action"], "POST /api-keys");
    assert_eq!(sender.request(Method::GET, &path).send().await?.status(), 403);
    Ok(())
}
