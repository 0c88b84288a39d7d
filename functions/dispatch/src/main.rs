//! The dispatch function: sends chunks, test messages and replies through the provider.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod chunk;
mod claim;
mod pausing;
#[cfg(test)]
mod requests;
mod send;
mod settle;
mod single;
mod single_end;
mod slice;
mod trial;
mod watch;

use std::sync::Arc;

use shared::job::DispatchJob;
use shared::time::Timestamp;

use crate::app::App;

impl App {
    async fn handle(self: Arc<Self>, job: DispatchJob, _deadline: Timestamp) -> anyhow::Result<()> {
        let app = self.as_ref();
        match job {
            DispatchJob::Chunk { organization_id, campaign_id, epoch, shard, number, turn } => {
                let place = chunk::Place { organization_id, campaign_id, epoch, shard, number };
                Box::pin(chunk::dispatch(app, place, turn)).await
            }
            DispatchJob::Test { .. } | DispatchJob::Reply { .. } => match job.single() {
                Some(message) => Box::pin(single::dispatch(app, &message)).await,
                None => Ok(()),
            },
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_jobs(App::build, App::handle).await
}
