//! The client of the HTTP API.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::failure::Failure;
use crate::problem::Problem;
use crate::profile::Profile;

mod bucket;
mod pages;

pub(crate) use pages::Pages;

/// The API responds within 29 seconds, or not at all.
const TIMEOUT: Duration = Duration::from_secs(35);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A request is repeated if the API asks for it and for no more patience than this.
const MAX_RETRIES: u32 = 4;
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10);

/// Everything but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    url: String,
    key: String,
    organization: Option<String>,
}

/// What a request carries.
pub(crate) enum Body<'b> {
    None,
    Json(&'b Value),
    File { content_type: &'static str, content: Vec<u8> },
}

/// Parameters of a query, in order.
pub(crate) type Query<'q> = [(&'q str, String)];

impl Api {
    pub(crate) fn new(profile: Profile) -> Result<Self, Failure> {
        let url = profile.api_url.ok_or_else(|| {
            Failure::usage("the API's URL is not set; run `volley login` or set VOLLEY_API_URL")
        })?;
        let key = profile.api_key.ok_or_else(|| {
            Failure::usage("the API key is not set; run `volley login` or set VOLLEY_API_KEY")
        })?;
        let http = client()?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { http, url, key, organization: profile.organization })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn names_organization(&self) -> bool {
        self.organization.is_some()
    }

    /// The organization that the settings name, or the only one that the key can work in.
    pub(crate) async fn organization(&self) -> Result<String, Failure> {
        if let Some(organization) = &self.organization {
            return Ok(organization.clone());
        }
        let me = self.get("/v1/me", &[]).await?;
        match me["organizations"].as_array().map(Vec::as_slice) {
            Some([only]) => Ok(text(&only["id"]).to_owned()),
            _ => Err(Failure::usage(
                "name an organization with --organization ID or VOLLEY_ORGANIZATION; `volley org list` shows them",
            )),
        }
    }

    /// A path under the organization, of escaped segments.
    pub(crate) async fn path(&self, segments: &[&str]) -> Result<String, Failure> {
        Ok(under(&self.organization().await?, segments))
    }

    pub(crate) async fn get(&self, path: &str, query: &Query<'_>) -> Result<Value, Failure> {
        self.call(Method::GET, path, query, Body::None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, &[], Body::Json(body)).await
    }

    /// A POST without a body.
    pub(crate) async fn act(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::POST, path, &[], Body::None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Body<'_>) -> Result<Value, Failure> {
        self.call(Method::PUT, path, &[], body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call(Method::PATCH, path, &[], Body::Json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Body<'_>) -> Result<(), Failure> {
        self.call(Method::DELETE, path, &[], body).await.map(drop)
    }

    /// A DELETE that responds with what it began.
    pub(crate) async fn remove(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::DELETE, path, &[], Body::None).await
    }

    /// Sends a request, and repeats it if the API is busy. A repeated POST has no second effect,
    /// because it carries the same idempotency key.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        query: &Query<'_>,
        body: Body<'_>,
    ) -> Result<Value, Failure> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        request = request.bearer_auth(&self.key).query(query);
        if method == Method::POST {
            request = request.header("idempotency-key", random_id()?);
        }
        request = match body {
            Body::None => request,
            Body::Json(body) => request.json(body),
            Body::File { content_type, content } => {
                request.header("content-type", content_type).body(content)
            }
        };
        let mut retries = 0;
        loop {
            let response = self.send(&request).await?;
            match retry_after(&response) {
                Some(pause) if retries < MAX_RETRIES => tokio::time::sleep(pause).await,
                _ => return content(response).await,
            }
            retries += 1;
        }
    }

    async fn send(&self, request: &RequestBuilder) -> Result<Response, Failure> {
        let request = request.try_clone().expect("bodies are in memory");
        request.send().await.map_err(|error| unreachable(&self.url, &error))
    }

    /// The response to a GET without a key.
    pub(crate) async fn probe(&self, path: &str) -> Result<Response, Failure> {
        self.send(&self.http.get(format!("{}{path}", self.url))).await
    }
}

/// A client that follows no redirects, so that a key reaches no other host.
fn client() -> Result<Client, Failure> {
    // It is already installed if a command makes a second client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("volley/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            Failure::usage(format!("the HTTP client cannot start: {}", reason(&error)))
        })
}

/// A random UUID, so that no two requests share it.
fn random_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::usage(format!("the system gives no randomness: {error}")))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

/// A path under an organization.
pub(crate) fn under(organization: &str, segments: &[&str]) -> String {
    let mut path = "/v1/organizations".to_owned();
    for segment in std::iter::once(&organization).chain(segments) {
        path.push('/');
        path.extend(utf8_percent_encode(segment, ESCAPED));
    }
    path
}

/// How long to wait before the request is worth repeating.
fn retry_after(response: &Response) -> Option<Duration> {
    if !matches!(response.status().as_u16(), 429 | 503) {
        return None;
    }
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|pause| *pause <= MAX_RETRY_AFTER)
}

async fn content(response: Response) -> Result<Value, Failure> {
    let (status, url) = (response.status(), response.url().to_string());
    let body = response.text().await.map_err(|error| unreachable(&url, &error))?;
    if status.is_success() {
        if body.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_str(&body)
            .map_err(|_| Failure::Refused(Box::new(Problem::foreign(status.as_u16(), &body))));
    }
    let problem = serde_json::from_str(&body);
    let problem = problem.unwrap_or_else(|_| Problem::foreign(status.as_u16(), &body));
    Err(Failure::Refused(Box::new(problem)))
}

fn unreachable(url: &str, error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::usage(format!("{url} is not a valid URL"));
    }
    let what = if error.is_timeout() { "did not respond in time" } else { "cannot be reached" };
    Failure::Unreachable(format!("{url} {what}: {}", reason(error)))
}

/// The innermost cause, which is what a person can act on.
fn reason(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// A string of a response, or "" if the value is not a string.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A count of a response, or 0 if the value is not a number.
pub(crate) fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_of_a_path_are_escaped() {
        let path = under("o1", &["unsubscribes", "+14155550123", "a/b?c#d é"]);
        let expected = "/v1/organizations/o1/unsubscribes/%2B14155550123/a%2Fb%3Fc%23d%20%C3%A9";
        assert_eq!(path, expected);
    }
}
