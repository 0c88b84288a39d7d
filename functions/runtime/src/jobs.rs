//! Functions that do the jobs of one queue and nothing else.

use std::sync::Arc;

use infra::batch::{self, SqsEvent};
use infra::queues::DeadLetters;
use serde::de::DeserializeOwned;
use shared::job::Job;
use shared::time::Timestamp;

use crate::{Error, Invocation, Start, serve, start};

struct Worker<A> {
    app: Arc<A>,
    dead_letters: DeadLetters,
}

/// Runs a function that does the jobs of one queue. Each job is given the moment at which Lambda
/// stops the function.
pub async fn serve_jobs<A, J, F>(
    build: impl FnOnce(&mut Start<'_>) -> anyhow::Result<A>,
    handle: impl Fn(Arc<A>, J, Timestamp) -> F + Copy,
) -> Result<(), Error>
where
    J: DeserializeOwned + Clone + Into<Job>,
    F: Future<Output = anyhow::Result<()>>,
{
    let worker = start(|start| {
        let dead_letters = start.dead_letters();
        Ok(Worker { app: Arc::new(build(start)?), dead_letters })
    });
    serve(
        worker.await?,
        |worker: Arc<Worker<A>>, event: SqsEvent, invocation: Invocation| async move {
            let Invocation { request_id, deadline } = invocation;
            let handle = |job| handle(Arc::clone(&worker.app), job, deadline);
            Ok(batch::run(event, &request_id, &worker.dead_letters, handle).await)
        },
    )
    .await
}
