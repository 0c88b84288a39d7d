//! The simulator's admin endpoints that only AWS needs.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::opt_outs::OptOutList;
use super::topics::Topics;
use crate::admin::relay;
use crate::message::Provider;
use crate::world::{World, lock};

pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/topics", put(topics))
        .route("/opt-out-lists/{name}", put(opt_out_list))
        .route("/inbound", post(inbound))
        .route("/requests", get(requests))
}

/// Sets where to publish from now on. The topics exist only once the stack is deployed.
async fn topics(State(world): State<Arc<World>>, Json(topics): Json<Topics>) -> Response {
    if !topics.are_valid() {
        return (StatusCode::BAD_REQUEST, "no endpoint or no ARN of a topic").into_response();
    }
    *world.aws.topics() = topics;
    StatusCode::NO_CONTENT.into_response()
}

/// Sets an opt-out list.
async fn opt_out_list(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    Json(list): Json<OptOutList>,
) -> StatusCode {
    lock(&world.aws.opt_out_lists).insert(name, list);
    StatusCode::NO_CONTENT
}

/// The bodies of send requests, one JSON string per line, oldest first.
async fn requests(State(world): State<Arc<World>>) -> Response {
    let mut lines = String::new();
    for body in &*lock(&world.aws.bodies) {
        // Writing to a string can't fail.
        let _ = writeln!(lines, "{}", json!(String::from_utf8_lossy(body)));
    }
    ([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
}

#[derive(Deserialize)]
struct Inbound {
    from: String,
    to: String,
    body: String,
    keyword: Option<String>,
    /// Set to deliver the same message again.
    #[serde(rename = "inboundMessageId")]
    id: Option<String>,
    /// The message that this is a reply to. The default is the newest one to that person.
    #[serde(rename = "previousPublishedMessageId")]
    previous: Option<String>,
}

/// Publishes a person's text and passes on SNS's response.
async fn inbound(State(world): State<Arc<World>>, Json(inbound): Json<Inbound>) -> Response {
    let id = match inbound.id.map_or_else(super::id, Ok) {
        Ok(id) => id,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let previous = inbound.previous.or_else(|| newest(&world, &inbound.from));
    let publication = {
        let topics = world.aws.topics();
        let keyword = inbound.keyword.unwrap_or_else(|| {
            keyword(&inbound.body)
                .unwrap_or_else(|| format!("KEYWORD_{}", topics.account().unwrap_or_default()))
        });
        let mut message = json!({
            "originationNumber": inbound.from,
            "destinationNumber": inbound.to,
            "messageKeyword": keyword,
            "messageBody": inbound.body,
            "inboundMessageId": id,
        });
        if let Some(previous) = previous {
            message["previousPublishedMessageId"] = previous.into();
        }
        topics.inbound(&message)
    };
    match publication {
        Some(post) => relay(&world, &post, ("inboundMessageId", id)).await,
        None => (StatusCode::CONFLICT, "the topic of inbound messages is not set").into_response(),
    }
}

/// The service's newest message to a person.
fn newest(world: &World, to: &str) -> Option<String> {
    let store = world.store();
    let mut messages = store.newest_first(Some(to)).map(|(_, message)| message);
    messages
        .find(|message| matches!(message.order.provider, Provider::Aws(_)))
        .map(|message| message.sid.clone())
}

/// The service's default keywords. Any other text gets the number's own default keyword.
fn keyword(body: &str) -> Option<String> {
    let word = body.trim().to_uppercase();
    let is_known = matches!(
        &*word,
        "ARRET"
            | "CANCEL"
            | "END"
            | "OPT-OUT"
            | "OPTOUT"
            | "QUIT"
            | "REMOVE"
            | "STOP"
            | "TD"
            | "UNSUBSCRIBE"
            | "HELP"
    );
    is_known.then_some(word)
}
