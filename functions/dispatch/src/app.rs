//! What all jobs share, created once at start.

use std::time::Duration;

use infra::gateway::Gateways;
use infra::halts::Halts;
use infra::queues::JobQueues;
use infra::table::Table;
use runtime::Start;
use shared::grace::Grace;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) halts: Halts,
    pub(crate) queues: JobQueues,
    pub(crate) gateways: Gateways,
    pub(crate) grace: Grace,
    /// How long a claim is valid: longer than a worker can take for a message.
    pub(crate) claim_seconds: i64,
    /// How long after its claim a message may still be sent. This and the gateway's time limit are
    /// shorter in total than a claim's validity, by more than clocks may differ.
    pub(crate) handover_within: Duration,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        let (gateways, settings) = start.gateways()?;
        let claim_seconds: u32 = start.environment.parsed("CLAIM_TIMEOUT_SECONDS", 120);
        let claim = Duration::from_secs(claim_seconds.into());
        let app = Self {
            table: start.table()?,
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
}
