//! What all jobs share, created once at start.

use infra::endpoints::Endpoints;
use infra::sealing::Sealing;
use infra::table::Table;
use runtime::Start;

pub(crate) struct App {
    pub(crate) table: Table,
    pub(crate) endpoints: Endpoints,
    /// `None` if webhooks are off: then none has a secret that can be read.
    pub(crate) sealing: Option<Sealing>,
}

impl App {
    pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Self> {
        Ok(Self { table: start.table(), endpoints: start.endpoints()?, sealing: start.sealing() })
    }
}
