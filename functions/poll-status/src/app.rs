//! What all jobs share, created once at start.

use infra::arming::arm_owed;
use infra::gateway::Gateways;
use infra::halts::Halts;
use infra::queues::{DeadLetters, JobQueues};
use infra::schedules::Schedules;
use infra::table::Table;
use runtime::Start;
use shared::grace::Grace;
use shared::job::Due;
use shared::poll::PollSchedule;
use shared::time::Timestamp;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) halts: Halts,
    pub(crate) queues: JobQueues,
    pub(crate) schedules: Schedules,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) gateways: Gateways,
    pub(crate) polls: PollSchedule,
    pub(crate) grace: Grace,
    pub(crate) claim_seconds: i64,
    /// How long a sent message may be without a receipt before it is looked up.
    pub(crate) silent_seconds: i64,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            table: start.table()?,
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

    pub(crate) async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.grace).await;
    }
}
