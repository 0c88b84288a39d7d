//! The dispatch function: sends chunks and test messages through the provider.

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

use infra::gateway::Gateways;
use infra::halts::Halts;
use infra::queues::JobQueues;
use infra::table::Table;
use runtime::Start;
use shared::grace::Grace;
use shared::job::DispatchJob;
use shared::time::Timestamp;

struct App {
    table: Table,
    halts: Halts,
    queues: JobQueues,
    gateways: Gateways,
    grace: Grace,
    /// How long a claim is valid: longer than a worker can take for a message.
    claim_seconds: i64,
    /// How long after its claim a message may still be sent. This and the gateway's time limit are
    /// shorter in total than a claim's validity, by more than clocks may differ.
    handover_within: Duration,
}

impl App {
    fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        let (gateways, settings) = start.gateways()?;
        let claim_seconds: u32 = start.environment.parsed("CLAIM_TIMEOUT_SECONDS", 120);
        let claim = Duration::from_secs(claim_seconds.into());
        let app = Self {
            table: start.table(),
            halts: Halts::default(),
            queues: start.queues(),
            gateways,
            grace: start.environment.parsed("REARM_AFTER_SECONDS", Grace::default()),
            claim_seconds: claim_seconds.into(),
            handover_within: claim / 4,
        };
        anyhow::ensure!(
            claim > app.handover_within + settings.timeout(),
            "CLAIM_TIMEOUT_SECONDS must be more than 4/3 of GATEWAY_TIMEOUT_SECONDS"
        );
        Ok(app)
    }

    async fn handle(self: Arc<Self>, job: DispatchJob, _deadline: Timestamp) -> anyhow::Result<()> {
        let app = self.as_ref();
        match job {
            DispatchJob::Chunk { organization_id, campaign_id, epoch, shard, number, turn } => {
                let place = chunk::Place { organization_id, campaign_id, epoch, shard, number };
                Box::pin(chunk::dispatch(app, place, turn)).await
            }
            DispatchJob::Test { organization_id, campaign_id, message_id } => {
                let test = test_message::dispatch(app, organization_id, campaign_id, message_id);
                Box::pin(test).await
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_jobs(App::build, App::handle).await
}
