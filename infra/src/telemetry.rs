//! Logs: one line of JSON per event, with ids but never a phone, a text or a secret.

use serde_json::json;
use shared::time::Timestamp;
use tracing::Level;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging at the levels of `RUST_LOG`, by default warnings: on AWS each line is billed.
pub fn init() {
    let levels = std::env::var("RUST_LOG").ok().and_then(|levels| levels.parse().ok());
    let levels: Targets = levels.unwrap_or_else(|| Targets::new().with_default(Level::WARN));
    // The runtime opens an INFO span with the request id around each invocation. It must survive
    // every level, because each line takes its request id from it.
    let request =
        filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("lambda_runtime"));
    let filter = levels.or(request.with_max_level_hint(Level::INFO));
    let lines =
        fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}

/// Counts a webhook that was refused with this status in the metric `RefusedWebhooks`. The line is
/// in `CloudWatch`'s embedded metric format, which turns logs into metrics.
#[expect(clippy::print_stdout, reason = "the line has a form of its own")]
pub fn count_refused_webhook(status: u16, now: Timestamp) {
    let metric = json!({ "Name": "RefusedWebhooks", "Unit": "Count" });
    let directive =
        json!({ "Namespace": "Volley", "Dimensions": [["Status"]], "Metrics": [metric] });
    let line = json!({
        "_aws": { "Timestamp": now.datetime().timestamp_millis(), "CloudWatchMetrics": [directive] },
        "Status": status.to_string(),
        "RefusedWebhooks": 1,
    });
    println!("{line}");
}
