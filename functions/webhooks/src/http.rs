//! Webhooks over HTTP: a form, or an object in JSON, whose signature is checked before anything
//! else is believed.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use infra::clock;
use infra::gateway::signature;
use infra::telemetry;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
            telemetry::count_refused_webhook(status, clock::now());
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
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = media_type.eq_ignore_ascii_case("application/json");
    if !is_json && !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
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
    let query = request.raw_query_string.clone();
    let separator = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{}{separator}{query}", app.public_url, request.raw_path);
    let signature = request.headers.get("x-twilio-signature").ok_or(403_u16)?;
    let parameters = if is_json { Vec::new() } else { form_parameters(&body) };
    // While the token is rotated, both are good.
    let is_valid = app.auth_tokens.iter().any(|token| {
        if is_json {
            signature::is_valid_for_json(token, &url, &body, signature)
        } else {
            signature::is_valid(token, &url, &parameters, signature)
        }
    });
    if !is_valid {
        return Err(403);
    }
    let parameters = if is_json { json_parameters(&body)? } else { parameters };
    Ok(Form { parameters, query })
}

fn form_parameters(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// The members of an object, texts as they are and anything else in JSON.
fn json_parameters(body: &[u8]) -> Result<Vec<(String, String)>, u16> {
    let object: Map<String, Value> = serde_json::from_slice(body).map_err(|_| 400_u16)?;
    let parameter = |(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    };
    Ok(object.into_iter().map(parameter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_body_has_a_forms_parameters() {
        let body = br#"{"MessageSid":"SM1","ErrorCode":30003}"#;
        let parameters = vec![
            ("ErrorCode".to_owned(), "30003".to_owned()),
            ("MessageSid".to_owned(), "SM1".to_owned()),
        ];
        assert_eq!(json_parameters(body), Ok(parameters));
        assert_eq!(json_parameters(b"[]"), Err(400));
        assert_eq!(json_parameters(b"{"), Err(400));
    }
}
