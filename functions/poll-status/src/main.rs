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
use infra::batch::{self, SqsEvent};
use infra::config;
use infra::gateway::{GatewaySettings, Gateways};
use infra::queues::{DeadLetters, JobQueueUrls, JobQueues};
use infra::schedules::{ScheduleSettings, Schedules};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, http, telemetry};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::job::{Due, Envelope, PollsJob};
use shared::poll::PollSchedule;
use shared::time::Timestamp;

struct Settings {
    table: String,
    queues: JobQueueUrls,
    schedules: ScheduleSettings,
    dead_letters: String,
    gateway: GatewaySettings,
    polls: PollSchedule,
    repair_seconds: i64,
    claim_seconds: i64,
    silent_seconds: i64,
}

struct App {
    table: Table,
    queues: JobQueues,
    schedules: Schedules,
    dead_letters: DeadLetters,
    gateways: Gateways,
    usage: Usage,
    polls: PollSchedule,
    repair_seconds: i64,
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
    async fn start() -> anyhow::Result<Self> {
        let settings = config::from_process(|environment| Settings {
            table: environment.text("TABLE_NAME"),
            queues: JobQueueUrls::read(environment),
            schedules: ScheduleSettings::read(environment),
            dead_letters: environment.text("DEAD_LETTER_QUEUE_URL"),
            gateway: GatewaySettings::read(environment),
            polls: environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
            repair_seconds: environment.parsed("REARM_AFTER_SECONDS", 120),
            claim_seconds: environment.parsed("CLAIM_TIMEOUT_SECONDS", 120),
            silent_seconds: environment.parsed("LOOKUP_AFTER_SECONDS", 600),
        })?;
        let aws = aws::load().await;
        let http = http::client()?;
        let usage = Usage::from_process();
        Ok(Self {
            table: Table::new(&aws, settings.table, usage.clone()),
            queues: JobQueues::new(&aws, settings.queues, usage.clone()),
            schedules: Schedules::new(&aws, settings.schedules, usage.clone()),
            dead_letters: DeadLetters::new(&aws, settings.dead_letters, usage.clone()),
            gateways: Gateways::new(&aws, http, settings.gateway, usage.clone()),
            usage,
            polls: settings.polls,
            repair_seconds: settings.repair_seconds,
            claim_seconds: settings.claim_seconds,
            silent_seconds: settings.silent_seconds,
        })
    }

    async fn handle(&self, envelope: Envelope<PollsJob>) -> anyhow::Result<()> {
        let job = envelope.job;
        match job {
            PollsJob::Poll { organization_id, campaign_id, number } => {
                poll::poll(self, organization_id, campaign_id, number).await
            }
            PollsJob::Drain { organization_id, campaign_id, .. } => {
                drain::drain(self, organization_id, campaign_id, &job.into()).await
            }
        }
    }

    async fn arm_next(&self, owed: Option<&Due>, now: Timestamp) {
        arm_owed(&self.queues, &self.schedules, owed, now, self.repair_seconds).await;
    }

    /// Handles a batch of jobs or the sweep's event.
    async fn receive(&self, event: &RawValue) -> anyhow::Result<Box<RawValue>> {
        if batch::is_batch(event) {
            let event: SqsEvent = serde_json::from_str(event.get())?;
            let handle = |envelope| self.handle(envelope);
            let response = batch::run(event, &self.dead_letters, handle).await;
            return Ok(to_raw_value(&response)?);
        }
        let Scheduled::Sweep =
            serde_json::from_str(event.get()).context("neither a batch of jobs nor a sweep")?;
        sweep::sweep(self).await?;
        Ok(RawValue::NULL.to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    let app = Arc::new(App::start().await.context("failed to start")?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let app = Arc::clone(&app);
        async move {
            let response = app.receive(&event.payload).await;
            app.usage.report();
            if let Err(error) = &response {
                tracing::error!(error = ?error, "failed to handle an event");
            }
            Ok::<Box<RawValue>, lambda_runtime::Error>(response?)
        }
    }))
    .await
}
