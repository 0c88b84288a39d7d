//! Pausing, resuming and stopping a running campaign.

use e2e::staging::at_rest;
use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::{Value, json};

/// A provider that throttles for as long as the script says so.
const THROTTLED: &str = "refused-20429";

/// A campaign whose messages all wait for the provider.
async fn waiting(tenant: &Tenant, phones: &[String]) -> anyhow::Result<String> {
    for phone in phones {
        tenant.books.script(phone, THROTTLED).await?;
    }
    let id = tenant.send().await?;
    tenant.until(&id, "the audience to be whole", is_whole).await?;
    Ok(id)
}

fn is_whole(campaign: &Value) -> bool {
    campaign["audience"]["complete"] == true
}

async fn control(tenant: &Tenant, id: &str, verb: &str) -> anyhow::Result<Value> {
    tenant.api.post(&tenant.path(&format!("campaigns/{id}/{verb}")), &json!({})).await
}

#[tokio::test]
async fn a_paused_campaign_waits_and_a_resumed_one_goes_on() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(5).await?;
    let id = waiting(&tenant, &phones).await?;
    let campaign = control(&tenant, &id, "pause").await?;
    assert_eq!((&campaign["dispatch"], &campaign["reason"]), (&json!("paused"), &Value::Null));
    at_rest(&tenant, &id).await?;
    for phone in &phones {
        tenant.books.script(phone, "delivered").await?;
    }
    tenant.functions.sweep().await?;
    let counted = tenant.until(&id, "another count", |c| c["counts"]["pending"] == 5).await?;
    assert_eq!(counted["dispatch"], "paused");
    for phone in &phones {
        assert_eq!(tenant.books.texts(phone).await?, 0);
    }
    control(&tenant, &id, "resume").await?;
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 5);
    tenant.assert_balanced(&campaign).await
}

/// A running campaign keeps the sender that it started with.
#[tokio::test]
async fn a_new_sender_is_for_the_next_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(2).await?;
    let id = waiting(&tenant, &phones).await?;
    let (before, after) = (&tenant.sender, phone());
    tenant.configure(&json!({"senderPhone": after, "provider": {"kind": "aws"}})).await?;
    for phone in &phones {
        tenant.books.script(phone, "delivered").await?;
    }
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 2);
    let next = tenant.send().await?;
    tenant.settled(&next).await?;
    for (id, from, is_twilio) in [(&id, before, true), (&next, &after, false)] {
        for message in tenant.messages(id).await? {
            assert_eq!(message["from"], from.as_str());
            let provider_id = message["providerMessageId"].as_str().unwrap_or_default();
            assert_eq!(provider_id.starts_with("SM"), is_twilio, "{message}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_stopped_campaign_had_not_sent_fails() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    let id = waiting(&tenant, &phones).await?;
    control(&tenant, &id, "pause").await?;
    let campaign = control(&tenant, &id, "stop").await?;
    assert_eq!(campaign["dispatch"], "stopped");
    let campaign = tenant.until(&id, "the rest to fail", |c| c["counts"]["failed"] == 3).await?;
    assert_eq!(campaign["dispatch"], "stopped");
    for message in tenant.messages(&id).await? {
        assert_eq!(message["errorReason"], "stopped");
    }
    tenant.assert_balanced(&campaign).await?;
    for phone in &phones {
        assert_eq!(tenant.books.texts(phone).await?, 0);
    }
    Ok(())
}

/// A refusal of the account applies to all messages, so none of them fails because of it.
#[tokio::test]
async fn an_account_that_is_not_served_pauses_the_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    tenant.books.script(&to, "refused-20005").await?;
    let id = tenant.send().await?;
    let paused = tenant.until(&id, "the pause", |c| c["dispatch"] == "paused").await?;
    assert_eq!(
        (&paused["status"], &paused["reason"]),
        (&json!("sent"), &json!("provider_account"))
    );
    tenant.until(&id, "a count", |c| c["counts"]["pending"] == 1).await?;
    tenant.books.script(&to, "delivered").await?;
    control(&tenant, &id, "resume").await?;
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["reason"], Value::Null);
    tenant.assert_balanced(&campaign).await
}

/// The breaker pauses the campaign because the rest would fare like its newest messages.
#[tokio::test]
async fn a_campaign_that_is_filtered_pauses_itself() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    // Slow enough that receipts arrive while some messages are still unsent.
    tenant.configure(&json!({"partsPerSecond": 5})).await?;
    let phones = tenant.contacts(500).await?;
    for phone in &phones {
        tenant.books.script(phone, "undelivered-30007").await?;
    }
    let id = tenant.send().await?;
    let is_filtered = |c: &Value| c["reason"] == "messages_filtered";
    let paused = tenant.until_with_resumes(&id, "the pause", is_filtered).await?;
    assert_eq!(paused["dispatch"], "paused", "{paused}");
    assert!(paused["counts"]["pending"].as_u64() > Some(0), "{paused}");
    let campaign = control(&tenant, &id, "stop").await?;
    assert_eq!(campaign["dispatch"], "stopped");
    let is_over = |c: &Value| c["counts"]["pending"] == 0 && c["counts"]["sent"] == 0;
    let campaign = tenant.until(&id, "the rest to fail", is_over).await?;
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn only_what_is_under_way_is_controlled() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let draft = tenant.draft("Hello").await?;
    for (verb, code) in [
        ("pause", "campaign_not_running"),
        ("resume", "campaign_not_paused"),
        ("stop", "campaign_not_running"),
    ] {
        let path = tenant.path(&format!("campaigns/{draft}/{verb}"));
        let refusal = tenant.refusal(Method::POST, &path, Some(&json!({}))).await?;
        assert_eq!(refusal, (409, code.to_owned()));
    }
    Ok(())
}
