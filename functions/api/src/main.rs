//! The API function: the HTTP contract over the table, the queues and the bucket.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod auth;
mod checks;
mod idempotency;
mod json;
mod openapi;
mod page;
mod params;
mod problem;
mod router;
mod routes;
mod state;
mod views;

use anyhow::Context;
use infra::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init();
    let app = state::start().await.context("failed to start")?;
    lambda_http::run(router::router(app)).await
}
