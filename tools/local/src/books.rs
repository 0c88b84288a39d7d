//! The provider simulator's records, which show who got which text.

use anyhow::Context;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Books {
    http: Client,
    url: String,
}

impl Books {
    /// The records of the simulator at this URL.
    #[must_use]
    pub fn new(http: &Client, url: &str) -> Self {
        Self { http: http.clone(), url: url.to_owned() }
    }

    /// The number of texts that a phone got.
    pub async fn texts(&self, to: &str) -> anyhow::Result<usize> {
        Ok(self.taken(to).await?.len())
    }

    /// The statuses of the texts with this body that a phone got.
    pub async fn statuses(&self, to: &str, body: &str) -> anyhow::Result<Vec<String>> {
        let taken = self.taken(to).await?;
        let with = taken.iter().filter(|message| message["body"] == body);
        Ok(with.map(|message| message["status"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// The texts that a phone got, as the provider sees them.
    pub async fn taken(&self, to: &str) -> anyhow::Result<Vec<Value>> {
        let found = answered(self.http.get(self.at("messages")).query(&[("to", to)])).await?;
        Ok(found["messages"].as_array().context("a list of messages")?.clone())
    }

    /// All texts that were sent more than once: number, body, count.
    pub async fn duplicates(&self) -> anyhow::Result<Vec<Value>> {
        let stats = answered(self.http.get(self.at("stats"))).await?;
        Ok(stats["duplicates"].as_array().cloned().unwrap_or_default())
    }

    /// Scripts the fate of messages to a number.
    pub async fn script(&self, to: &str, fate: &str) -> anyhow::Result<()> {
        let script = json!({"to": to, "fate": fate});
        self.http.post(self.at("fates")).json(&script).send().await?.error_for_status()?;
        Ok(())
    }

    /// Gives all messages from a sender the same fate, or ends that with `None`.
    pub async fn fail_sender(&self, from: &str, fate: Option<&str>) -> anyhow::Result<()> {
        let outage = json!({"from": from, "fate": fate});
        self.http.post(self.at("outages")).json(&outage).send().await?.error_for_status()?;
        Ok(())
    }

    /// Sends a sender a text from a person. Returns the webhook's status, or 0 if it didn't
    /// respond.
    pub async fn inbound(
        &self,
        webhook: &str,
        from: &str,
        to: &str,
        body: &str,
    ) -> anyhow::Result<u64> {
        let inbound = json!({"url": webhook, "from": from, "to": to, "body": body});
        let answer = self.http.post(self.at("inbound")).json(&inbound).send().await?;
        if !answer.status().is_success() {
            return Ok(0);
        }
        let told: Value = answer.json().await?;
        Ok(told["status"].as_u64().unwrap_or_default())
    }

    /// Sends an AWS sender a text from a person, which AWS publishes.
    pub async fn published(&self, from: &str, to: &str, body: &str) -> anyhow::Result<()> {
        let inbound = json!({"from": from, "to": to, "body": body});
        self.http.post(self.at("aws/inbound")).json(&inbound).send().await?.error_for_status()?;
        Ok(())
    }

    /// Sets an opt-out list of the AWS account: `{numbers: [{number, at, byAccount?}], problem?, pageSize?}`.
    pub async fn opt_out_list(&self, name: &str, list: &Value) -> anyhow::Result<()> {
        let url = self.at(&format!("aws/opt-out-lists/{name}"));
        self.http.put(url).json(list).send().await?.error_for_status()?;
        Ok(())
    }

    /// Every request that AWS End User Messaging received, as JSON lines.
    pub async fn aws_requests(&self) -> anyhow::Result<String> {
        let answer = self.http.get(self.at("aws/requests")).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/_simulator/{path}", self.url)
    }
}

async fn answered(request: RequestBuilder) -> anyhow::Result<Value> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}
