//! Webhooks over HTTP: a form whose signature is checked before anything else is believed.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use infra::gateway::signature;
use serde::{Deserialize, Serialize};

use crate::{App, inbound, status};

/// The largest form that is read; the provider's own are about 1 KB.
const BYTES_MOST: usize = 64 * 1024;

/// The part of an HTTP API request (payload format 2.0) that is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    /// Names are in lower case.
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
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

    /// An answer that has the provider say nothing to the person.
    pub(crate) fn silence() -> Self {
        Self {
            status_code: 200,
            headers: HashMap::from([("content-type", "text/xml")]),
            body: "<Response/>".to_owned(),
        }
    }
}

/// A form that the provider has signed.
pub(crate) struct Form {
    parameters: Vec<(String, String)>,
    pub(crate) query: String,
}

impl Form {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

enum Webhook {
    Status,
    Inbound,
}

pub(crate) async fn answer(app: &App, request: &Request) -> Response {
    let webhook = match request.raw_path.as_str() {
        "/webhooks/twilio/status" => Webhook::Status,
        "/webhooks/twilio/inbound" => Webhook::Inbound,
        _ => return Response::status(404),
    };
    let form = match read(app, request) {
        Ok(form) => form,
        Err(status) => {
            tracing::warn!(status, "refused a webhook");
            return Response::status(status);
        }
    };
    let taken = match webhook {
        Webhook::Status => status::take(app, &form).await,
        Webhook::Inbound => inbound::take(app, &form).await,
    };
    taken.unwrap_or_else(|error| {
        tracing::error!(error = ?error, "failed to take a webhook");
        Response::status(503)
    })
}

/// Reads and believes a form, or says with which status it is refused.
fn read(app: &App, request: &Request) -> Result<Form, u16> {
    if request.context.http.method != "POST" {
        return Err(405);
    }
    let content_type = request.headers.get("content-type").map_or("", String::as_str);
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return Err(400);
    }
    let body = request.body.as_deref().unwrap_or_default();
    if body.len() > BYTES_MOST {
        return Err(413);
    }
    let body = if request.is_base64_encoded {
        BASE64_STANDARD.decode(body).map_err(|_| 400_u16)?
    } else {
        body.as_bytes().to_vec()
    };
    let parameters: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let query = request.raw_query_string.clone();
    let separator = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{}{separator}{query}", app.public_url, request.raw_path);
    let signature = request.headers.get("x-twilio-signature").ok_or(403_u16)?;
    if !signature::is_valid(&app.auth_token, &url, &parameters, signature) {
        return Err(403);
    }
    Ok(Form { parameters, query })
}
