//! Flow 1: create a campaign and send it now.

use e2e::{Tenant, phone};
use serde_json::json;

#[tokio::test]
async fn every_active_contact_gets_one_text() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (shared, single, unsubscribed) = (phone(), phone(), phone());
    for to in [&shared, &shared, &single, &unsubscribed] {
        tenant.contact(to).await?;
    }
    let no_phone = json!({"firstName": "Ana"});
    tenant.api.post(&tenant.path("contacts"), &no_phone).await?;
    tenant.unsubscribe(&unsubscribed).await?;

    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    assert_eq!(tenant.campaign(&id).await?["status"], "draft");
    let sent = tenant.send_draft(&id, &json!({})).await?;
    assert_eq!(sent["status"], "scheduled");
    let campaign = tenant.settled(&id).await?;

    assert_eq!(campaign["status"], "sent");
    assert_eq!(
        campaign["audience"],
        json!({
            "contacts": 5,
            "recipients": 2,
            "skipped": {
            "noPhone": 1, "duplicate": 1, "unsubscribed": 1,
            "notInTarget": 0, "inactive": 0, "unrenderable": 0,
        },
            "complete": true,
        })
    );
    assert_eq!(campaign["counts"]["delivered"], 2);
    assert_eq!(tenant.books.texts(&shared).await?, 1);
    assert_eq!(tenant.books.texts(&single).await?, 1);
    assert_eq!(tenant.books.texts(&unsubscribed).await?, 0);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn an_empty_audience_stays_sent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["status"], "sent");
    assert_eq!(campaign["counts"]["total"], 0);
    Ok(())
}

#[tokio::test]
async fn many_contacts_are_cut_into_chunks() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(400).await?;
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["recipients"], 400);
    tenant.assert_balanced(&campaign).await
}
