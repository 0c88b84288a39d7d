//! The rate of a sender: what has no turn waits, and keeps nobody waiting who has one.

use chrono::DateTime;
use e2e::{PATIENCE, Tenant, phone, text};
use local::client::wait;
use serde_json::{Value, json};

/// So slow, at a body of so many parts, that its campaigns outlast any other test.
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

/// A tenant that floods waits for its own sender and for nothing else.
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

/// Of a slow sender's chunks only what their turns cover leaves, however soon the provider answers.
#[tokio::test]
async fn no_more_leaves_than_the_rate_allows() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = slow_campaign(&tenant, 40).await?;
    let some = |c: &Value| c["counts"]["pending"].as_u64().is_some_and(|pending| pending < 35);
    let campaign = tenant.until(&id, "some messages to leave", some).await?;
    let counted_at = DateTime::parse_from_rfc3339(text(&campaign["counts"]["countedAt"]))?;
    let sent_at = DateTime::parse_from_rfc3339(text(&campaign["sentAt"]))?;
    let pending = campaign["counts"]["pending"].as_i64().unwrap_or_default();
    // A turn covers ten seconds, so that much may have left before its time, and each of a chunk's
    // first messages.
    let parts_allowed = (counted_at - sent_at).num_seconds() + 20;
    assert!((40 - pending) * PARTS <= parts_allowed, "{campaign}");
    Ok(())
}

/// A test does not wait behind a campaign of the same sender.
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
