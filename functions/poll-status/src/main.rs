//! The poll-status function: counts a campaign's messages, re-queues stalled chunks, and sweeps
//! overdue work every minute.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod drain;
mod lookup;
mod poll;
mod refusals;
#[cfg(test)]
mod requests;
mod single;
mod stopping;
mod sweep;

use std::sync::Arc;

use anyhow::Context;
use infra::batch;
use infra::trace::Scope;
use runtime::{Answer, Event, Invocation, answer};
use serde::Deserialize;
use shared::job::PollsJob;

use crate::app::App;

/// The event of the sweep's schedule.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Scheduled {
    Sweep,
}

impl App {
    async fn handle(&self, job: PollsJob) -> anyhow::Result<()> {
        match job {
            PollsJob::Poll { organization_id, campaign_id, number } => {
                poll::poll(self, organization_id, campaign_id, number).await
            }
            PollsJob::Drain { organization_id, campaign_id, .. } => {
                drain::drain(self, organization_id, campaign_id, &job.into()).await
            }
        }
    }

    /// Does a batch of jobs, or what the sweep's schedule asks for.
    async fn receive(self: Arc<Self>, event: Event, call: Invocation) -> anyhow::Result<Answer> {
        match event {
            Event::Batch(event) => {
                let handle = |job| self.handle(job);
                answer(&batch::run(event, &call.request_id, &self.dead_letters, handle).await)
            }
            Event::Other(event) => {
                let Scheduled::Sweep = serde_json::from_str(event.get())
                    .context("neither a batch of jobs nor a sweep")?;
                let scope = Scope::new(&call.request_id, "sweep", None);
                let sweep = async {
                    sweep::sweep(&self, &call.request_id).await?;
                    refusals::count(&self).await
                };
                answer(&scope.run(sweep).await?)
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_events(App::build, App::receive).await
}
