//! Logs: one line of JSON per event, with ids but never a phone, a text or a secret.

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::trace;

/// Starts logging at the levels of `RUST_LOG`, by default warnings: on AWS each line is billed.
pub fn init() {
    subscriber(std::env::var("RUST_LOG").ok().as_deref(), std::io::stdout).init();
}

/// Writes lines at these levels. Each has the fields of the innermost span in `span`.
pub(crate) fn subscriber<W>(levels: Option<&str>, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let levels = levels.and_then(|levels| levels.parse().ok());
    let levels: Targets = levels.unwrap_or_else(|| Targets::new().with_default(Level::WARN));
    // The spans of requests and records must survive every level, because each line takes from them
    // what it is about. Outside of a record there is the span that Lambda's runtime opens around each
    // invocation.
    let spans = filter_fn(|metadata| {
        let target = metadata.target();
        metadata.is_span() && (target == trace::TARGET || target.starts_with("lambda_runtime"))
    });
    let filter = levels.or(spans.with_max_level_hint(Level::INFO));
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(lines.with_filter(filter))
}
