//! The webhooks function: takes what the provider says, and applies it.
//!
//! It has two entrances. Over HTTP it checks the signature and makes the callback durable before
//! it answers; from the receipts queue it applies receipts to their messages. The template runs
//! the same program as two functions, so that a flood of receipts cannot keep callbacks waiting.

mod http;
mod inbound;
mod receipts;
mod status;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use infra::batch::SqsEvent;
use infra::config;
use infra::queues::{DeadLetters, ReceiptsQueue};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, telemetry};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use shared::ids::OrganizationId;

struct Settings {
    table: String,
    receipts: String,
    dead_letters: String,
    auth_token: String,
    previous_auth_token: String,
    public_url: String,
}

struct App {
    table: Table,
    receipts: ReceiptsQueue,
    dead_letters: DeadLetters,
    usage: Usage,
    /// The tokens that callbacks may be signed with.
    auth_tokens: Vec<String>,
    public_url: String,
    shards: Mutex<HashMap<OrganizationId, u16>>,
}

impl App {
    async fn start() -> anyhow::Result<Self> {
        let settings = config::from_process(|environment| Settings {
            table: environment.text("TABLE_NAME"),
            receipts: environment.text("RECEIPTS_QUEUE_URL"),
            dead_letters: environment.text("DEAD_LETTER_QUEUE_URL"),
            auth_token: environment.text("PROVIDER_AUTH_TOKEN"),
            previous_auth_token: environment.parsed("PROVIDER_AUTH_TOKEN_PREVIOUS", String::new()),
            public_url: environment.text("PUBLIC_URL"),
        })?;
        let mut auth_tokens = vec![settings.auth_token, settings.previous_auth_token];
        auth_tokens.retain(|token| !token.is_empty());
        let aws = aws::load().await;
        let usage = Usage::from_process();
        Ok(Self {
            table: Table::new(&aws, settings.table, usage.clone()),
            receipts: ReceiptsQueue::new(&aws, settings.receipts, usage.clone()),
            dead_letters: DeadLetters::new(&aws, settings.dead_letters, usage.clone()),
            usage,
            auth_tokens,
            public_url: settings.public_url.trim_end_matches('/').to_owned(),
            shards: Mutex::default(),
        })
    }

    /// How many shards an organisation has. It never changes, so it is read once.
    async fn shards(&self, organization: OrganizationId) -> anyhow::Result<Option<u16>> {
        let known = || self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shards) = known().get(&organization).copied() {
            return Ok(Some(shards));
        }
        let found = self.table.organization(organization).await?;
        if let Some(found) = &found {
            known().insert(organization, found.shards);
        }
        Ok(found.map(|found| found.shards))
    }

    /// Tells a batch of receipts from an HTTP request by the one field that batches have.
    async fn receive(&self, event: Value) -> anyhow::Result<Value> {
        if event.get("Records").is_some() {
            let event: SqsEvent = serde_json::from_value(event)?;
            return Ok(serde_json::to_value(receipts::apply(self, event).await)?);
        }
        let request: http::Request =
            serde_json::from_value(event).context("neither a batch of receipts nor a request")?;
        Ok(serde_json::to_value(http::answer(self, &request).await)?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    let app = Arc::new(App::start().await.context("failed to start")?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let app = Arc::clone(&app);
        async move {
            let response = app.receive(event.payload).await;
            app.usage.report();
            if let Err(error) = &response {
                tracing::error!(error = ?error, "failed to handle an event");
            }
            Ok::<Value, lambda_runtime::Error>(response?)
        }
    }))
    .await
}
