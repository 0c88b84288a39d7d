//! What people do with a campaign: they send, pause, resume and stop it, and change whom it is for.

use std::time::{Duration, SystemTime};

use anyhow::ensure;
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use serde_json::json;

use crate::client::Body;
use crate::expected::Expected;
use crate::outage::Outage;
use crate::phones::phone;
use crate::scenario::{Scenario, text};

/// The number that a contact is edited to.
const EDITED: u64 = 50;

impl Scenario<'_> {
    /// Schedules a campaign far ahead and cancels it.
    pub(crate) async fn call_one_off(&mut self) -> anyhow::Result<()> {
        if !self.chance.hits(250) {
            return Ok(());
        }
        let draft = json!({"name": "Never", "body": format!("Never sent no. {}", self.number)});
        let campaign = text(&self.post_well("campaigns", &draft).await?["id"])?;
        self.grounds.runs.mark(&campaign, self.run);
        let at = later(7_200);
        let path = format!("campaigns/{campaign}/send");
        self.post_well(&path, &json!({"scheduledAt": at})).await?;
        let path = format!("campaigns/{campaign}/cancel");
        let cancelled = self.post_well(&path, &json!({})).await?;
        ensure!(cancelled["status"] == "cancelled", "called off, it is {cancelled}");
        Ok(())
    }

    /// Sends a campaign: now, in a few seconds, or within limits.
    pub(crate) async fn send(
        &mut self,
        campaign: &str,
        expected: &mut Expected,
    ) -> anyhow::Result<()> {
        let path = format!("campaigns/{campaign}/send");
        let how = self.chance.below(12);
        let request = match how {
            0 | 1 => json!({"scheduledAt": later(3 + self.chance.below(5))}),
            2 => json!({"scheduledAt": later(64)}),
            3 => json!({"maxParts": 10_000}),
            4 => json!({"maxParts": 1}),
            _ => json!({}),
        };
        expected.is_held_back = how == 4 && expected.audience.len() > 1;
        // A campaign that is still held after the hours have passed, or whose fan-out is given up, is
        // stopped, because resuming it would bypass its limits.
        let is_interrupted = self.hours.is_some() || self.outage == Some(Outage::FanOutPoisoned);
        expected.may_stop |= expected.is_held_back || (how == 3 && is_interrupted);
        let (status, answer) = self.post(&path, &request).await?;
        if status == 422 && answer["code"] == "scheduled_at_past" {
            // The API's clock may be ahead of this one.
            self.post_well(&path, &json!({})).await?;
        } else {
            ensure!(status == 202, "the send was answered {status}: {answer}");
        }
        if self.chance.hits(300) {
            let (status, answer) = self.post(&path, &json!({})).await?;
            ensure!(
                status == 409 && answer["code"] == "campaign_not_draft",
                "sent again, it was answered {status}: {answer}"
            );
        }
        Ok(())
    }

    /// What people do while a campaign is running.
    pub(crate) async fn interfere(
        &mut self,
        campaign: &str,
        contacts: &[(String, String)],
        expected: &mut Expected,
    ) -> anyhow::Result<()> {
        self.a_moment(2_000).await;
        if self.chance.hits(300)
            && let Some((id, old)) = contacts.first()
        {
            let new = phone(self.number, EDITED);
            let path = self.path(&format!("contacts/{id}"));
            let edit = json!({"phone": new});
            self.api.must(Method::PUT, &path, &Body::Json(&edit), "").await?;
            expected.audience.remove(old);
            expected.either.push((old.clone(), new));
        }
        if self.chance.hits(300) {
            // The person may have been texted already, and may be counted either way.
            let to = phone(self.number, 7);
            self.unsubscribe(&to).await?;
            expected.audience.remove(&to);
            expected.maybe.insert(to);
        }
        if self.also("erasure", 200) {
            self.erase(expected).await?;
        }
        let controls: &[&str] = match self.chance.below(10) {
            0..=2 => &["pause", "resume"],
            3 => &["pause", "resume", "pause", "resume"],
            4 => &["stop"],
            5 => &["pause", "stop"],
            _ => &[],
        };
        for control in controls {
            self.a_moment(1_500).await;
            let path = format!("campaigns/{campaign}/{control}");
            let (status, answer) = self.post(&path, &json!({})).await?;
            ensure!(status == 200 || status == 409, "{control} was answered {status}: {answer}");
            expected.may_stop |= *control == "stop";
        }
        Ok(())
    }
}

/// The time in this number of seconds, by this machine's clock.
fn later(seconds: u64) -> String {
    let at = DateTime::<Utc>::from(SystemTime::now() + Duration::from_secs(seconds));
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
