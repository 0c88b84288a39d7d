//! What AWS allows an account by default, in us-east-1. docs/capacity.md says where each figure
//! is from and which of them are second-hand.

/// Write units that a partition of a table takes in a second, whatever the table may take.
pub const PARTITION_WRITES: f64 = 1_000.0;
/// Read units, likewise.
pub const PARTITION_READS: f64 = 3_000.0;
/// Write units a second of a new on-demand table.
pub const WRITES_AT_BIRTH: f64 = 4_000.0;
/// Read units a second of a new on-demand table.
pub const READS_AT_BIRTH: f64 = 12_000.0;
/// Units of each kind a second of an on-demand table, until a higher quota is asked for.
pub const TABLE_UNITS: f64 = 40_000.0;
/// A table may be asked for twice its former peak; a peak counts after so many seconds.
pub const GROWTH_SECONDS: u32 = 1_800;

/// Functions that an account runs at once.
pub const CONCURRENCY: f64 = 1_000.0;
/// Invocations a second for each function that an account may run at once.
pub const INVOCATIONS_PER_CONCURRENCY: f64 = 10.0;
/// Requests a second that an account's HTTP APIs take.
pub const HTTP_REQUESTS: f64 = 10_000.0;

/// An event-source mapping of a queue runs so many functions at once as soon as messages come.
pub const MAPPING_START: f64 = 5.0;
/// And adds so many a second: 300 a minute.
pub const MAPPING_GROWTH: f64 = 5.0;
/// And stops at so many.
pub const MAPPING_MOST: f64 = 1_250.0;
/// Functions at once that one provisioned poller invokes.
pub const POLLER_CONCURRENCY: f64 = 10.0;
/// What provisioned pollers add a second: 1,000 functions a minute.
pub const POLLERS_GROWTH: f64 = 1_000.0 / 60.0;
/// Functions at once of one event-source mapping with provisioned pollers.
pub const POLLERS_MOST: f64 = 20_000.0;

/// Schedules that the Scheduler starts in a second.
pub const SCHEDULES_STARTED: f64 = 1_000.0;
/// Messages of a queue that were received and not yet deleted.
pub const IN_FLIGHT: f64 = 120_000.0;
