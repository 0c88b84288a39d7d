//! A request in the format of the HTTP API or a function URL, and the response.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use infra::gateway::webhook::{self, Endpoint};
use serde::{Deserialize, Serialize};
use shared::sender::ProviderKind;

/// The largest body that is accepted. The providers' are about 1 KB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The part of an HTTP API request (payload format 2.0) that is used. It is also written to a queue
/// if the webhook can't be handled.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    /// Keyed by name in lower case.
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    context: Context,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Http,
    /// Set by AWS, not by the caller.
    #[serde(default)]
    domain_name: String,
}

#[derive(Deserialize, Serialize)]
struct Http {
    method: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    status_code: u16,
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    headers: HashMap<&'static str, &'static str>,
    body: String,
}

impl Response {
    pub(crate) fn status(status_code: u16) -> Self {
        Self { status_code, headers: HashMap::new(), body: String::new() }
    }
}

impl From<webhook::Response> for Response {
    fn from(webhook::Response { status, content_type, body }: webhook::Response) -> Self {
        let headers = content_type.map(|content_type| ("content-type", content_type));
        Self { status_code: status, headers: headers.into_iter().collect(), body }
    }
}

impl Request {
    /// The provider and endpoint of the webhook at this path, if there is one.
    pub(crate) fn route(&self) -> Option<(ProviderKind, Endpoint)> {
        let (provider, endpoint) = self.raw_path.strip_prefix("/webhooks/")?.split_once('/')?;
        let kind = ProviderKind::all().find(|kind| kind.as_str() == provider)?;
        match endpoint {
            "status" => Some((kind, Endpoint::Status)),
            "inbound" => Some((kind, Endpoint::Inbound)),
            _ => None,
        }
    }

    /// The request in the form that gateways read, or the status of its refusal.
    pub(crate) fn webhook(
        &self,
        endpoint: Endpoint,
        public_url: &str,
    ) -> Result<webhook::Request, u16> {
        if self.context.http.method != "POST" {
            return Err(405);
        }
        let body = self.body.as_deref().unwrap_or_default();
        if body.len() > MAX_BODY_BYTES {
            return Err(413);
        }
        let body = if self.is_base64_encoded {
            BASE64_STANDARD.decode(body).map_err(|_| 400_u16)?
        } else {
            body.as_bytes().to_vec()
        };
        Ok(webhook::Request {
            endpoint,
            url: self.url(public_url),
            query: self.raw_query_string.clone(),
            headers: self.headers.clone(),
            body,
        })
    }

    /// The URL that the provider called, regardless of what proxies made of it: under the public
    /// URL if there is one, otherwise under the function's own.
    fn url(&self, public_url: &str) -> String {
        let query = &self.raw_query_string;
        let separator = if query.is_empty() { "" } else { "?" };
        let domain = &self.context.domain_name;
        if domain.contains(".lambda-url.") {
            format!("https://{domain}{}{separator}{query}", self.raw_path)
        } else {
            format!("{public_url}{}{separator}{query}", self.raw_path)
        }
    }
}
