//! What all jobs share, created once at start.

use std::time::Duration;

use infra::arming::arm_owed;
use infra::files::Files;
use infra::gateway::OptOutLists;
use infra::halts::Halts;
use infra::queues::JobQueues;
use infra::schedules::Schedules;
use infra::table::Table;
use runtime::Start;
use shared::grace::Grace;
use shared::job::Due;
use shared::poll::PollSchedule;
use shared::time::Timestamp;

use crate::reconciliation;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) halts: Halts,
    pub(crate) files: Files,
    pub(crate) queues: JobQueues,
    pub(crate) schedules: Schedules,
    pub(crate) polls: PollSchedule,
    pub(crate) grace: Grace,
    /// How long a claim is valid: longer than a worker can take for a message.
    pub(crate) claim_seconds: i64,
    /// How long after its time a campaign may still begin.
    pub(crate) missed_seconds: i64,
    /// The number of contacts after which a fan-out continues as one job per shard.
    pub(crate) split_contacts: u64,
    /// The size of an export's parts in bytes. S3 takes parts from 5 MiB on.
    pub(crate) part_bytes: usize,
    pub(crate) opt_out_lists: OptOutLists,
    /// The pause between two pages of an opt-out list.
    pub(crate) page_pause: Duration,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            table: start.table()?,
            halts: Halts::default(),
            files: start.files(),
            queues: start.queues(),
            schedules: start.schedules(),
            polls: start.environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
            grace: start.environment.parsed("REARM_AFTER_SECONDS", Grace::default()),
            claim_seconds: start.environment.parsed("CLAIM_TIMEOUT_SECONDS", 120),
            missed_seconds: start.environment.parsed("MISSED_AFTER_SECONDS", 3_600),
            split_contacts: start.environment.parsed("SPLIT_AFTER_CONTACTS", 100_000),
            part_bytes: 8 * 1024 * 1024,
            opt_out_lists: start.opt_out_lists(),
            page_pause: reconciliation::PAGE_PAUSE,
        })
    }

    pub(crate) async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.grace).await;
    }
}
