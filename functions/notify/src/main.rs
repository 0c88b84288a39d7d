//! The notify function: sends events to the webhooks of their organization, and tries failed deliveries
//! again.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod attempt;
mod event;
mod retries;

use std::sync::Arc;

use infra::table::EndpointOwner;
use shared::job::NotifyJob;
use shared::time::Timestamp;

use crate::app::App;

impl App {
    async fn handle(self: Arc<Self>, job: NotifyJob, deadline: Timestamp) -> anyhow::Result<()> {
        match job {
            NotifyJob::Event { event, .. } => event::send(&self, &event).await,
            NotifyJob::Retries { organization_id, webhook_id } => {
                let owner = EndpointOwner { organization_id, webhook_id };
                retries::run(&self, owner, deadline).await
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_jobs(App::build, App::handle).await
}
