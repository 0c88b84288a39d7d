//! The dispatch function: hands messages to the provider, a chunk at a time, and tests.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod chunk;
mod claim;
mod pausing;
#[cfg(test)]
mod requests;
mod send;
mod settle;
mod slice;
mod test_end;
mod test_message;
mod trial;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use infra::batch::{self, BatchResponse, SqsEvent};
use infra::config;
use infra::gateway::{GatewaySettings, Gateways};
use infra::queues::{DeadLetters, JobQueueUrls, JobQueues};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, http, telemetry};
use lambda_runtime::{LambdaEvent, service_fn};
use shared::job::{DispatchJob, Envelope};

struct Settings {
    table: String,
    queues: JobQueueUrls,
    dead_letters: String,
    gateway: GatewaySettings,
    repair_seconds: i64,
    claim_seconds: i64,
}

struct App {
    table: Table,
    queues: JobQueues,
    dead_letters: DeadLetters,
    gateways: Gateways,
    usage: Usage,
    repair_seconds: i64,
    /// How long a claim is good for: longer than a worker can be at one message.
    claim_seconds: i64,
    /// How long after its claim a message may still be handed over. Together with the gateway's
    /// time limit this stays below the claim's own time by more than clocks may differ.
    handover_within: Duration,
}

impl App {
    async fn start() -> anyhow::Result<Self> {
        let settings = config::from_process(|environment| Settings {
            table: environment.text("TABLE_NAME"),
            queues: JobQueueUrls::read(environment),
            dead_letters: environment.text("DEAD_LETTER_QUEUE_URL"),
            gateway: GatewaySettings::read(environment),
            repair_seconds: environment.parsed("REARM_AFTER_SECONDS", 120),
            claim_seconds: environment.parsed("CLAIM_TIMEOUT_SECONDS", 120),
        })?;
        let claim = Duration::from_secs(u64::try_from(settings.claim_seconds)?);
        let handover_within = claim / 4;
        anyhow::ensure!(
            claim > handover_within + settings.gateway.timeout(),
            "CLAIM_TIMEOUT_SECONDS must be more than 4/3 of GATEWAY_TIMEOUT_SECONDS"
        );
        let aws = aws::load().await;
        let http = http::client()?;
        let usage = Usage::from_process();
        Ok(Self {
            table: Table::new(&aws, settings.table, usage.clone()),
            queues: JobQueues::new(&aws, settings.queues, usage.clone()),
            dead_letters: DeadLetters::new(&aws, settings.dead_letters, usage.clone()),
            gateways: Gateways::new(&aws, http, settings.gateway, usage.clone()),
            usage,
            repair_seconds: settings.repair_seconds,
            claim_seconds: settings.claim_seconds,
            handover_within,
        })
    }

    async fn handle(&self, envelope: Envelope<DispatchJob>) -> anyhow::Result<()> {
        match envelope.job {
            DispatchJob::Chunk { organization_id, campaign_id, epoch, shard, number, turn } => {
                let place = chunk::Place { organization_id, campaign_id, epoch, shard, number };
                Box::pin(chunk::dispatch(self, place, turn)).await
            }
            DispatchJob::Test { organization_id, campaign_id, message_id } => {
                let test = test_message::dispatch(self, organization_id, campaign_id, message_id);
                Box::pin(test).await
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    let app = Arc::new(App::start().await.context("failed to start")?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let app = Arc::clone(&app);
        async move {
            let handle = |envelope| app.handle(envelope);
            let response = batch::run(event.payload, &app.dead_letters, handle).await;
            app.usage.report();
            Ok::<BatchResponse, lambda_runtime::Error>(response)
        }
    }))
    .await
}
