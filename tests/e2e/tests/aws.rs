//! AWS End User Messaging: the result of each response and event, and of each text that people
//! send.

use std::io::Write;
use std::process::{Command, Stdio};

use e2e::{Tenant, phone};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

/// A fate's name in the simulator, the status and reason that it leads to, and the number of texts
/// that the provider accepted.
const FATES: [(&str, &str, Option<&str>, usize); 19] = [
    ("delivered", "delivered", None, 1),
    ("undelivered-30003", "failed", Some("unreachable"), 1),
    ("undelivered-30004", "failed", Some("filtered"), 1),
    ("undelivered-30005", "failed", Some("invalid_number"), 1),
    ("undelivered-30006", "failed", Some("unreachable"), 1),
    ("undelivered-30007", "failed", Some("filtered"), 1),
    ("undelivered-30019", "failed", Some("provider_error"), 1),
    ("undelivered-30038", "failed", Some("filtered"), 1),
    ("undelivered-30450", "failed", Some("filtered"), 1),
    ("expired", "failed", Some("expired"), 1),
    ("refused-21610", "failed", Some("unsubscribed"), 0),
    ("refused-21211", "failed", Some("invalid_number"), 0),
    ("refused-99999", "failed", Some("provider_error"), 0),
    ("throttled", "delivered", None, 1),
    ("error-after-accepting", "delivered", None, 1),
    ("answer-lost", "delivered", None, 1),
    ("early-receipt", "delivered", None, 1),
    ("out-of-order", "delivered", None, 1),
    ("twice", "delivered", None, 1),
];

/// Fates without a final event: the provider accepted the message, or may have.
const OPEN: [(&str, &str, usize); 3] =
    [("undelivered-30008", "sent", 1), ("no-receipt", "sent", 1), ("error", "unknown", 0)];

/// An organization that sends through AWS.
async fn tenant() -> anyhow::Result<Tenant> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"provider": {"kind": "aws", "timeToLiveSeconds": 3600}})).await?;
    Ok(tenant)
}

#[tokio::test]
async fn every_answer_and_event_is_told_truly() -> anyhow::Result<()> {
    let tenant = tenant().await?;
    let mut scripted = Vec::new();
    let open = OPEN.map(|(fate, status, texts)| (fate, status, None, texts));
    for fate in FATES.into_iter().chain(open) {
        let to = phone();
        tenant.books.script(&to, fate.0).await?;
        tenant.contact(&to).await?;
        scripted.push((to, fate));
    }
    let id = tenant.send().await?;
    let campaign = tenant
        .until_with_resumes(&id, "all but the open ones to settle", |campaign| {
            let counts = &campaign["counts"];
            let is_final = |status: &str| counts[status].as_u64().unwrap_or_default();
            campaign["dispatch"] == "done"
                && is_final("delivered") + is_final("failed") == FATES.len() as u64
        })
        .await?;
    let messages = tenant.messages(&id).await?;
    for (to, (fate, status, reason, texts)) in &scripted {
        let message = messages.iter().find(|message| message["to"] == **to);
        let message = message.ok_or_else(|| anyhow::anyhow!("no message of fate {fate}"))?;
        assert_eq!(message["status"], *status, "{fate}: {message}");
        assert_eq!(message["errorReason"].as_str(), *reason, "{fate}: {message}");
        assert_eq!(tenant.books.texts(to).await?, *texts, "{fate}");
    }
    let opted_out = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(opted_out.len(), 1, "only who opted out is suppressed: {opted_out:?}");
    assert_eq!(opted_out[0]["evidence"], "DESTINATION_PHONE_NUMBER_OPTED_OUT");
    assert_eq!(opted_out[0]["campaignId"], id.as_str());
    judge(&tenant.books.aws_requests().await?)?;
    tenant.assert_balanced(&campaign).await
}

/// Validates every request against the service's published model, with botocore.
fn judge(requests: &str) -> anyhow::Result<()> {
    let mut judge = Command::new(local::root().join(".venv/emulator/bin/python"))
        .arg(local::root().join("tools/simulator/tests/botocore/judge_requests.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = judge.stdin.take() {
        input.write_all(requests.as_bytes())?;
    }
    let output = judge.wait_with_output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[tokio::test]
async fn an_account_that_may_send_no_more_pauses_the_campaign() -> anyhow::Result<()> {
    for (fate, reason) in [("spend-limit", "spend_limit"), ("account-disabled", "provider_account")]
    {
        let tenant = tenant().await?;
        let to = phone();
        tenant.books.script(&to, fate).await?;
        tenant.contact(&to).await?;
        let id = tenant.send().await?;
        let is_paused = |campaign: &Value| campaign["dispatch"] == "paused";
        let campaign = tenant.until(&id, "a pause", is_paused).await?;
        assert_eq!(campaign["reason"], reason);
        assert_eq!(tenant.messages(&id).await?[0]["status"], "pending");
        assert_eq!(tenant.books.texts(&to).await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_people_write_is_heard_and_answered_where_that_is_ours() -> anyhow::Result<()> {
    let tenant = tenant().await?;
    let replies = json!({"stop": "Bye.", "start": "Hello again.", "help": "Call us."});
    let keywords = json!({"stop": ["basta"], "replies": replies});
    tenant.configure(&json!({"keywords": keywords})).await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    tenant.settled(&id).await?;

    tenant.books.published(&to, &tenant.sender, "¡Basta!").await?;
    let unsubscribed = wait("the opt-out", e2e::PATIENCE, async || {
        let found = tenant.api.list(&tenant.path("unsubscribes")).await?;
        // The campaign is added shortly after the opt-out is stored.
        Ok(found.into_iter().next().filter(|unsubscribe| !unsubscribe["campaignId"].is_null()))
    });
    let unsubscribed = unsubscribed.await?;
    assert_eq!(unsubscribed["source"], "keyword");
    assert_eq!(unsubscribed["evidence"], "¡Basta!");
    assert_eq!(unsubscribed["campaignId"], id.as_str());
    answered(&tenant, &to, 2).await?;

    tenant.books.published(&to, &tenant.sender, "basta").await?;
    tenant.books.published(&to, &tenant.sender, "help").await?;
    answered(&tenant, &to, 3).await?;
    tenant.books.published(&to, &tenant.sender, "start").await?;
    answered(&tenant, &to, 4).await?;
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    Ok(())
}

/// Waits until a person has received this number of texts: the campaign's and the replies.
async fn answered(tenant: &Tenant, to: &str, texts: usize) -> anyhow::Result<()> {
    wait("an answer", e2e::PATIENCE, async || {
        let got = tenant.books.texts(to).await?;
        anyhow::ensure!(got <= texts, "{got} texts");
        Ok((got == texts).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_body_that_aws_would_refuse_is_refused_when_it_is_saved() -> anyhow::Result<()> {
    let tenant = tenant().await?;
    let campaigns = tenant.path("campaigns");
    for (body, status) in [("я".repeat(631), 422), ("я".repeat(630), 201), ("a".repeat(1_530), 201)]
    {
        let draft = json!({"name": "Spring", "body": body});
        let answer = tenant.api.request(Method::POST, &campaigns).json(&draft).send().await?;
        assert_eq!(answer.status(), status);
    }
    Ok(())
}

#[tokio::test]
async fn a_dry_run_asks_and_sends_nothing() -> anyhow::Result<()> {
    let tenant = tenant().await?;
    let id = tenant.draft("Hello").await?;
    let path = tenant.path(&format!("campaigns/{id}/send-test"));
    let settled = async |to: &str| {
        let test = tenant.api.post(&path, &json!({"to": to, "dryRun": true})).await?;
        let of = test["id"].as_str().unwrap_or_default();
        let message = tenant.path(&format!("campaigns/{id}/messages/{of}"));
        wait("the answer", e2e::PATIENCE, async || {
            let message = tenant.api.get(&message).await?;
            Ok((message["status"] != "pending").then_some(message))
        })
        .await
    };
    let (good, bad) = (phone(), phone());
    tenant.books.script(&bad, "refused-21211").await?;
    assert_eq!(settled(&good).await?["status"], "sent");
    let refused = settled(&bad).await?;
    assert_eq!((&refused["status"], &refused["dryRun"]), (&json!("failed"), &json!(true)));
    assert_eq!(refused["errorReason"], "invalid_number");
    assert_eq!(tenant.books.texts(&good).await? + tenant.books.texts(&bad).await?, 0);
    Ok(())
}

/// A pool's numbers all belong to its organization, so a reply to any of them counts.
#[tokio::test]
async fn every_number_of_a_pool_hears_stop() -> anyhow::Result<()> {
    let tenant = tenant().await?;
    let (pooled, to) = (phone(), phone());
    let pool = json!({"kind": "aws", "originationIdentity": "pool-1", "numbers": [pooled]});
    tenant.configure(&json!({"provider": pool})).await?;
    let other = json!({"name": "Other", "senderPhone": pooled});
    let taken = tenant.admin.request(Method::POST, "/v1/organizations").json(&other).send().await?;
    assert_eq!(taken.status(), 409);
    tenant.books.published(&to, &pooled, "STOP").await?;
    wait("the opt-out", e2e::PATIENCE, async || {
        let found = tenant.api.list(&tenant.path("unsubscribes")).await?;
        Ok((found.len() == 1).then_some(()))
    })
    .await
}
