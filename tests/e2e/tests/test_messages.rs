//! Flow 3: a test message.

use anyhow::Context;
use e2e::staging::table;
use e2e::{PATIENCE, Tenant, phone, text};
use infra::clock;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::message::{Kind, Status};
use shared::organization::SHARDS;
use shared::phone::Phone;
use shared::receipt::{Delivery, MessageRef, Receipt};

use crate::fates;

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

/// Tells the status of a message, at the address that its provider was given for it.
async fn tell(tenant: &Tenant, message: &Value, status: &str) -> anyhow::Result<()> {
    let (sid, to) = (text(&message["providerMessageId"]), text(&message["to"]));
    let taken = tenant.books.taken(to).await?;
    let copy = taken.iter().find(|copy| copy["sid"] == sid);
    let copy = copy.context("the provider has no such message")?;
    fates::tell(tenant, text(&copy["status_callback"]), sid, to, status).await
}

/// A test's receipt that comes once the campaign is sent, and has a message to the same phone that
/// waits for a receipt as well, is the test's alone.
#[tokio::test]
async fn a_tests_failure_is_not_the_campaigns() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.draft("Hello").await?;
    tenant.books.script(&to, "no-receipt").await?;
    let test = send_test(&tenant, &id, &to).await?;
    let test = until(&tenant, &id, &test, "sent").await?;
    tenant.send_draft(&id, &json!({})).await?;
    let own = wait("the campaign's message to be taken", PATIENCE, async || {
        let messages = tenant.messages(&id).await?;
        Ok(messages.into_iter().find(|message| message["status"] != "pending"))
    })
    .await?;
    assert_ne!(own["providerMessageId"], test["providerMessageId"]);

    tell(&tenant, &test, "undelivered").await?;
    let failed = until(&tenant, &id, &test, "failed").await?;
    assert_eq!((&failed["kind"], &failed["errorCode"]), (&json!("test"), &json!("30003")));
    assert_ne!(tenant.messages(&id).await?[0]["status"], "failed");
    tell(&tenant, &own, "delivered").await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["status"], "sent");
    assert_eq!(campaign["counts"]["delivered"], 1);
    assert_eq!(tenant.messages(&id).await?[0]["status"], "delivered");
    until(&tenant, &id, &test, "failed").await?;
    Ok(())
}

/// The provider took it, and neither its answer nor a receipt came.
#[tokio::test]
async fn an_unknown_test_is_looked_up() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.books.script(&to, "answer-lost-unheard").await?;
    let id = tenant.draft("Hello").await?;
    let message = send_test(&tenant, &id, &to).await?;
    until(&tenant, &id, &message, "unknown").await?;
    let found = until(&tenant, &id, &message, "delivered").await?;
    let taken = tenant.books.taken(&to).await?;
    assert_eq!(taken.len(), 1, "it is never sent again");
    assert_eq!(found["providerMessageId"], taken[0]["sid"]);
    Ok(())
}

/// The provider has no such message, so only the receipt that waits beside it can settle it.
#[tokio::test]
async fn a_receipt_that_waits_beside_an_unknown_test_is_applied() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.books.script(&to, "error").await?;
    let id = tenant.draft("Hello").await?;
    let message = send_test(&tenant, &id, &to).await?;
    until(&tenant, &id, &message, "unknown").await?;
    let reference = MessageRef {
        organization_id: text(&message["organizationId"]).parse()?,
        campaign_id: id.parse()?,
        message_id: text(&message["id"]).parse()?,
        kind: Kind::Test,
    };
    let receipt = Receipt {
        provider_id: "SM00000000000000000000000000000007".to_owned(),
        status: Status::Delivered,
        reason: None,
        code: None,
        at: clock::now(),
    };
    let parked = Delivery { message: reference, to: Some(Phone::from_e164(&to)?), receipt };
    let table = table(&tenant).await;
    table.park(&parked, SHARDS).await?;
    let found = until(&tenant, &id, &message, "delivered").await?;
    assert_eq!(found["providerMessageId"], parked.receipt.provider_id);
    wait("the parked receipt to go", PATIENCE, async || {
        let left = table.parked_beside(&reference, SHARDS).await?;
        Ok(left.is_empty().then_some(()))
    })
    .await
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
