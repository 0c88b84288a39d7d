//! The send function: starts campaigns, fans them out, and runs imports.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod begin;
mod fan_out;
mod import;
#[cfg(test)]
mod requests;

use std::sync::Arc;

use infra::arming::arm_owed;
use infra::files::Files;
use infra::halts::Halts;
use infra::queues::JobQueues;
use infra::schedules::Schedules;
use infra::table::Table;
use runtime::Start;
use shared::grace::Grace;
use shared::job::{Due, JobsJob};
use shared::poll::PollSchedule;
use shared::time::Timestamp;

struct App {
    table: Table,
    halts: Halts,
    files: Files,
    queues: JobQueues,
    schedules: Schedules,
    polls: PollSchedule,
    grace: Grace,
    /// How long after its time a campaign may still begin.
    missed_seconds: i64,
    /// The number of contacts after which a fan-out continues as one job per shard.
    split_contacts: u64,
}

impl App {
    #[expect(clippy::unnecessary_wraps, reason = "other functions can fail to be built")]
    fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            table: start.table(),
            halts: Halts::default(),
            files: start.files(),
            queues: start.queues(),
            schedules: start.schedules(),
            polls: start.environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
            grace: start.environment.parsed("REARM_AFTER_SECONDS", Grace::default()),
            missed_seconds: start.environment.parsed("MISSED_AFTER_SECONDS", 3_600),
            split_contacts: start.environment.parsed("SPLIT_AFTER_CONTACTS", 100_000),
        })
    }

    async fn handle(self: Arc<Self>, job: JobsJob, deadline: Timestamp) -> anyhow::Result<()> {
        let app = self.as_ref();
        match job {
            JobsJob::Send { organization_id, campaign_id, scheduled_at } => {
                Box::pin(begin::begin(app, organization_id, campaign_id, scheduled_at, deadline))
                    .await
            }
            JobsJob::FanOut { organization_id, campaign_id, shard } => {
                fan_out::resume(app, organization_id, campaign_id, shard, deadline).await
            }
            JobsJob::Import { organization_id, import_id } => {
                import::run(app, organization_id, import_id, deadline).await
            }
        }
    }

    async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.grace).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_jobs(App::build, App::handle).await
}
