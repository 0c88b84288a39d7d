//! A campaign is sent again to those whom it did not reach.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::expected::Expected;
use crate::scenario::{SETTLED_WITHIN, Scenario, text};

const REASONS: [&str; 3] = ["expired", "stopped", "unreachable"];
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Scenario<'_> {
    /// Sends a settled campaign again, with new faults, and waits until everything is as it must be.
    pub(crate) async fn resend(&mut self, campaign: &str, first: &Expected) -> anyhow::Result<()> {
        let missed = self.missed(campaign).await?;
        if missed.is_empty() {
            return Ok(());
        }
        self.run.at("sends again");
        let path = format!("campaigns/{campaign}/resend");
        let draft = self.post_well(&path, &json!({"reasons": REASONS})).await?;
        let draft = text(&draft["id"])?;
        self.grounds.runs.mark(&draft, self.run);
        self.run.stir();
        let deadline = Instant::now() + SETTLED_WITHIN;
        let path = self.path(&format!("campaigns/{draft}"));
        while self.api.get(&path).await?["resend"]["ready"] != true {
            ensure!(Instant::now() < deadline, "the recipients of {draft} are never chosen");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let mut expected = self.expected_again(&missed, first).await?;
        self.grounds.resent.lock().await.extend(missed);
        self.send(&draft, &mut expected).await?;
        let trouble = 4 + self.chance.below(12);
        tokio::time::sleep(Duration::from_secs(trouble)).await;
        self.run.calm();
        self.settle(&draft, &expected).await?;
        self.agree(&draft).await
    }

    /// The phones whose messages failed for a chosen reason.
    async fn missed(&self, campaign: &str) -> anyhow::Result<BTreeSet<String>> {
        let messages = self.api.list(&self.path(&format!("campaigns/{campaign}/messages"))).await?;
        let is_chosen = |message: &&Value| {
            message["errorReason"].as_str().is_some_and(|reason| REASONS.contains(&reason))
        };
        let to = |message: &Value| message["to"].as_str().map(str::to_owned);
        Ok(messages.iter().filter(is_chosen).filter_map(to).collect())
    }

    async fn expected_again(
        &mut self,
        missed: &BTreeSet<String>,
        first: &Expected,
    ) -> anyhow::Result<Expected> {
        let contacts = self.api.list(&self.path("contacts")).await?;
        let unsubscribed = self.api.list(&self.path("unsubscribes")).await?;
        let phones = |items: &[Value]| -> BTreeSet<String> {
            items.iter().filter_map(|it| it["phone"].as_str()).map(str::to_owned).collect()
        };
        let (known, unsubscribed) = (phones(&contacts), phones(&unsubscribed));
        let mut earlier = BTreeMap::new();
        for phone in missed.union(&unsubscribed) {
            let texts = self.grounds.books.statuses(phone, &first.body).await?.len();
            earlier.insert(phone.clone(), texts);
        }
        let mut fates = first.fates.clone();
        if self.chance.hits(500) {
            for phone in missed {
                self.grounds.books.script(phone, "delivered").await?;
                fates.remove(phone);
            }
        }
        let audience = missed.intersection(&known).cloned().collect::<BTreeSet<String>>();
        Ok(Expected {
            body: first.body.clone(),
            contacts: u64::try_from(contacts.len()).context("a number of contacts")?,
            audience: audience.difference(&unsubscribed).cloned().collect(),
            unsubscribed,
            fates,
            earlier,
            ..Expected::default()
        })
    }
}
