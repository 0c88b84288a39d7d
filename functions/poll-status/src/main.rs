//! The poll-status function: counts a campaign's messages, re-queues stalled chunks, and sweeps
//! overdue work every minute.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod drain;
mod lookup;
mod poll;
#[cfg(test)]
mod requests;
mod stopping;
mod sweep;

use std::sync::Arc;

use anyhow::Context;
use infra::arming::arm_owed;
use infra::batch;
use infra::gateway::Gateways;
use infra::halts::Halts;
use infra::queues::{DeadLetters, JobQueues};
use infra::schedules::Schedules;
use infra::table::Table;
use infra::trace::Scope;
use runtime::{Answer, Event, Invocation, Start, answer};
use serde::Deserialize;
use shared::grace::Grace;
use shared::job::{Due, PollsJob};
use shared::poll::PollSchedule;
use shared::time::Timestamp;

struct App {
    table: Table,
    halts: Halts,
    queues: JobQueues,
    schedules: Schedules,
    dead_letters: DeadLetters,
    gateways: Gateways,
    polls: PollSchedule,
    grace: Grace,
    claim_seconds: i64,
    /// How long a sent message may be without a receipt before it is looked up.
    silent_seconds: i64,
}

/// The event of the sweep's schedule.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Scheduled {
    Sweep,
}

impl App {
    fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            table: start.table(),
            halts: Halts::default(),
            queues: start.queues(),
            schedules: start.schedules(),
            dead_letters: start.dead_letters(),
            gateways: start.gateways()?.0,
            polls: start.environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
            grace: start.environment.parsed("REARM_AFTER_SECONDS", Grace::default()),
            claim_seconds: start.environment.parsed("CLAIM_TIMEOUT_SECONDS", 120),
            silent_seconds: start.environment.parsed("LOOKUP_AFTER_SECONDS", 600),
        })
    }

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
                answer(&scope.run(sweep::sweep(&self, &call.request_id)).await?)
            }
        }
    }

    async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.grace).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_events(App::build, App::receive).await
}
