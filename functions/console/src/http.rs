//! A request as the HTTP API passes it on (payload format 2.0), and the response.

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    pub(crate) raw_path: String,
    /// Names are in lower case.
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(rename = "requestContext")]
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    http: Http,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

impl Request {
    pub(crate) fn method(&self) -> &str {
        &self.context.http.method
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether the reader accepts an encoding. One that it weighs with zero is refused.
    pub(crate) fn accepts(&self, encoding: &str) -> bool {
        self.header("accept-encoding").split(',').any(|choice| {
            let (name, weight) = choice.split_once(';').unwrap_or((choice, "q=1"));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
            name.trim() == encoding && weight.is_ok_and(|weight| weight > 0.0)
        })
    }

    /// Whether the reader has this version already.
    pub(crate) fn has(&self, etag: &str) -> bool {
        let known = self.header("if-none-match");
        known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag)
    }
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    pub(crate) status_code: u16,
    pub(crate) headers: BTreeMap<&'static str, String>,
    body: String,
    is_base64_encoded: bool,
}

impl Response {
    pub(crate) fn new(status_code: u16) -> Self {
        let (headers, body) = (BTreeMap::new(), String::new());
        Self { status_code, headers, body, is_base64_encoded: false }
    }

    pub(crate) fn status(self, status_code: u16) -> Self {
        Self { status_code, ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    pub(crate) fn text(self, body: String) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn bytes(self, body: &[u8]) -> Self {
        Self { body: BASE64_STANDARD.encode(body), is_base64_encoded: true, ..self }
    }

    /// As a response to HEAD.
    pub(crate) fn without_body(self) -> Self {
        Self { body: String::new(), is_base64_encoded: false, ..self }
    }

    #[cfg(test)]
    pub(crate) fn content(&self) -> Vec<u8> {
        if self.is_base64_encoded {
            return BASE64_STANDARD.decode(&self.body).expect("base64");
        }
        self.body.clone().into_bytes()
    }
}
