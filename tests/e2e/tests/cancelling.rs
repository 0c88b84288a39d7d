//! Flow 4: cancelling, and which transitions are allowed.

use e2e::staging::hand;
use e2e::{Tenant, phone};
use infra::clock;
use reqwest::Method;
use serde_json::{Value, json};
use shared::job::{Job, JobsJob};

/// The job that starts to send a scheduled campaign.
fn send_job(tenant: &Tenant, campaign: &Value) -> anyhow::Result<Job> {
    let job = JobsJob::Send {
        organization_id: tenant.id.parse()?,
        campaign_id: serde_json::from_value(campaign["id"].clone())?,
        scheduled_at: serde_json::from_value(campaign["scheduledAt"].clone())?,
    };
    Ok(job.into())
}

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
    // The job arrives anyway, like one that the schedule fired just before it was deleted.
    hand(&tenant, &send_job(&tenant, &campaign)?).await?;
    assert_eq!(tenant.campaign(&id).await?["status"], "cancelled");
    assert_eq!(tenant.books.texts(&to).await?, 0);
    Ok(())
}

/// The first write wins: either the campaign is cancelled and no one is texted, or the cancel is
/// refused and everyone is. The job comes from the queue in some rounds and from a schedule in
/// others.
#[tokio::test]
async fn a_cancel_that_races_the_send_wins_wholly_or_not_at_all() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(5).await?;
    let empty = json!({});
    let mut rounds = Vec::new();
    for round in 0..8 {
        let body = format!("Hello {round}");
        let id = tenant.draft(&body).await?;
        let is_ahead = round % 2 == 1;
        let ahead = json!({"scheduledAt": clock::now().plus_seconds(3_600)});
        let when = if is_ahead { &ahead } else { &empty };
        let job = send_job(&tenant, &tenant.send_draft(&id, when).await?)?;
        let path = tenant.path(&format!("campaigns/{id}/cancel"));
        let cancel = tenant.refusal(Method::POST, &path, Some(&empty));
        let (status, code) = if is_ahead {
            tokio::try_join!(hand(&tenant, &job), cancel)?.1
        } else {
            cancel.await?
        };
        if status == 200 {
            let cancelled = tenant.campaign(&id).await?;
            hand(&tenant, &job).await?;
            assert_eq!(tenant.campaign(&id).await?, cancelled, "however late the job comes");
        } else {
            assert_eq!((status, code.as_str()), (409, "campaign_not_scheduled"));
        }
        rounds.push((id, body, status != 200));
    }
    // Once a later job has done its work, the queue has delivered the jobs of all rounds.
    let last = tenant.draft("Goodbye").await?;
    tenant.send_draft(&last, &empty).await?;
    tenant.repaired(&last).await?;
    rounds.push((last, "Goodbye".to_owned(), true));
    for (id, body, is_sent) in rounds {
        if is_sent {
            let campaign = tenant.repaired(&id).await?;
            assert_eq!(campaign["status"], "sent");
            assert_eq!(campaign["counts"]["delivered"], 5);
        } else {
            assert_eq!(tenant.campaign(&id).await?["status"], "cancelled");
        }
        for to in &phones {
            let texts = tenant.books.statuses(to, &body).await?;
            assert_eq!(texts.len(), usize::from(is_sent), "{body} to {to}: {texts:?}");
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
