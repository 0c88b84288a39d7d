//! Flow 2: schedule a campaign.

use e2e::{PATIENCE, Tenant, phone, staging};
use infra::clock;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

async fn schedules(tenant: &Tenant, campaign: &str) -> anyhow::Result<bool> {
    let variable = |name: &str| tenant.variables.get(name).cloned().unwrap_or_default();
    let (endpoint, group) = (variable("AWS_ENDPOINT_URL"), variable("SCHEDULE_GROUP_NAME"));
    let url = format!("{endpoint}/schedules/send-{campaign}?groupName={group}");
    // The emulator picks the service by the credential's scope.
    let scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/scheduler/aws4_request, \
                 SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new().get(url).header("authorization", scope);
    let answer: Value = request.send().await?.json().await?;
    Ok(answer["Target"].is_object())
}

#[tokio::test]
async fn a_campaign_is_sent_at_its_time_and_not_before() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    // Still over a minute ahead when a slow machine has made the request.
    let at = clock::now().plus_seconds(90);
    let campaign = tenant.send_draft(&id, &json!({"scheduledAt": at})).await?;
    assert_eq!(campaign["status"], "scheduled");
    assert_eq!(campaign["scheduledAt"], json!(at));
    assert!(schedules(&tenant, &id).await?, "a time over a minute ahead needs a schedule");

    let campaign = tenant.settled(&id).await?;
    let sent_at: shared::time::Timestamp = serde_json::from_value(campaign["sentAt"].clone())?;
    assert!(sent_at >= at, "sent at {sent_at}, before {at}");
    assert_eq!(tenant.books.texts(&phones[0]).await?, 1);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_cancelled_campaign_leaves_no_schedule() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    tenant.send_draft(&id, &json!({"scheduledAt": clock::now().plus_seconds(3_600)})).await?;
    assert!(schedules(&tenant, &id).await?);
    let path = tenant.path(&format!("campaigns/{id}/cancel"));
    assert_eq!(tenant.api.post(&path, &json!({})).await?["status"], "cancelled");
    wait("the schedule to go", PATIENCE, async || {
        Ok((!schedules(&tenant, &id).await?).then_some(()))
    })
    .await
}

#[tokio::test]
async fn times_in_the_past_or_too_far_ahead_are_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let path = tenant.path(&format!("campaigns/{id}/send"));
    for (seconds, code) in [(-120, "scheduled_at_past"), (14 * 86_400 + 60, "scheduled_at_too_far")]
    {
        let body = json!({"scheduledAt": clock::now().plus_seconds(seconds)});
        let refusal = tenant.refusal(Method::POST, &path, Some(&body)).await?;
        assert_eq!(refusal, (422, code.to_owned()));
    }
    assert_eq!(tenant.campaign(&id).await?["status"], "draft");
    Ok(())
}

/// The job is an hour late, so the text may be out of date.
#[tokio::test]
async fn a_campaign_that_missed_its_time_is_cancelled_with_its_reason() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let hour_ago = clock::now().plus_seconds(-3_600);
    let campaign = staging::scheduled_at(&tenant, hour_ago, 0).await?;
    tenant.functions.sweep().await?;
    let id = campaign.id.to_string();
    let campaign = tenant.until(&id, "its end", |it| it["status"] == "cancelled").await?;
    assert_eq!(campaign["reason"], "missed_schedule");
    assert_eq!(tenant.books.texts(&to).await?, 0);
    Ok(())
}
