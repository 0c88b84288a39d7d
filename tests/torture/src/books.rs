//! The simulator's books: the judge of who got which text.

use anyhow::Context;
use reqwest::Client;
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Books {
    http: Client,
    url: String,
}

impl Books {
    #[must_use]
    pub fn new(http: &Client, url: &str) -> Self {
        Self { http: http.clone(), url: url.to_owned() }
    }

    /// The statuses of the texts with this body that a number got.
    pub async fn texts(&self, to: &str, body: &str) -> anyhow::Result<Vec<String>> {
        let url = format!("{}/_simulator/messages", self.url);
        let found: Value = self
            .http
            .get(url)
            .query(&[("to", to)])
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let all = found["messages"].as_array().context("a list of messages")?;
        let with = all.iter().filter(|message| message["body"] == body);
        Ok(with.map(|message| message["status"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Decides what becomes of messages to a number.
    pub async fn script(&self, to: &str, fate: &str) -> anyhow::Result<()> {
        let url = format!("{}/_simulator/fates", self.url);
        let script = json!({"to": to, "fate": fate});
        self.http.post(url).json(&script).send().await?.error_for_status()?;
        Ok(())
    }

    /// Has a person write to a sender; answers the webhook's status.
    pub async fn inbound(
        &self,
        webhook: &str,
        from: &str,
        to: &str,
        body: &str,
    ) -> anyhow::Result<u64> {
        let url = format!("{}/_simulator/inbound", self.url);
        let inbound = json!({"url": webhook, "from": from, "to": to, "body": body});
        let answer = self.http.post(url).json(&inbound).send().await?;
        if !answer.status().is_success() {
            return Ok(0);
        }
        let told: Value = answer.json().await?;
        Ok(told["status"].as_u64().unwrap_or_default())
    }

    /// What was sent twice in all: number, body, count.
    pub async fn duplicates(&self) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}/_simulator/stats", self.url);
        let stats: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        Ok(stats["duplicates"].as_array().cloned().unwrap_or_default())
    }
}
