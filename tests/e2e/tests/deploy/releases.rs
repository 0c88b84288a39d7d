//! Functions of another release in the middle of a campaign.

use std::time::Duration;

use anyhow::ensure;
use e2e::Tenant;
use local::environment::Variables;
use reqwest::Method;
use serde_json::{Value, json};

/// At this rate the campaign takes longer than a deployment, on a slow machine, too.
const PARTS_PER_SECOND: u32 = 1;
const RECIPIENTS: usize = 200;
/// A worker that took its slice before the release changed has sent it by then.
const LAST_SLICE: Duration = Duration::from_secs(30);

/// A campaign whose first texts have left.
pub(crate) struct Underway {
    tenant: Tenant,
    id: String,
    phones: Vec<String>,
}

impl Underway {
    pub(crate) async fn begin(stack: &Variables) -> anyhow::Result<Self> {
        let tenant = Tenant::on(stack.clone()).await?;
        tenant.configure(&json!({ "partsPerSecond": PARTS_PER_SECOND })).await?;
        let phones = tenant.contacts(RECIPIENTS).await?;
        let id = tenant.send().await?;
        let left = |campaign: &Value| {
            let pending = campaign["counts"]["pending"].as_u64().unwrap_or_default();
            campaign["counts"]["total"].as_u64().unwrap_or_default() - pending
        };
        tenant.until(&id, "the first texts to leave", |campaign| left(campaign) > 0).await?;
        Ok(Self { tenant, id, phones })
    }

    async fn texts(&self) -> anyhow::Result<usize> {
        let mut texts = 0;
        for to in &self.phones {
            texts += self.tenant.books.texts(to).await?;
        }
        Ok(texts)
    }

    /// Checks that the release that is deployed can't read the campaign, and texts no one.
    pub(crate) async fn is_held(&self) -> anyhow::Result<()> {
        tokio::time::sleep(LAST_SLICE).await;
        let before = self.texts().await?;
        ensure!(before < RECIPIENTS, "it was over too soon");
        let path = self.tenant.path(&format!("campaigns/{}", self.id));
        let (status, code) = self.tenant.refusal(Method::GET, &path, None).await?;
        ensure!(status == 500, "the earlier release reads it: {status} {code}");
        tokio::time::sleep(LAST_SLICE).await;
        ensure!(self.texts().await? == before, "the earlier release sends it");
        Ok(())
    }

    /// Checks that everyone got their text once.
    pub(crate) async fn ends(&self) -> anyhow::Result<()> {
        let Self { tenant, id, .. } = self;
        let campaign = tenant.until_with_resumes(id, "everyone to have their text", |campaign| {
            campaign["counts"]["delivered"] == RECIPIENTS
        });
        tenant.assert_balanced(&campaign.await?).await
    }

    /// Checks that the campaign goes on under the release that is deployed now.
    pub(crate) async fn goes_on(&self) -> anyhow::Result<()> {
        let campaign = self.tenant.campaign(&self.id).await?;
        ensure!(campaign["dispatch"] == "running", "it was over too soon: {campaign}");
        self.ends().await
    }
}
