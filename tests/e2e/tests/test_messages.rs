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

/// Asks for a test. Returns the status, the seconds to wait, and the body of the response.
async fn try_test(
    tenant: &Tenant,
    campaign: &str,
    body: &Value,
) -> anyhow::Result<(u16, Option<u64>, Value)> {
    let path = tenant.path(&format!("campaigns/{campaign}/send-test"));
    let answer = tenant.api.request(Method::POST, &path).json(body).send().await?;
    let status = answer.status().as_u16();
    let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let wait = wait.and_then(|value| value.parse().ok());
    Ok((status, wait, answer.json().await?))
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
async fn a_test_goes_to_any_phone_and_leaves_the_campaign_as_it_is() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
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

#[tokio::test]
async fn a_test_to_who_opted_out_needs_a_confirmation() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (said, kept) = (phone(), phone());
    tenant.hear(&said, "STOP").await?;
    tenant.unsubscribe(&kept).await?;
    let id = tenant.draft("Hello").await?;
    for to in [&said, &kept] {
        for body in [json!({"to": to}), json!({"to": to, "confirmOptedOut": false})] {
            let (status, _, problem) = try_test(&tenant, &id, &body).await?;
            assert_eq!((status, &problem["code"]), (422, &json!("recipient_opted_out")));
        }
        let body = json!({"to": to, "confirmOptedOut": true});
        let (status, _, message) = try_test(&tenant, &id, &body).await?;
        assert_eq!(status, 202);
        until(&tenant, &id, &message, "delivered").await?;
        assert_eq!(tenant.books.texts(to).await?, 1);
    }
    // The texts were confirmed, but the people are still unsubscribed.
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 2);
    Ok(())
}

/// Waits for the end of the day if it is near: the next one has its own allowance.
async fn well_before_midnight() -> anyhow::Result<()> {
    const DAY_SECONDS: i64 = 86_400;
    const NEAR_SECONDS: i64 = 300;
    wait("the next day", PATIENCE, async || {
        let left = DAY_SECONDS - clock::now().millis() / 1_000 % DAY_SECONDS;
        Ok((left > NEAR_SECONDS).then_some(()))
    })
    .await
}

#[tokio::test]
async fn tests_are_limited_a_day() -> anyhow::Result<()> {
    well_before_midnight().await?;
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"testsPerDay": 2})).await?;
    let id = tenant.draft("Hello").await?;
    let asked = (0..6).map(async |_| try_test(&tenant, &id, &json!({"to": phone()})).await);
    let answers = futures::future::try_join_all(asked).await?;
    let taken = answers.iter().filter(|(status, ..)| *status == 202).count();
    assert_eq!(taken, 2, "{answers:?}");
    for (status, wait, problem) in answers.iter().filter(|(status, ..)| *status != 202) {
        assert_eq!((*status, &problem["code"]), (429, &json!("test_limit_reached")));
        assert!(wait.is_some_and(|seconds| (1..=86_400).contains(&seconds)), "{wait:?}");
    }
    let tests =
        tenant.api.list(&tenant.path(&format!("campaigns/{id}/messages?kind=test"))).await?;
    assert_eq!(tests.len(), 2, "what is not counted is not written");
    // Another draft shares the allowance, but another organization has its own.
    let other_draft = tenant.draft("Hello").await?;
    assert_eq!(try_test(&tenant, &other_draft, &json!({"to": phone()})).await?.0, 429);
    let other = Tenant::new().await?;
    let draft = other.draft("Hello").await?;
    assert_eq!(try_test(&other, &draft, &json!({"to": phone()})).await?.0, 202);
    // The operator can raise the limit, and can forbid tests.
    tenant.configure(&json!({"testsPerDay": 3})).await?;
    assert_eq!(try_test(&tenant, &id, &json!({"to": phone()})).await?.0, 202);
    tenant.configure(&json!({"testsPerDay": 0})).await?;
    assert_eq!(try_test(&tenant, &id, &json!({"to": phone()})).await?.0, 429);
    Ok(())
}

/// A request repeated with its idempotency key is one test, also in the count.
#[tokio::test]
async fn a_repeated_test_counts_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"testsPerDay": 1})).await?;
    let id = tenant.draft("Hello").await?;
    let path = tenant.path(&format!("campaigns/{id}/send-test"));
    let body = json!({"to": phone()});
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = tenant.api.request(Method::POST, &path).header("idempotency-key", "t1");
        let answer = request.json(&body).send().await?;
        assert_eq!(answer.status(), 202);
        answers.push(answer.json::<Value>().await?);
    }
    assert_eq!(answers[0], answers[1]);
    Ok(())
}

/// Reports a message's status to the callback address that its provider was given.
async fn tell(tenant: &Tenant, message: &Value, status: &str) -> anyhow::Result<()> {
    let (sid, to) = (text(&message["providerMessageId"]), text(&message["to"]));
    let taken = tenant.books.taken(to).await?;
    let copy = taken.iter().find(|copy| copy["sid"] == sid);
    let copy = copy.context("the provider has no such message")?;
    fates::tell(tenant, text(&copy["status_callback"]), sid, to, status).await
}

/// A test's receipt applies only to the test, even if it arrives when the campaign has a message to
/// the same phone that is waiting for a receipt, too.
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
        Ok(messages.into_iter().find(|message| message["providerMessageId"].is_string()))
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

/// The provider accepted the test, but neither its response nor a receipt arrived.
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

/// The provider doesn't have this message, so only the parked receipt can settle it.
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
