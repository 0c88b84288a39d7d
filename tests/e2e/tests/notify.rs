//! Webhooks: an organization's events, sent to an endpoint.

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use e2e::receiver::{Received, Receiver};
use e2e::{PATIENCE, Tenant, phone, text};
use local::client::wait;
use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};

/// Creates a webhook, and returns it with its secret.
async fn webhook(tenant: &Tenant, body: &Value) -> anyhow::Result<Value> {
    let webhook = tenant.api.post(&tenant.path("webhooks"), body).await?;
    assert!(text(&webhook["secret"]).starts_with("whsec_"), "{webhook}");
    Ok(webhook)
}

fn path_of(tenant: &Tenant, webhook: &Value) -> String {
    tenant.path(&format!("webhooks/{}", text(&webhook["id"])))
}

/// The signatures of a request that this secret made, computed as a receiver does.
fn signatures_by(secret: &str, request: &Received) -> anyhow::Result<usize> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").context("a prefix")?)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let header = |name: &str| request.headers.get(name).context("a header");
    let (id, at) = (header("webhook-id")?, header("webhook-timestamp")?);
    let tag = hmac::sign(&key, format!("{id}.{at}.{}", request.body).as_bytes());
    let expected = format!("v1,{}", BASE64_STANDARD.encode(tag));
    Ok(header("webhook-signature")?.split(' ').filter(|given| *given == expected).count())
}

async fn deliveries(tenant: &Tenant, webhook: &Value) -> anyhow::Result<Vec<Value>> {
    tenant.api.list(&format!("{}/deliveries", path_of(tenant, webhook))).await
}

/// Waits until the newest delivery is in this state.
async fn newest(tenant: &Tenant, webhook: &Value, status: &str) -> anyhow::Result<Value> {
    wait("a delivery", PATIENCE, async || {
        let newest = deliveries(tenant, webhook).await?.into_iter().next();
        Ok(newest.filter(|delivery| delivery["status"] == status))
    })
    .await
}

#[tokio::test]
async fn a_campaigns_life_is_sent_and_signed() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(200).await?);
    let created = webhook(&tenant, &json!({"url": receiver.url})).await?;
    tenant.contacts(3).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    receiver.get("campaign.finished").await?;
    let sent = receiver.get("campaign.sent").await?;
    let event = sent.event();
    assert_eq!(
        (&event["organizationId"], &event["data"]["status"]),
        (&json!(tenant.id), &json!("sent"))
    );
    assert_eq!(event["data"]["campaignId"], campaign.as_str());
    assert_eq!(text(&event["id"]), sent.headers["webhook-id"]);
    assert_eq!(signatures_by(text(&created["secret"]), &sent)?, 1);
    receiver.get("import.finished").await?;
    receiver.get("campaign.scheduled").await?;
    let kinds = receiver.kinds();
    let campaigns: Vec<&String> =
        kinds.iter().filter(|kind| kind.starts_with("campaign.")).collect();
    assert_eq!(campaigns, ["campaign.scheduled", "campaign.sent", "campaign.finished"]);
    // A delivery is recorded after the endpoint has its request.
    let found = wait("the deliveries", PATIENCE, async || {
        let found = deliveries(&tenant, &created).await?;
        Ok(found.iter().all(|delivery| delivery["status"] == "delivered").then_some(found))
    })
    .await?;
    let others = found.iter().filter(|delivery| delivery["type"] != "messages.updated");
    assert_eq!(others.count(), 4, "{found:?}");
    for delivery in &found {
        assert_eq!(delivery["attempts"][0]["statusCode"], 200, "{delivery}");
    }
    // Neither the list nor the webhook shows the secret again.
    let shown = tenant.api.get(&path_of(&tenant, &created)).await?;
    assert_eq!(shown["secret"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn the_register_is_sent_and_a_filter_holds() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(204).await?);
    let types = json!(["contact.unsubscribed", "contact.resubscribed"]);
    webhook(&tenant, &json!({"url": receiver.url, "types": types})).await?;
    let person = phone();
    tenant.contact(&person).await?;
    tenant.hear(&person, "STOP").await?;
    let stopped = receiver.get("contact.unsubscribed").await?.event();
    assert_eq!(stopped["data"]["phone"], person.as_str());
    assert_eq!(stopped["data"]["source"], "keyword");
    tenant.hear(&person, "START").await?;
    receiver.get("contact.resubscribed").await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    assert_eq!(receiver.kinds(), ["contact.unsubscribed", "contact.resubscribed"]);
    Ok(())
}

#[tokio::test]
async fn replies_are_sent_without_their_text() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(200).await?);
    let types = json!(["inbound.received", "inbound.flagged"]);
    webhook(&tenant, &json!({"url": receiver.url, "types": types})).await?;
    let person = phone();
    tenant.hear(&person, "You have the wrong number").await?;
    let flagged = receiver.get("inbound.flagged").await?.event();
    let plain = receiver.get("inbound.received").await?.event();
    assert_ne!(plain["id"], flagged["id"]);
    assert_eq!(plain["data"], flagged["data"]);
    assert_eq!(plain["data"]["from"], person.as_str());
    let inbound = tenant.path(&format!("inbound/{}", text(&plain["data"]["inboundId"])));
    let inbound = tenant.api.get(&inbound).await?;
    assert_eq!(inbound["dueOn"], flagged["data"]["dueOn"]);
    assert_eq!(plain["occurredAt"], inbound["receivedAt"]);
    tenant.hear(&person, "STOP").await?;
    wait("the keyword", PATIENCE, async || {
        let events = receiver.received().into_iter().map(|received| received.event());
        let keyword = |event: &Value| event["data"]["keyword"] == "stop";
        Ok(events.into_iter().find(keyword))
    })
    .await?;
    assert!(receiver.received().iter().all(|received| !received.body.contains("wrong number")));
    let kinds = receiver.kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "inbound.flagged").count(), 1, "{kinds:?}");
    Ok(())
}

#[tokio::test]
async fn a_failed_delivery_is_listed_tried_again_and_replayed() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(500).await?);
    let created = webhook(&tenant, &json!({"url": receiver.url})).await?;
    let ping = tenant.api.post(&format!("{}/ping", path_of(&tenant, &created)), &json!({})).await?;
    assert_eq!((&ping["type"], &ping["status"]), (&json!("ping"), &json!("pending")));
    let failed = wait("an attempt", PATIENCE, async || {
        let newest = deliveries(&tenant, &created).await?.into_iter().next();
        Ok(newest.filter(|delivery| delivery["attempts"][0]["statusCode"] == 500))
    })
    .await?;
    assert_eq!(failed["id"], ping["id"]);
    assert!(failed["nextAttemptAt"].is_string(), "{failed}");
    let replay = format!("{}/deliveries/{}/replay", path_of(&tenant, &created), text(&ping["id"]));
    let (status, code) = tenant.refusal(Method::POST, &replay, Some(&json!({}))).await?;
    assert_eq!((status, code.as_str()), (409, "delivery_pending"));
    let shown = tenant.api.get(&path_of(&tenant, &created)).await?;
    assert!(shown["failingSince"].is_string(), "{shown}");
    // The sweep tries it again a minute later.
    receiver.respond_with(200);
    let delivered = newest(&tenant, &created, "delivered").await?;
    // A busy machine may have let it fail twice before.
    let attempts = delivered["attempts"].as_array().map(Vec::len).unwrap_or_default();
    assert!(attempts > 1, "{delivered}");
    assert_eq!(receiver.received().len(), attempts, "{delivered}");
    tenant.api.post(&replay, &json!({})).await?;
    let replayed = async || Ok((receiver.received().len() > attempts).then_some(()));
    wait("the replay", PATIENCE, replayed).await?;
    let requests = receiver.received();
    assert!(requests.iter().all(|it| it.headers["webhook-id"] == text(&ping["id"])));
    Ok(())
}

#[tokio::test]
async fn every_status_of_a_message_is_sent_without_their_text() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(200).await?);
    webhook(&tenant, &json!({"url": receiver.url, "types": ["messages.updated"]})).await?;
    tenant.contacts(5).await?;
    let opted_out = phone();
    tenant.contact(&opted_out).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    let messages = tenant.messages(&campaign).await?;
    wait("every status", PATIENCE, async || {
        let changes = changes(&receiver);
        let has = |message: &Value, status: &Value| {
            changes
                .iter()
                .any(|change| change["messageId"] == message["id"] && change["status"] == *status)
        };
        let is_told =
            |message: &Value| has(message, &json!("sent")) && has(message, &message["status"]);
        Ok(messages.iter().all(is_told).then_some(()))
    })
    .await?;
    for received in receiver.received() {
        assert_eq!(received.kind(), "messages.updated");
        assert!(!received.body.contains("spring sale"), "{}", received.body);
        assert!(!received.body.contains(&opted_out), "{}", received.body);
    }
    Ok(())
}

/// The changes of messages that arrived.
pub(crate) fn changes(receiver: &Receiver) -> Vec<Value> {
    let events = receiver.received().into_iter().map(|received| received.event());
    let of = |event: Value| event["data"]["messages"].as_array().cloned().unwrap_or_default();
    events.flat_map(of).collect()
}

#[tokio::test]
async fn two_secrets_sign_after_a_rotation() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(200).await?);
    let created = webhook(&tenant, &json!({"url": receiver.url})).await?;
    let path = path_of(&tenant, &created);
    let rotated = tenant.api.post(&format!("{path}/rotate"), &json!({})).await?;
    assert!(rotated["previousSecretExpiresAt"].is_string(), "{rotated}");
    tenant.api.post(&format!("{path}/ping"), &json!({})).await?;
    let ping = receiver.get("ping").await?;
    for secret in [text(&created["secret"]), text(&rotated["secret"])] {
        assert_eq!(signatures_by(secret, &ping)?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(410).await?);
    let created = webhook(&tenant, &json!({"url": receiver.url})).await?;
    let path = path_of(&tenant, &created);
    tenant.api.post(&format!("{path}/ping"), &json!({})).await?;
    let disabled = wait("the end", PATIENCE, async || {
        let webhook = tenant.api.get(&path).await?;
        Ok((webhook["enabled"] == false).then_some(webhook))
    })
    .await?;
    assert_eq!(disabled["disabledReason"], "gone");
    let ping = format!("{path}/ping");
    let (status, code) = tenant.refusal(Method::POST, &ping, Some(&json!({}))).await?;
    assert_eq!((status, code.as_str()), (409, "webhook_disabled"));
    tenant.unsubscribe(&phone()).await?;
    wait("the count", PATIENCE, async || {
        Ok((tenant.api.get(&path).await?["droppedEvents"] == 1).then_some(()))
    })
    .await?;
    receiver.respond_with(200);
    let enabled = tenant.api.patch(&path, &json!({"enabled": true})).await?;
    assert_eq!(enabled["disabledAt"], Value::Null);
    tenant.unsubscribe(&phone()).await?;
    receiver.get("contact.unsubscribed").await?;
    Ok(())
}

#[tokio::test]
async fn private_addresses_and_other_roles_are_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("webhooks");
    for url in [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://metadata.google.internal/",
        "http://hooks.example.com/",
        "https://hooks.example.com:8443/",
    ] {
        let (status, code) =
            tenant.refusal(Method::POST, &path, Some(&json!({"url": url}))).await?;
        assert_eq!((status, code.as_str()), (422, "validation_failed"), "{url}");
    }
    let (sender, _) = tenant.keyed("sender").await?;
    let request = sender.request(Method::GET, &path).send().await?;
    assert_eq!(request.status(), 403);
    for _ in 0..10 {
        webhook(&tenant, &json!({"url": "https://hooks.example.com/volley"})).await?;
    }
    let body = json!({"url": "https://hooks.example.com/volley"});
    let (status, code) = tenant.refusal(Method::POST, &path, Some(&body)).await?;
    assert_eq!((status, code.as_str()), (409, "too_many_webhooks"));
    let listed = tenant.api.list(&path).await?;
    assert_eq!(listed.len(), 10);
    let deleted = tenant.api.request(Method::DELETE, &path_of(&tenant, &listed[0])).send().await?;
    assert_eq!(deleted.status(), 204);
    webhook(&tenant, &body).await?;
    Ok(())
}
