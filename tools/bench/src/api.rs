//! A client of the HTTP API that invokes the function directly.

use anyhow::Context;
use hyper::Method;
use serde_json::{Value, json};

use crate::function::Function;
use crate::stack::PUBLIC_URL;

/// The admin key and its SHA-256.
pub(crate) const ADMIN_KEY: &str = "bench";
pub(crate) const ADMIN_KEY_SHA256: &str =
    "1b32c28cb38c05480eccc1bd60ff97029b57a05c96718b96dad7e9d84894f549";

pub(crate) struct Api {
    function: Function,
    key: String,
}

impl Api {
    pub(crate) fn new(function: Function) -> Self {
        Self { function, key: ADMIN_KEY.to_owned() }
    }

    /// Sets the key for further requests.
    pub(crate) fn set_key(&mut self, key: &str) {
        key.clone_into(&mut self.key);
    }

    pub(crate) fn process(&self) -> u32 {
        self.function.process()
    }

    /// Sends a request and returns the body of a successful response.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        let host = PUBLIC_URL.trim_start_matches("https://");
        let event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {
                "authorization": format!("Bearer {}", self.key),
                "content-type": "application/json",
                "host": host,
            },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "abcdefghij",
                "domainName": host,
                "http": {
                    "method": method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.7",
                    "userAgent": "bench",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": "$default",
                "time": "25/Nov/2026:09:00:00 +0000",
                "timeEpoch": 1_795_597_200_000_u64,
            },
            "body": body.map(|body| body.to_string()),
            "isBase64Encoded": false,
        });
        let answer = self.function.invoke(event.to_string().into_bytes()).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let status = answer["statusCode"].as_u64().unwrap_or_default();
        anyhow::ensure!((200..300).contains(&status), "{method} {path}: {answer}");
        match answer["body"].as_str().filter(|body| !body.is_empty()) {
            Some(body) => serde_json::from_str(body).context("an answer is no JSON"),
            None => Ok(Value::Null),
        }
    }
}
