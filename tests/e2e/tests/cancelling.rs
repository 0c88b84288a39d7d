//! Flow 4: cancelling, and the rules on what may follow what.

use e2e::{Tenant, phone};
use infra::clock;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_cancelled_campaign_sends_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.draft("Hello").await?;
    tenant.send_draft(&id, &json!({"scheduledAt": clock::now().plus_seconds(600)})).await?;
    let cancel = tenant.path(&format!("campaigns/{id}/cancel"));
    let campaign = tenant.api.post(&cancel, &json!({})).await?;
    assert_eq!(campaign["status"], "cancelled");
    // The job still comes, as one that a schedule had fired before it was deleted.
    let job = json!({"v": 1, "job": {
        "type": "send", "organizationId": tenant.id, "campaignId": id,
        "scheduledAt": campaign["scheduledAt"],
    }});
    let records = json!({"Records": [{"messageId": "1", "body": job.to_string()}]});
    let answer = tenant.functions.invoke("SEND", &records).await?;
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(tenant.campaign(&id).await?["status"], "cancelled");
    assert_eq!(tenant.books.texts(&to).await?, 0);
    Ok(())
}

/// Whichever write is first stands: either the campaign is cancelled and nobody gets a text, or
/// the cancel is refused and everybody does.
#[tokio::test]
async fn a_cancel_that_races_the_send_wins_wholly_or_not_at_all() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(5).await?;
    for _ in 0..6 {
        let id = tenant.draft(&format!("Hello {}", e2e::random())).await?;
        let before = tenant.books.texts(&phones[0]).await?;
        tenant.send_draft(&id, &json!({})).await?;
        let cancel = tenant.path(&format!("campaigns/{id}/cancel"));
        let (status, code) = tenant.refusal(Method::POST, &cancel, Some(&json!({}))).await?;
        if status == 200 {
            assert_eq!(tenant.campaign(&id).await?["status"], "cancelled");
            assert_eq!(tenant.books.texts(&phones[0]).await?, before);
        } else {
            assert_eq!((status, code.as_str()), (409, "campaign_not_scheduled"));
            let campaign = tenant.settled(&id).await?;
            assert_eq!(campaign["status"], "sent");
            assert_eq!(campaign["counts"]["delivered"], 5);
        }
    }
    Ok(())
}

#[tokio::test]
async fn only_drafts_are_changed_and_only_scheduled_ones_cancelled() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let sent = tenant.send().await?;
    tenant.settled(&sent).await?;
    let draft = tenant.draft("Hello").await?;
    let path = |id: &str, rest: &str| tenant.path(&format!("campaigns/{id}{rest}"));
    let body = json!({"name": "Other"});
    let empty = json!({});
    let not_draft = (409, "campaign_not_draft".to_owned());
    for (method, rest, body) in [
        (Method::PUT, "", Some(&body)),
        (Method::DELETE, "", None),
        (Method::POST, "/send", Some(&empty)),
    ] {
        assert_eq!(tenant.refusal(method, &path(&sent, rest), body).await?, not_draft);
    }
    let both = json!({"ids": [draft, sent]});
    let all = tenant.path("campaigns");
    assert_eq!(tenant.refusal(Method::DELETE, &all, Some(&both)).await?, not_draft);
    assert_eq!(tenant.campaign(&draft).await?["status"], "draft", "all or none");
    for id in [&draft, &sent] {
        let refusal = tenant.refusal(Method::POST, &path(id, "/cancel"), Some(&empty)).await?;
        assert_eq!(refusal, (409, "campaign_not_scheduled".to_owned()));
    }
    let (status, _) = tenant.refusal(Method::DELETE, &path(&draft, ""), None).await?;
    assert_eq!(status, 204);
    assert_eq!(tenant.refusal(Method::GET, &path(&draft, ""), None).await?.0, 404);
    Ok(())
}
