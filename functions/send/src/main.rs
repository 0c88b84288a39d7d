//! The send function: takes campaigns to sent, fans them out, and runs imports.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod begin;
mod fan_out;
mod import;
#[cfg(test)]
mod requests;

use std::sync::Arc;

use anyhow::Context;
use infra::arming::arm_owed;
use infra::batch::{self, BatchResponse, SqsEvent};
use infra::config;
use infra::files::Files;
use infra::queues::{DeadLetters, JobQueueUrls, JobQueues};
use infra::schedules::{ScheduleSettings, Schedules};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, clock, telemetry};
use lambda_runtime::{LambdaEvent, service_fn};
use shared::job::{Due, Envelope, JobsJob};
use shared::poll::PollSchedule;
use shared::time::Timestamp;

struct Settings {
    table: String,
    bucket: String,
    queues: JobQueueUrls,
    schedules: ScheduleSettings,
    dead_letters: String,
    polls: PollSchedule,
    repair_seconds: i64,
    missed_seconds: i64,
    split_contacts: u64,
}

struct App {
    table: Table,
    files: Files,
    queues: JobQueues,
    schedules: Schedules,
    dead_letters: DeadLetters,
    usage: Usage,
    polls: PollSchedule,
    repair_seconds: i64,
    /// How long after its time a campaign may still begin.
    missed_seconds: i64,
    /// A fan-out that has read so many contacts goes on as one job a shard.
    split_contacts: u64,
}

impl App {
    async fn start() -> anyhow::Result<Self> {
        let settings = config::from_process(|environment| Settings {
            table: environment.text("TABLE_NAME"),
            bucket: environment.text("BUCKET_NAME"),
            queues: JobQueueUrls::read(environment),
            schedules: ScheduleSettings::read(environment),
            dead_letters: environment.text("DEAD_LETTER_QUEUE_URL"),
            polls: environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
            repair_seconds: environment.parsed("REARM_AFTER_SECONDS", 120),
            missed_seconds: environment.parsed("MISSED_AFTER_SECONDS", 3_600),
            split_contacts: environment.parsed("SPLIT_AFTER_CONTACTS", 100_000),
        })?;
        let aws = aws::load().await;
        let usage = Usage::from_process();
        Ok(Self {
            table: Table::new(&aws, settings.table, usage.clone()),
            files: Files::new(&aws, settings.bucket, usage.clone()),
            queues: JobQueues::new(&aws, settings.queues, usage.clone()),
            schedules: Schedules::new(&aws, settings.schedules, usage.clone()),
            dead_letters: DeadLetters::new(&aws, settings.dead_letters, usage.clone()),
            usage,
            polls: settings.polls,
            repair_seconds: settings.repair_seconds,
            missed_seconds: settings.missed_seconds,
            split_contacts: settings.split_contacts,
        })
    }

    async fn handle(&self, envelope: Envelope<JobsJob>, deadline: Timestamp) -> anyhow::Result<()> {
        match envelope.job {
            JobsJob::Send { organization_id, campaign_id, scheduled_at } => {
                Box::pin(begin::begin(self, organization_id, campaign_id, scheduled_at, deadline))
                    .await
            }
            JobsJob::FanOut { organization_id, campaign_id, shard } => {
                fan_out::resume(self, organization_id, campaign_id, shard, deadline).await
            }
            JobsJob::Import { organization_id, import_id } => {
                import::run(self, organization_id, import_id, deadline).await
            }
        }
    }

    async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.repair_seconds).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    let app = Arc::new(App::start().await.context("failed to start")?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let app = Arc::clone(&app);
        async move {
            let deadline = i64::try_from(event.context.deadline).ok();
            let deadline = deadline.and_then(Timestamp::from_millis).unwrap_or_else(clock::now);
            let response = batch::run(event.payload, &app.dead_letters, |envelope| {
                app.handle(envelope, deadline)
            })
            .await;
            app.usage.report();
            Ok::<BatchResponse, lambda_runtime::Error>(response)
        }
    }))
    .await
}
