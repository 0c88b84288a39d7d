//! Logs: one JSON line an event, with ids and never a phone, a text or a secret.

use serde_json::json;
use shared::time::Timestamp;
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

/// Counts a webhook that was refused with this status in the metric `RefusedWebhooks`. The line is
/// of `CloudWatch`'s embedded metric format, which makes metrics of logs.
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
