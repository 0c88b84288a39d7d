//! The start of a function: settings from the environment, and the clients of AWS.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use aws_config::SdkConfig;
use infra::bus::EventBus;
use infra::config::Environment;
use infra::endpoints::{Endpoints, OwnHosts};
use infra::erasure_keys::ErasureKeyring;
use infra::files::Files;
use infra::gateway::{GatewaySettings, Gateways, OptOutLists};
use infra::outbox::Outbox;
use infra::queues::{DeadLetters, JobQueueUrls, JobQueues, ReceiptsQueue};
use infra::schedules::{ScheduleSettings, Schedules};
use infra::sealing::Sealing;
use infra::secrets::{Secret, Secrets};
use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, http, telemetry};
use reqwest::Client;
use shared::retention::Retention;

/// What a function is built from. Each client reads its own settings, and missing ones are reported
/// together once all are read.
pub struct Start<'a> {
    pub environment: Environment<'a>,
    aws: SdkConfig,
    http: Option<Client>,
    usage: Usage,
}

/// A function that is ready for its first event.
pub struct Started<A> {
    pub app: Arc<A>,
    pub usage: Usage,
}

/// Starts logging and builds a function.
pub async fn start<A>(
    build: impl FnOnce(&mut Start<'_>) -> anyhow::Result<A>,
) -> anyhow::Result<Started<A>> {
    telemetry::init();
    let variable = |name: &str| std::env::var(name).ok();
    let mut start = Start::new(&variable, aws::load().await, Usage::from_process());
    let app = build(&mut start);
    let Start { environment, usage, .. } = start;
    // A setting that is missing may be why the rest failed.
    environment.finish(()).context("failed to start")?;
    let app = Arc::new(app.context("failed to start")?);
    usage.started();
    Ok(Started { app, usage })
}

impl<'a> Start<'a> {
    /// `variable` looks up the environment.
    pub fn new(variable: &'a dyn Fn(&str) -> Option<String>, aws: SdkConfig, usage: Usage) -> Self {
        Self { environment: Environment::new(variable), aws, http: None, usage }
    }

    pub fn table(&mut self) -> anyhow::Result<Table> {
        let table = self.environment.text("TABLE_NAME");
        let kept = self.environment.parsed("MESSAGE_RETENTION_DAYS", Retention::default());
        let keys = self.environment.optional("ERASURE_KEYS");
        let keys = ErasureKeyring::new(keys, self.secrets()?);
        let queue: Option<String> = self.environment.optional("NOTIFY_QUEUE_URL");
        let has_bus = self.environment.optional::<String>("EVENT_BUS_NAME").is_some();
        let outbox = queue.map(|url| Outbox::new(&self.aws, url, has_bus, self.usage.clone()));
        let table = Table::new(&self.aws, table, self.usage.clone());
        Ok(table.keeping(kept).with_erasure_keys(keys).with_outbox(outbox))
    }

    pub fn files(&mut self) -> Files {
        Files::new(&self.aws, self.environment.text("BUCKET_NAME"), self.usage.clone())
    }

    pub fn queues(&mut self) -> JobQueues {
        let urls = JobQueueUrls::read(&mut self.environment);
        JobQueues::new(&self.aws, urls, self.usage.clone())
    }

    pub fn schedules(&mut self) -> Schedules {
        let settings = ScheduleSettings::read(&mut self.environment);
        Schedules::new(&self.aws, settings, self.usage.clone())
    }

    pub fn dead_letters(&mut self) -> DeadLetters {
        let url = self.environment.text("DEAD_LETTER_QUEUE_URL");
        DeadLetters::new(&self.aws, url, self.usage.clone())
    }

    pub fn receipts(&mut self) -> anyhow::Result<ReceiptsQueue> {
        let url = self.environment.text("RECEIPTS_QUEUE_URL");
        let http = self.http()?;
        Ok(ReceiptsQueue::new(&self.aws, http, url, self.usage.clone()))
    }

    /// The providers, and what was set about them.
    pub fn gateways(&mut self) -> anyhow::Result<(Gateways, GatewaySettings)> {
        let settings = GatewaySettings::read(&mut self.environment);
        let http = self.http()?;
        let gateways = Gateways::new(&self.aws, http, settings.clone(), self.usage.clone());
        Ok((gateways, settings))
    }

    /// The providers' lists of opt-outs.
    pub fn opt_out_lists(&mut self) -> OptOutLists {
        OptOutLists::new(&self.aws, Duration::from_secs(10), self.usage.clone())
    }

    /// The event bus; `None` if it is off.
    pub fn event_bus(&mut self) -> anyhow::Result<Option<EventBus>> {
        let Some(name) = self.environment.optional("EVENT_BUS_NAME") else { return Ok(None) };
        let http = self.http()?;
        Ok(Some(EventBus::new(&self.aws, http, name, self.usage.clone())))
    }

    /// What encrypts webhooks' secrets; `None` if webhooks are off.
    pub fn sealing(&mut self) -> anyhow::Result<Option<Sealing>> {
        let Some(name) = self.environment.optional("WEBHOOKS_ENCRYPTION") else { return Ok(None) };
        Ok(Some(Sealing::new(self.secrets()?, name)))
    }

    /// Secrets of a format, read from AWS when they are first needed.
    fn secrets<T: Secret>(&mut self) -> anyhow::Result<Secrets<T>> {
        let http = self.http()?;
        Ok(Secrets::new(&self.aws, http, self.usage.clone()))
    }

    /// The client of webhooks' endpoints.
    pub fn endpoints(&mut self) -> anyhow::Result<Endpoints> {
        let own = self.environment.parsed("OWN_URLS", OwnHosts::default());
        Ok(Endpoints::new(own)?)
    }

    /// The one client that a process needs beside AWS's.
    fn http(&mut self) -> anyhow::Result<Client> {
        let client = self.http.take().map_or_else(http::client, Ok)?;
        self.http = Some(client.clone());
        Ok(client)
    }
}
