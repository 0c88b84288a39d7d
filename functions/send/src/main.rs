//! The send function: starts campaigns, fans them out, prepares resends, quotes and previews large
//! audiences, and runs imports, exports and reconciliations.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod begin;
mod deletion;
mod erasure;
mod export;
mod fan_out;
mod import;
mod prepare;
mod preview;
mod quote;
mod reconciliation;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod staging;

use std::sync::Arc;

use shared::job::JobsJob;
use shared::time::Timestamp;

use crate::app::App;

impl App {
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
            JobsJob::Prepare { organization_id, campaign_id } => {
                Box::pin(prepare::run(app, organization_id, campaign_id, deadline)).await
            }
            JobsJob::Quote { organization_id, campaign_id } => {
                quote::run(app, organization_id, campaign_id, deadline).await
            }
            JobsJob::Preview { organization_id, name } => {
                preview::run(app, organization_id, &name, deadline).await
            }
            JobsJob::Import { organization_id, import_id } => {
                Box::pin(import::run(app, organization_id, import_id, deadline)).await
            }
            JobsJob::Export { organization_id, export_id } => {
                Box::pin(export::run(app, organization_id, export_id, deadline)).await
            }
            JobsJob::Reconcile { organization_id } => {
                Box::pin(reconciliation::run(app, organization_id, deadline)).await
            }
            JobsJob::Delete { organization_id } => {
                Box::pin(deletion::run(app, organization_id, deadline)).await
            }
            JobsJob::Erase { organization_id, hash } => {
                Box::pin(erasure::run(app, organization_id, hash, deadline)).await
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_jobs(App::build, App::handle).await
}
