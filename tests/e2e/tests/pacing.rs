//! A sender's rate: chunks without a turn wait, and don't delay those that have one.

use chrono::DateTime;
use e2e::{PATIENCE, Tenant, phone, text};
use local::client::wait;
use serde_json::{Value, json};

/// With `PARTS` parts per message, slow enough for its campaigns to outlast every other test.
const PARTS_PER_SECOND: u32 = 1;
const PARTS: i64 = 5;
const BODY_LENGTH: usize = 153 * 4 + 1;

async fn slow_campaign(tenant: &Tenant, contacts: usize) -> anyhow::Result<String> {
    tenant.configure(&json!({"partsPerSecond": PARTS_PER_SECOND})).await?;
    tenant.contacts(contacts).await?;
    let id = tenant.draft(&"a".repeat(BODY_LENGTH)).await?;
    tenant.send_draft(&id, &json!({})).await?;
    let is_whole = |campaign: &Value| campaign["audience"]["complete"] == true;
    tenant.until(&id, "the audience to be whole", is_whole).await?;
    Ok(id)
}

/// A tenant's flood delays only its own sender.
#[tokio::test]
async fn a_flood_does_not_slow_another_tenant() -> anyhow::Result<()> {
    let (flood, other) = (Tenant::new().await?, Tenant::new().await?);
    let flooding = slow_campaign(&flood, 400).await?;
    let phones = other.contacts(20).await?;
    let id = other.send().await?;
    let campaign = other.settled(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], phones.len());
    let flooding = flood.campaign(&flooding).await?;
    assert_eq!(flooding["dispatch"], "running", "{flooding}");
    let sent_at = DateTime::parse_from_rfc3339(text(&flooding["sentAt"]))?;
    let finishes_at = DateTime::parse_from_rfc3339(text(&flooding["estimatedFinishAt"]))?;
    let parts = 400 * PARTS;
    let estimate = (finishes_at - sent_at).num_seconds();
    assert!((parts - 100..parts + 600).contains(&estimate), "{estimate} s for {parts} parts");
    Ok(())
}

/// However fast the provider responds, a slow sender sends no more of its chunks than their turns
/// cover.
#[tokio::test]
async fn no_more_leaves_than_the_rate_allows() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = slow_campaign(&tenant, 40).await?;
    let some = |c: &Value| c["counts"]["pending"].as_u64().is_some_and(|pending| pending < 35);
    let campaign = tenant.until(&id, "some messages to leave", some).await?;
    let counted_at = DateTime::parse_from_rfc3339(text(&campaign["counts"]["countedAt"]))?;
    let sent_at = DateTime::parse_from_rfc3339(text(&campaign["sentAt"]))?;
    let pending = campaign["counts"]["pending"].as_i64().unwrap_or_default();
    // A turn covers ten seconds, so that much may be sent early, as may the first message of each
    // chunk.
    let parts_allowed = (counted_at - sent_at).num_seconds() + 20;
    assert!((40 - pending) * PARTS <= parts_allowed, "{campaign}");
    Ok(())
}

/// A test message doesn't wait behind the sender's campaign.
#[tokio::test]
async fn a_test_goes_ahead_of_a_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let slow = slow_campaign(&tenant, 300).await?;
    let (to, draft) = (phone(), tenant.draft("A test").await?);
    let path = tenant.path(&format!("campaigns/{draft}/send-test"));
    tenant.api.post(&path, &json!({"to": to})).await?;
    wait("the test", PATIENCE, async || Ok((tenant.books.texts(&to).await? == 1).then_some(())))
        .await?;
    assert_eq!(tenant.campaign(&slow).await?["dispatch"], "running");
    Ok(())
}
