//! The webhooks function: finds the provider, authenticates what it says, and applies it.
//!
//! It has two entrances. Over HTTP it checks the signature and makes the callback durable before
//! it responds; from the queues it applies receipts to their messages and hears what people wrote.
//! The template runs the same program as two functions, so that a flood of receipts cannot keep
//! callbacks waiting.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod authenticate;
mod callbacks;
mod http;
mod inbound;
mod organizations;
mod receipts;
#[cfg(test)]
mod requests;

use std::sync::Arc;

use anyhow::Context;
use infra::batch::{self, SqsEvent};
use infra::config;
use infra::gateway::{GatewaySettings, Gateways};
use infra::queues::{DeadLetters, ReceiptsQueue};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, telemetry};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::{RawValue, to_raw_value};

use crate::organizations::Organizations;

struct Settings {
    table: String,
    receipts: String,
    dead_letters: String,
    gateway: GatewaySettings,
}

struct App {
    table: Table,
    receipts: ReceiptsQueue,
    dead_letters: DeadLetters,
    usage: Usage,
    gateways: Gateways,
    public_url: String,
    organizations: Organizations,
}

impl App {
    async fn start() -> anyhow::Result<Self> {
        let settings = config::from_process(|environment| Settings {
            table: environment.text("TABLE_NAME"),
            receipts: environment.text("RECEIPTS_QUEUE_URL"),
            dead_letters: environment.text("DEAD_LETTER_QUEUE_URL"),
            gateway: GatewaySettings::read(environment),
        })?;
        let public_url = settings.gateway.public_url().trim_end_matches('/').to_owned();
        let aws = aws::load().await;
        let http = infra::http::client()?;
        let usage = Usage::from_process();
        Ok(Self {
            table: Table::new(&aws, settings.table, usage.clone()),
            receipts: ReceiptsQueue::new(&aws, http.clone(), settings.receipts, usage.clone())?,
            dead_letters: DeadLetters::new(&aws, settings.dead_letters, usage.clone()),
            gateways: Gateways::new(&aws, http, settings.gateway, usage.clone()),
            usage,
            public_url,
            organizations: Organizations::default(),
        })
    }

    /// Takes a batch of receipts or an HTTP request.
    async fn receive(&self, event: &RawValue) -> anyhow::Result<Box<RawValue>> {
        if batch::is_batch(event) {
            let event: SqsEvent = serde_json::from_str(event.get())?;
            return Ok(to_raw_value(&receipts::apply(self, event).await)?);
        }
        let request: http::Request = serde_json::from_str(event.get())
            .context("neither a batch of receipts nor a request")?;
        Ok(to_raw_value(&callbacks::answer(self, &request).await)?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    let app = Arc::new(App::start().await.context("failed to start")?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let app = Arc::clone(&app);
        // The runtime moves a handler's future a few times for each event, and this one is large.
        Box::pin(async move {
            let response = app.receive(&event.payload).await;
            app.usage.report();
            if let Err(error) = &response {
                tracing::error!(error = ?error, "failed to handle an event");
            }
            Ok::<Box<RawValue>, lambda_runtime::Error>(response?)
        })
    }))
    .await
}
