//! What a run may use: an account with its quotas, and the settings of the stack in it.

use crate::mapping::Mode;
use crate::quotas::{CONCURRENCY, HTTP_REQUESTS, TABLE_UNITS, WRITES_AT_BIRTH};

#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Write units a second of the table from the beginning.
    pub warm_writes: f64,
    pub table_units: f64,
    pub concurrency: f64,
    pub http_requests: f64,
    pub jobs: Mode,
    pub dispatch: Mode,
    pub receipts: Mode,
}

impl Account {
    /// The template in an account of yesterday: every quota at its default, a new table, and what
    /// runs at once as docs/deploy.md raises it for 1,000 concurrent executions.
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

    /// The same with what an operator sets without asking AWS: more of dispatch at once, and a
    /// table that is warm up to its quota.
    #[must_use]
    pub fn tuned() -> Self {
        Self {
            warm_writes: TABLE_UNITS,
            dispatch: Mode::Standard { most: Some(200.0) },
            ..Self::as_deployed()
        }
    }

    /// One cell of several: quotas raised to what is ordinary to ask for, pollers provisioned,
    /// callbacks by a function URL, so that no HTTP API is in their way.
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
