//! Logs: one JSON line an event, with ids and never a phone, a text or a secret.

use tracing_subscriber::EnvFilter;

/// Starts logging at the level of `RUST_LOG`, by default warnings: on AWS each line is billed.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .init();
}
