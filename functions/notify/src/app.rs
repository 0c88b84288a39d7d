//! What all jobs share, created once at start.

use infra::bus::EventBus;
use infra::endpoints::Endpoints;
use infra::queues::DeadLetters;
use infra::sealing::Sealing;
use infra::table::Table;
use runtime::Start;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) endpoints: Endpoints,
    /// `None` if the deployment has no event bus.
    pub(crate) bus: Option<EventBus>,
    /// `None` if webhooks are off: then none has a secret that can be read.
    pub(crate) sealing: Option<Sealing>,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            table: start.table()?,
            dead_letters: start.dead_letters(),
            endpoints: start.endpoints()?,
            bus: start.event_bus()?,
            sealing: start.sealing()?,
        })
    }
}
