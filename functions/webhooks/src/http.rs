//! Webhooks over HTTP: a form, or an object in JSON, whose signature is checked before anything
//! else is believed.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use infra::clock;
use infra::telemetry;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::keyword::is_xml;

use crate::{App, inbound, signed, status};

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
#[serde(rename_all = "camelCase")]
struct Context {
    http: Http,
    /// Told by AWS and not by the caller.
    #[serde(default)]
    domain_name: String,
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

    /// An answer that has the provider say `reply` to the person, or nothing.
    pub(crate) fn to_person(reply: Option<&str>) -> Self {
        let body = reply.map_or("<Response/>".to_owned(), |reply| {
            format!("<Response><Message>{}</Message></Response>", escaped(reply))
        });
        let headers = HashMap::from([("content-type", "text/xml")]);
        Self { status_code: 200, headers, body }
    }
}

/// Returns a text as XML holds it. Characters that XML cannot hold are dropped: replies that were
/// saved before they were checked may contain some.
fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| is_xml(*c)).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What a provider says: a form, or an object's members.
pub(crate) struct Form {
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) query: String,
}

impl Form {
    pub(crate) fn read(body: &[u8], is_json: bool, query: &str) -> Result<Self, u16> {
        let parameters = if is_json { json_parameters(body)? } else { form_parameters(body) };
        Ok(Self { parameters, query: query.to_owned() })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Webhook {
    Status,
    Inbound,
}

impl Request {
    /// Names are in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn query(&self) -> &str {
        &self.raw_query_string
    }

    /// The URL that the provider called, whatever proxies made of it on the way: below the public
    /// URL, or the function's own.
    pub(crate) fn url(&self, public_url: &str) -> String {
        let query = self.query();
        let separator = if query.is_empty() { "" } else { "?" };
        let domain = &self.context.domain_name;
        if domain.contains(".lambda-url.") {
            format!("https://{domain}{}{separator}{query}", self.raw_path)
        } else {
            format!("{public_url}{}{separator}{query}", self.raw_path)
        }
    }

    /// The body, and whether it is JSON; or with which status the request is refused.
    pub(crate) fn content(&self) -> Result<(Vec<u8>, bool), u16> {
        if self.context.http.method != "POST" {
            return Err(405);
        }
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let is_json = media_type.eq_ignore_ascii_case("application/json");
        if !is_json && !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(400);
        }
        let body = self.body.as_deref().unwrap_or_default();
        if body.len() > BYTES_MOST {
            return Err(413);
        }
        let body = if self.is_base64_encoded {
            BASE64_STANDARD.decode(body).map_err(|_| 400_u16)?
        } else {
            body.as_bytes().to_vec()
        };
        Ok((body, is_json))
    }
}

pub(crate) async fn answer(app: &App, request: &Request) -> Response {
    let webhook = match request.raw_path.as_str() {
        "/webhooks/twilio/status" => Webhook::Status,
        "/webhooks/twilio/inbound" => Webhook::Inbound,
        _ => return Response::status(404),
    };
    let taken = match signed::read(app, webhook, request).await {
        Ok(Err(status)) => {
            telemetry::count_refused_webhook(status, clock::now());
            return Response::status(status);
        }
        Ok(Ok(form)) => match webhook {
            Webhook::Status => status::take(app, &form).await,
            Webhook::Inbound => inbound::take(app, &form).await,
        },
        Err(error) => Err(error),
    };
    taken.unwrap_or_else(|error| {
        tracing::error!(error = ?error, "failed to take a webhook");
        Response::status(503)
    })
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
    fn a_reply_is_text_in_xml() {
        let response = Response::to_person(Some("You & I <3"));
        assert_eq!(response.body, "<Response><Message>You &amp; I &lt;3</Message></Response>");
        assert_eq!(Response::to_person(None).body, "<Response/>");
        let response = Response::to_person(Some("By\u{0}e\u{b}\n\u{ffff}."));
        assert_eq!(response.body, "<Response><Message>Bye\n.</Message></Response>");
    }

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
