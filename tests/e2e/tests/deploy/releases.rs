//! Functions of another release in the middle of a campaign.

use anyhow::ensure;
use e2e::Tenant;
use local::environment::Variables;
use serde_json::{Value, json};

/// At this rate the campaign takes longer than a deployment, on a slow machine, too.
const PARTS_PER_SECOND: u32 = 1;
const RECIPIENTS: usize = 200;

/// Sends a campaign, changes the release when its first texts have left, and checks that everyone got
/// their text once.
pub(crate) async fn change_in_the_middle(
    stack: &Variables,
    change: impl AsyncFn() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let tenant = Tenant::on(stack.clone()).await?;
    tenant.configure(&json!({ "partsPerSecond": PARTS_PER_SECOND })).await?;
    tenant.contacts(RECIPIENTS).await?;
    let id = tenant.send().await?;
    let left = |campaign: &Value| {
        let pending = campaign["counts"]["pending"].as_u64().unwrap_or_default();
        campaign["counts"]["total"].as_u64().unwrap_or_default() - pending
    };
    tenant.until(&id, "the first texts to leave", |campaign| left(campaign) > 0).await?;
    change().await?;
    let campaign = tenant.campaign(&id).await?;
    ensure!(campaign["dispatch"] == "running", "it was over too soon: {campaign}");
    let campaign = tenant.until_with_resumes(&id, "everyone to have their text", |campaign| {
        campaign["counts"]["delivered"] == RECIPIENTS
    });
    tenant.assert_balanced(&campaign.await?).await
}
