//! What all functions have in common: they start, take events from Lambda, do the jobs of a batch, and
//! report what they used of AWS.
//!
//! A function's `main.rs` is left with what is special about it: its settings, and what it does about
//! each job or request.

mod events;
#[cfg(feature = "http")]
mod http;
mod jobs;
mod start;

use std::sync::Arc;

use infra::clock;
use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::time::Timestamp;

pub use events::{Answer, Event, answer, serve_events};
#[cfg(feature = "http")]
pub use http::serve_http;
pub use jobs::serve_jobs;
pub use lambda_runtime::Error;
pub use start::{Start, Started, start};

/// One call of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub request_id: String,
    /// When Lambda stops the function.
    pub deadline: Timestamp,
}

impl From<Context> for Invocation {
    fn from(context: Context) -> Self {
        let deadline = i64::try_from(context.deadline).ok().and_then(Timestamp::from_millis);
        Self { request_id: context.request_id, deadline: deadline.unwrap_or_else(clock::now) }
    }
}

/// Handles events until Lambda ends the process, and reports what each of them used.
async fn serve<A, E, R, F>(
    started: Started<A>,
    handle: impl Fn(Arc<A>, E, Invocation) -> F,
) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
    F: Future<Output = anyhow::Result<R>>,
{
    let Started { app, usage } = started;
    lambda_runtime::run(service_fn(|event: LambdaEvent<E>| {
        let handled = handle(Arc::clone(&app), event.payload, event.context.into());
        let usage = usage.clone();
        // The runtime moves a handler's future a few times for each event, and these are large.
        Box::pin(async move {
            let response = handled.await;
            usage.report();
            if let Err(error) = &response {
                tracing::error!(error = ?error, "failed to handle an event");
            }
            Ok::<R, Error>(response?)
        })
    }))
    .await
}
