//! The provider simulator's books: the judge of who got which text.

use anyhow::Context;
use local::environment::Variables;
use reqwest::Client;
use serde_json::{Value, json};

pub struct Books {
    http: Client,
    url: String,
}

impl Books {
    pub fn open(variables: &Variables) -> anyhow::Result<Self> {
        let url = variables.get("PROVIDER_URL").context("PROVIDER_URL is not set")?.clone();
        Ok(Self { http: Client::new(), url })
    }

    /// How many texts a phone got.
    pub async fn texts(&self, phone: &str) -> anyhow::Result<usize> {
        let query = [("to", phone)];
        let url = format!("{}/_simulator/messages", self.url);
        let found: Value = self.http.get(url).query(&query).send().await?.json().await?;
        let list = found.as_array().or(found["messages"].as_array());
        Ok(list.context("a list of messages")?.len())
    }

    /// Decides what becomes of messages to a phone.
    pub async fn script(&self, phone: &str, fate: &str) -> anyhow::Result<()> {
        let body = json!({"to": phone, "fate": fate});
        let url = format!("{}/_simulator/fates", self.url);
        self.http.post(url).json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Has a person write to a sender at AWS, which publishes it.
    pub async fn published(&self, from: &str, to: &str, body: &str) -> anyhow::Result<()> {
        let body = json!({"from": from, "to": to, "body": body});
        let url = format!("{}/_simulator/aws/inbound", self.url);
        self.http.post(url).json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Every request that AWS End User Messaging got, as JSON lines.
    pub async fn aws_requests(&self) -> anyhow::Result<String> {
        let url = format!("{}/_simulator/aws/requests", self.url);
        Ok(self.http.get(url).send().await?.error_for_status()?.text().await?)
    }

    /// Has a person write to a sender; answers the webhook's status.
    pub async fn inbound(
        &self,
        webhook: &str,
        from: &str,
        to: &str,
        body: &str,
    ) -> anyhow::Result<Value> {
        let body = json!({"url": webhook, "from": from, "to": to, "body": body});
        let url = format!("{}/_simulator/inbound", self.url);
        Ok(self.http.post(url).json(&body).send().await?.error_for_status()?.json().await?)
    }
}
