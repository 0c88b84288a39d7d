//! What all callbacks and receipts share, created once at start.

use infra::gateway::Gateways;
use infra::queues::{DeadLetters, ReceiptsQueue};
use infra::table::Table;
use runtime::Start;
use shared::retention::Retention;

use crate::organizations::Organizations;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) receipts: ReceiptsQueue,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) gateways: Gateways,
    pub(crate) public_url: String,
    /// How long texts from people are kept.
    pub(crate) retention: Retention,
    pub(crate) organizations: Organizations,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        let (table, dead_letters) = (start.table()?, start.dead_letters());
        let (gateways, settings) = start.gateways()?;
        Ok(Self {
            table,
            receipts: start.receipts()?,
            dead_letters,
            gateways,
            public_url: settings.public_url().trim_end_matches('/').to_owned(),
            retention: start.environment.parsed("INBOUND_RETENTION_DAYS", Retention::default()),
            organizations: Organizations::default(),
        })
    }
}
