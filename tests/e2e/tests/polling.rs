//! Flow 5: the counts, and their effects.

use e2e::{Tenant, phone};

#[tokio::test]
async fn a_campaign_fails_if_all_its_messages_fail() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for _ in 0..3 {
        let to = phone();
        tenant.books.script(&to, "undelivered-30003").await?;
        tenant.contact(&to).await?;
    }
    let id = tenant.send().await?;
    let campaign = tenant
        .until(&id, "the campaign to fail", |campaign| campaign["status"] == "failed")
        .await?;
    assert_eq!(campaign["counts"]["failed"], 3);
    assert!(campaign["failedAt"].is_string());
    for message in tenant.messages(&id).await? {
        assert_eq!(message["errorReason"], "unreachable");
        assert_eq!(message["errorCode"], "30003");
    }
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_campaign_with_any_success_stays_sent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (good, bad) = (phone(), phone());
    tenant.books.script(&bad, "refused-21211").await?;
    for to in [&good, &bad] {
        tenant.contact(to).await?;
    }
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["status"], "sent");
    assert_eq!(campaign["counts"]["delivered"], 1);
    assert_eq!(campaign["counts"]["failed"], 1);
    tenant.assert_balanced(&campaign).await
}
