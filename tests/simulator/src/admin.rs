//! The simulator's own endpoints, for tests and for the curious. They ask for no credentials.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fates::Fate;
use crate::resource::{self, API_VERSION};
use crate::world::{self, World};

const LIST_LONGEST: usize = 10_000;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/health", get(async || "ok"))
        .route("/stats", get(stats))
        .route("/messages", get(messages))
        .route("/fates", post(script))
        .route("/hold", post(hold))
        .route("/release", post(release))
        .route("/inbound", post(inbound))
}

async fn stats(State(world): State<Arc<World>>) -> Json<Value> {
    let callbacks = world.callbacks.tally();
    let store = world.store();
    let mut statuses: BTreeMap<&str, u64> = BTreeMap::new();
    for message in store.all() {
        *statuses.entry(message.status.name()).or_default() += 1;
    }
    let duplicates: Vec<Value> = store
        .duplicates()
        .into_iter()
        .map(|(to, body, count)| json!({ "to": to, "body": body, "count": count }))
        .collect();
    Json(json!({
        "accepted": store.all().len(),
        "requests": world.requests.load(Ordering::Relaxed),
        "refused": world.refused.load(Ordering::Relaxed),
        "statuses": statuses,
        "callbacks": {
            "sent": callbacks.sent,
            "failed": callbacks.failed,
            "pending": callbacks.pending,
            "held": callbacks.is_held,
            "lastFailure": callbacks.last_failure,
        },
        "textsPerNumberMax": store.most_to_one(),
        "duplicates": duplicates,
    }))
}

#[derive(Deserialize)]
struct Of {
    to: Option<String>,
}

/// The accepted messages, newest first.
async fn messages(State(world): State<Arc<World>>, Query(of): Query<Of>) -> Json<Value> {
    let store = world.store();
    let messages: Vec<Value> = store
        .newest_first(of.to.as_deref())
        .take(LIST_LONGEST)
        .map(|(_, message)| {
            let mut resource = resource::message(message, &world.config.account_sid);
            resource["status_callback"] = json!(message.order.callback);
            resource
        })
        .collect();
    Json(json!({ "messages": messages }))
}

#[derive(Deserialize)]
struct Script {
    to: String,
    fate: String,
    times: Option<u32>,
}

async fn script(State(world): State<Arc<World>>, Json(script): Json<Script>) -> Response {
    match Fate::named(&script.fate, script.times) {
        Some(fate) => {
            world.script(script.to, fate);
            StatusCode::NO_CONTENT.into_response()
        }
        None => (StatusCode::BAD_REQUEST, "no such fate").into_response(),
    }
}

async fn hold(State(world): State<Arc<World>>) -> StatusCode {
    world.callbacks.hold(true);
    StatusCode::NO_CONTENT
}

async fn release(State(world): State<Arc<World>>) -> StatusCode {
    world.callbacks.hold(false);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inbound {
    url: String,
    from: String,
    to: String,
    body: String,
    /// Set to deliver the same message again.
    message_sid: Option<String>,
}

/// Sends a person's text to a webhook and answers with what the webhook answered.
async fn inbound(State(world): State<Arc<World>>, Json(inbound): Json<Inbound>) -> Response {
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
    match world.callbacks.post(&inbound.url, &parameters).await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap_or_default();
            Json(json!({ "messageSid": sid, "status": status, "body": body })).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:?}")).into_response(),
    }
}

/// What Twilio takes a text for, by its default words.
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
