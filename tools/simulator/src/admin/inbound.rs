//! Texts that people send to a webhook.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::post::Post;
use crate::resource::API_VERSION;
use crate::world::{self, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inbound {
    url: String,
    from: String,
    to: String,
    body: String,
    /// Set to deliver the same message again.
    message_sid: Option<String>,
}

/// Sends a person's text to a webhook and passes on the webhook's response.
pub(super) async fn receive(
    State(world): State<Arc<World>>,
    Json(inbound): Json<Inbound>,
) -> Response {
    let sid = match inbound.message_sid.map_or_else(|| world::sid("SM"), Ok) {
        Ok(sid) => sid,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let mut parameters = vec![
        ("MessageSid", sid.clone()),
        ("SmsSid", sid.clone()),
        ("SmsMessageSid", sid.clone()),
        ("AccountSid", world.config.account_sid.clone()),
        ("ApiVersion", API_VERSION.to_owned()),
        ("SmsStatus", "received".to_owned()),
        ("NumMedia", "0".to_owned()),
        ("NumSegments", "1".to_owned()),
        ("From", inbound.from),
        ("To", inbound.to),
    ];
    if let Some(kind) = opt_out_type(&inbound.body) {
        parameters.push(("OptOutType", kind.to_owned()));
    }
    parameters.push(("Body", inbound.body));
    let parameters: Vec<_> =
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let post = world.callbacks.signed(&inbound.url, &parameters);
    relay(&world, &post, ("messageSid", sid)).await
}

/// Posts a person's text and passes on the response.
pub(crate) async fn relay(world: &World, post: &Post, (name, id): (&str, String)) -> Response {
    match world.callbacks.post(post).await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap_or_default();
            Json(json!({ name: id, "status": status, "body": body })).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:?}")).into_response(),
    }
}

/// How Twilio classifies a text by its default keywords.
fn opt_out_type(body: &str) -> Option<&'static str> {
    match &*body.trim().to_uppercase() {
        "STOP" | "UNSUBSCRIBE" | "END" | "QUIT" | "STOPALL" | "REVOKE" | "OPTOUT" | "CANCEL" => {
            Some("STOP")
        }
        "START" | "YES" | "UNSTOP" => Some("START"),
        "HELP" | "INFO" => Some("HELP"),
        _ => None,
    }
}
