//! The API function: the HTTP contract over the table, the queues and the bucket.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod audit;
mod auth;
mod checks;
mod cors;
mod idempotency;
mod identity;
mod json;
mod memberships;
#[cfg(test)]
mod openapi;
mod page;
mod params;
mod polling;
mod problem;
mod rates;
mod router;
mod routes;
mod span;
mod state;
mod views;

use runtime::Started;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let Started { app, usage } = runtime::start(state::build).await?;
    runtime::serve_http(usage, router::router(app)).await
}
