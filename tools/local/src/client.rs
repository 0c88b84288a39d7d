//! A client of the HTTP API and of the simulator's records.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::environment::Variables;

#[derive(Clone)]
pub struct Api {
    http: Client,
    url: String,
    key: String,
}

impl Api {
    pub fn new(url: &str, key: &str) -> anyhow::Result<Self> {
        let http = Client::builder().timeout(Duration::from_mins(1)).build()?;
        Ok(Self { http, url: url.to_owned(), key: key.to_owned() })
    }

    pub fn admin(variables: &Variables) -> anyhow::Result<Self> {
        let read = |name| variables.get(name).with_context(|| format!("{name} is not set"));
        Self::new(read("API_URL")?, read("ADMIN_KEY")?)
    }

    /// The same API with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        // The emulator may end a connection under a request, such as when a function is replaced.
        match self.request(Method::GET, path).send().await {
            Err(error) if error.is_request() => answer(self.request(Method::GET, path)).await,
            sent => read(sent).await,
        }
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        answer(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        answer(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn put(&self, path: &str) -> anyhow::Result<Value> {
        answer(self.request(Method::PUT, path)).await
    }

    pub async fn post_csv(&self, path: &str, content: Vec<u8>) -> anyhow::Result<Value> {
        let request = self.request(Method::POST, path).header("content-type", "text/csv");
        answer(request.body(content)).await
    }

    /// Every item of a list.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{separator}limit=100{cursor}")).await?;
            items.extend(page["items"].as_array().context("a list has items")?.iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }
}

async fn answer(request: RequestBuilder) -> anyhow::Result<Value> {
    read(request.send().await).await
}

async fn read(sent: reqwest::Result<Response>) -> anyhow::Result<Value> {
    let answer = sent.context("the API did not answer")?;
    let (status, url) = (answer.status(), answer.url().path().to_owned());
    let body = answer.text().await?;
    if !status.is_success() {
        bail!("{url} answered {status}: {body}");
    }
    if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&body)?) }
}

/// Repeats `done` until it returns a result.
pub async fn wait<T>(
    what: &str,
    limit: Duration,
    mut done: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(100);
    loop {
        if let Some(value) = done().await? {
            return Ok(value);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s in vain for {what}", limit.as_secs());
        }
        tokio::time::sleep(pause).await;
        pause = Duration::from_secs(1).min(pause * 3 / 2);
    }
}
