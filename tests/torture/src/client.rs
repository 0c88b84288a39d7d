//! A client of the HTTP API that never gives up, within the API's contract.
//!
//! As the API's documentation asks clients to do, it repeats a failed request with the same
//! idempotency key until it gets a response.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::sync::Semaphore;

const PATIENCE: Duration = Duration::from_mins(8);

/// The maximum number of concurrent requests of all runs, because each takes a process of a
/// function.
const AT_ONCE: usize = 16;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

#[derive(Clone)]
pub struct Insistent {
    http: Client,
    url: String,
    key: String,
}

/// The body of a request.
pub enum Body<'a> {
    Nothing,
    Json(&'a Value),
    Csv(&'a str),
}

impl Insistent {
    #[must_use]
    pub fn new(http: &Client, url: &str, key: &str) -> Self {
        Self { http: http.clone(), url: url.to_owned(), key: key.to_owned() }
    }

    /// Returns the response's status and body. `once` is the idempotency key.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &Body<'_>,
        once: &str,
    ) -> anyhow::Result<(u16, Value)> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(100);
        loop {
            let last = match self.try_once(&method, path, body, once).await {
                Ok((status, body)) if !is_passing(status, &body) => return Ok((status, body)),
                Ok((status, body)) => format!("{status} {body}"),
                Err(error) => format!("{error:#}"),
            };
            if Instant::now() >= deadline {
                bail!("{method} {path} has no answer within {} s: {last}", PATIENCE.as_secs());
            }
            tokio::time::sleep(pause).await;
            pause = Duration::from_secs(3).min(pause * 2);
        }
    }

    async fn try_once(
        &self,
        method: &Method,
        path: &str,
        body: &Body<'_>,
        once: &str,
    ) -> anyhow::Result<(u16, Value)> {
        let request = self.http.request(method.clone(), format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.key).timeout(Duration::from_secs(45));
        let request =
            if *method == Method::POST { request.header("idempotency-key", once) } else { request };
        let request = match body {
            Body::Nothing => request,
            Body::Json(body) => request.json(body),
            Body::Csv(body) => request.header("content-type", "text/csv").body((*body).to_owned()),
        };
        let _turn = TURNS.acquire().await?;
        let answer = request.send().await?;
        let (status, body) = (answer.status().as_u16(), answer.text().await?);
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? };
        Ok((status, body))
    }

    /// Like [`Self::ask`], but anything other than success is an error.
    pub async fn must(
        &self,
        method: Method,
        path: &str,
        body: &Body<'_>,
        once: &str,
    ) -> anyhow::Result<Value> {
        let (status, answer) = self.ask(method.clone(), path, body, once).await?;
        if !(200..300).contains(&status) {
            bail!("{method} {path} answered {status}: {answer}");
        }
        Ok(answer)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.must(Method::GET, path, &Body::Nothing, "").await
    }

    pub async fn post(&self, path: &str, body: &Value, once: &str) -> anyhow::Result<Value> {
        self.must(Method::POST, path, &Body::Json(body), once).await
    }

    /// Every item of a list.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=100{cursor}")).await?;
            items.extend(page["items"].as_array().context("a list has items")?.iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }
}

/// Whether the same request may get a different response later.
fn is_passing(status: u16, body: &Value) -> bool {
    status >= 500 || status == 429 || body["code"] == "idempotency_in_progress"
}
