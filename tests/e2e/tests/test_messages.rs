//! Flow 3: a test message.

use e2e::{PATIENCE, Tenant, phone};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

async fn send_test(tenant: &Tenant, campaign: &str, to: &str) -> anyhow::Result<Value> {
    let path = tenant.path(&format!("campaigns/{campaign}/send-test"));
    tenant.api.post(&path, &json!({"to": to})).await
}

async fn until(
    tenant: &Tenant,
    campaign: &str,
    message: &Value,
    status: &str,
) -> anyhow::Result<Value> {
    let id = message["id"].as_str().unwrap_or_default();
    let path = tenant.path(&format!("campaigns/{campaign}/messages/{id}"));
    wait(&format!("the test to be {status}"), PATIENCE, async || {
        let message = tenant.api.get(&path).await?;
        Ok((message["status"] == status).then_some(message))
    })
    .await
}

#[tokio::test]
async fn a_test_asks_neither_contacts_nor_unsubscribes() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.unsubscribe(&to).await?;
    let id = tenant.draft("Hello").await?;
    let message = send_test(&tenant, &id, &to).await?;
    assert_eq!((&message["kind"], &message["campaignId"]), (&json!("test"), &json!(id)));
    until(&tenant, &id, &message, "delivered").await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);
    let campaign = tenant.campaign(&id).await?;
    assert_eq!(campaign["status"], "draft");
    assert_eq!(campaign["counts"], Value::Null);
    assert!(tenant.messages(&id).await?.is_empty());
    let tests =
        tenant.api.list(&tenant.path(&format!("campaigns/{id}/messages?kind=test"))).await?;
    assert_eq!(tests.len(), 1);
    Ok(())
}

/// A test's receipt that comes after the campaign was sent must not touch the campaign's message
/// to the same phone.
#[tokio::test]
async fn a_tests_failure_is_not_the_campaigns() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.draft("Hello").await?;
    tenant.books.script(&to, "undelivered-30003").await?;
    let message = send_test(&tenant, &id, &to).await?;
    wait("the test to be taken", PATIENCE, async || {
        Ok((tenant.books.texts(&to).await? == 1).then_some(()))
    })
    .await?;
    tenant.books.script(&to, "delivered").await?;
    tenant.send_draft(&id, &json!({})).await?;
    let campaign = tenant.settled(&id).await?;
    until(&tenant, &id, &message, "failed").await?;
    assert_eq!(campaign["counts"]["delivered"], 1);
    assert_eq!(tenant.messages(&id).await?[0]["status"], "delivered");
    Ok(())
}

#[tokio::test]
async fn a_test_needs_a_draft_with_a_body() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let blank = tenant.api.post(&tenant.path("campaigns"), &json!({"name": "Spring"})).await?;
    let path = |id: &str| tenant.path(&format!("campaigns/{id}/send-test"));
    let body = json!({"to": phone()});
    let blank = path(blank["id"].as_str().unwrap_or_default());
    let refusal = tenant.refusal(Method::POST, &blank, Some(&body)).await?;
    assert_eq!(refusal, (422, "campaign_body_required".to_owned()));
    let sent = tenant.send().await?;
    let refusal = tenant.refusal(Method::POST, &path(&sent), Some(&body)).await?;
    assert_eq!(refusal, (409, "campaign_not_draft".to_owned()));
    Ok(())
}
