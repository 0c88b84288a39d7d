//! Opt-outs: words, and unsubscribes that come between the fan-out and the dispatch.

use e2e::{Tenant, phone, staging};
use infra::clock;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn stop_and_start_are_heard() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    tenant.books.inbound(&webhook, &to, &tenant.sender, " Stop! ").await?;
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes.len(), 1);
    assert_eq!(unsubscribes[0]["source"], "keyword");
    assert_eq!(unsubscribes[0]["evidence"], "Stop!");
    for _idempotent in 0..2 {
        tenant.unsubscribe(&to).await?;
    }
    let still = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(still, unsubscribes, "the first evidence stands");
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    assert_eq!(tenant.books.texts(&to).await?, 0);

    tenant.books.inbound(&webhook, &to, &tenant.sender, "START").await?;
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

/// Who got a message from a sender answers to it, also when the organisation has another by then.
#[tokio::test]
async fn a_sender_that_was_left_still_hears_stop() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (to, next) = (phone(), phone());
    let organization = format!("/v1/organizations/{}", tenant.id);
    for sender in [&next, &tenant.sender, &next] {
        let body = json!({"senderPhone": sender});
        let request = tenant.admin.request(Method::PATCH, &organization).json(&body);
        assert_eq!(request.send().await?.status(), 200);
    }
    let other = json!({"name": "Other", "senderPhone": tenant.sender});
    let taken = tenant.admin.request(Method::POST, "/v1/organizations").json(&other).send().await?;
    assert_eq!(taken.status(), 409, "it is kept for the answers to it");
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    tenant.books.inbound(&webhook, &to, &tenant.sender, "stop").await?;
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes.len(), 1);
    Ok(())
}

/// The chunk is cut while the phone is subscribed and dispatched after it has opted out.
#[tokio::test]
async fn an_opt_out_between_fan_out_and_dispatch_counts() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (stays, leaves) = (phone(), phone());
    for to in [&stays, &leaves] {
        tenant.contact(to).await?;
    }
    let campaign = staging::begun(&tenant).await?;
    staging::cut_without_queueing(&tenant, &campaign).await?;
    tenant.unsubscribe(&leaves).await?;
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(tenant.books.texts(&stays).await?, 1);
    assert_eq!(tenant.books.texts(&leaves).await?, 0);
    assert_eq!(campaign["counts"]["failed"], 1);
    let id = campaign["id"].as_str().unwrap_or_default();
    let messages = tenant.messages(id).await?;
    let message = messages.iter().find(|message| message["to"] == *leaves);
    assert_eq!(message.map(|message| &message["errorReason"]), Some(&json!("unsubscribed")));
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_forged_webhook_changes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let client = reqwest::Client::new();
    let form = |to: &str| format!("From=%2B14153550123&To={to}&Body=STOP&At={}", clock::now());
    for path in ["status", "inbound"] {
        let url = format!("{}/webhooks/twilio/{path}", tenant.variables["API_URL"]);
        for signature in [None, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
            let request = client
                .post(&url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(&tenant.sender.replace('+', "%2B")));
            let request = match signature {
                Some(signature) => request.header("x-twilio-signature", signature),
                None => request,
            };
            assert_eq!(request.send().await?.status(), 403, "{path}");
        }
    }
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    Ok(())
}
