//! Functions that a queue starts, and something else.

use std::sync::Arc;

use infra::batch::{self, SqsEvent};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{Error, Invocation, Start, serve, start};

/// What started a function.
pub enum Event {
    /// Messages of a queue.
    Batch(SqsEvent),
    /// Anything else.
    Other(Box<RawValue>),
}

/// What a function returns to Lambda.
pub type Answer = Box<RawValue>;

pub fn answer(value: &impl Serialize) -> anyhow::Result<Answer> {
    Ok(to_raw_value(value)?)
}

/// Runs a function that a queue starts, and something else.
pub async fn serve_events<A, F>(
    build: impl FnOnce(&mut Start<'_>) -> anyhow::Result<A>,
    receive: impl Fn(Arc<A>, Event, Invocation) -> F + Copy,
) -> Result<(), Error>
where
    F: Future<Output = anyhow::Result<Answer>>,
{
    let started = start(build).await?;
    serve(started, |app, event: Box<RawValue>, invocation| async move {
        let event = batch::messages(&event)?.map_or(Event::Other(event), Event::Batch);
        receive(app, event, invocation).await
    })
    .await
}
