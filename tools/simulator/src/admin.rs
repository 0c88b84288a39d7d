//! The simulator's admin endpoints, for tests and for the curious. They need no credentials.

mod inbound;

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

use crate::aws;
use crate::fates::Fate;
use crate::message::Provider;
use crate::resource;
use crate::world::World;

pub(crate) use inbound::relay;

const MAX_LISTED: usize = 10_000;

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/health", get(async || "ok"))
        .route("/stats", get(stats))
        .route("/messages", get(messages))
        .route("/fates", post(script))
        .route("/outages", post(fail_sender))
        .route("/hold", post(hold))
        .route("/release", post(release))
        .route("/inbound", post(inbound::receive))
        .nest("/aws", aws::admin::router())
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
        .take(MAX_LISTED)
        .map(|(_, message)| {
            let mut resource = resource::message(message, &world.config.account_sid);
            match &message.order.provider {
                Provider::Twilio { callback } => resource["status_callback"] = json!(callback),
                Provider::Aws(details) => resource["context"] = json!(details.context),
            }
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

#[derive(Deserialize)]
struct Outage {
    from: String,
    /// `None` ends the outage.
    fate: Option<String>,
}

/// Gives all messages from a sender one fate, regardless of the recipient.
async fn fail_sender(State(world): State<Arc<World>>, Json(outage): Json<Outage>) -> Response {
    let fate = outage.fate.as_deref().map(|name| Fate::named(name, None));
    match fate {
        Some(None) => (StatusCode::BAD_REQUEST, "no such fate").into_response(),
        fate => {
            world.fail_sender(outage.from, fate.flatten());
            StatusCode::NO_CONTENT.into_response()
        }
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
