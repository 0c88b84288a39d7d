//! What a run may use: an account with its quotas, and the stack's settings.

use crate::mapping::Mode;
use crate::quotas::{CONCURRENCY, HTTP_REQUESTS, TABLE_UNITS, WRITES_AT_BIRTH};

#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The table's initial write units per second.
    pub warm_writes: f64,
    pub table_units: f64,
    pub concurrency: f64,
    pub http_requests: f64,
    pub jobs: Mode,
    pub dispatch: Mode,
    pub receipts: Mode,
}

impl Account {
    /// The template in a new account: every quota at its default, a new table, and concurrency as
    /// raised in docs/deploy.md for 1,000 concurrent executions.
    #[must_use]
    pub fn as_deployed() -> Self {
        Self {
            warm_writes: WRITES_AT_BIRTH,
            table_units: TABLE_UNITS,
            concurrency: CONCURRENCY,
            http_requests: HTTP_REQUESTS,
            jobs: Mode::Standard { most: None },
            dispatch: Mode::Standard { most: Some(20.0) },
            receipts: Mode::Standard { most: None },
        }
    }

    /// The same, with what an operator can set without asking AWS: more concurrency for dispatch,
    /// and a table that is warm up to its quota.
    #[must_use]
    pub fn tuned() -> Self {
        Self {
            warm_writes: TABLE_UNITS,
            dispatch: Mode::Standard { most: Some(200.0) },
            ..Self::as_deployed()
        }
    }

    /// One of several cells: quotas raised to common values, provisioned pollers, and callbacks
    /// through a function URL, so that no HTTP API limits them.
    #[must_use]
    pub fn cell() -> Self {
        let pollers = Mode::Provisioned { least: 10.0, most: 100.0 };
        Self {
            warm_writes: 2.0 * TABLE_UNITS,
            table_units: 2.0 * TABLE_UNITS,
            concurrency: 5.0 * CONCURRENCY,
            http_requests: f64::INFINITY,
            dispatch: pollers,
            receipts: pollers,
            ..Self::as_deployed()
        }
    }
}
