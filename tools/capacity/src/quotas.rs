//! An AWS account's default quotas in us-east-1. docs/capacity.md gives the source of each figure,
//! and says which are second-hand.

/// Write units per second of a table's partition, regardless of the table's total.
pub const PARTITION_WRITES: f64 = 1_000.0;
/// Read units per second, likewise.
pub const PARTITION_READS: f64 = 3_000.0;
/// Write units per second of a new on-demand table.
pub const WRITES_AT_BIRTH: f64 = 4_000.0;
/// Read units per second of a new on-demand table.
pub const READS_AT_BIRTH: f64 = 12_000.0;
/// Units of each kind per second of an on-demand table, unless a higher quota is requested.
pub const TABLE_UNITS: f64 = 40_000.0;
/// The time after which a peak counts, in seconds. A table can serve twice its previous peak.
pub const GROWTH_SECONDS: u32 = 1_800;

/// Concurrent functions of an account.
pub const CONCURRENCY: f64 = 1_000.0;
/// Invocations per second for each concurrent function of an account.
pub const INVOCATIONS_PER_CONCURRENCY: f64 = 10.0;
/// Requests per second to an account's HTTP APIs.
pub const HTTP_REQUESTS: f64 = 10_000.0;

/// Concurrent functions that an event source mapping starts with once messages arrive.
pub const MAPPING_START: f64 = 5.0;
/// Concurrent functions that it adds per second: 300 a minute.
pub const MAPPING_GROWTH: f64 = 5.0;
/// Its maximum number of concurrent functions.
pub const MAX_MAPPING_CONCURRENCY: f64 = 1_250.0;
/// Concurrent functions per provisioned poller.
pub const POLLER_CONCURRENCY: f64 = 10.0;
/// Concurrent functions that provisioned pollers add per second: 1,000 a minute.
pub const POLLERS_GROWTH: f64 = 1_000.0 / 60.0;
/// The maximum number of concurrent functions of an event source mapping with provisioned pollers.
pub const MAX_POLLERS_CONCURRENCY: f64 = 20_000.0;

/// Schedules that EventBridge Scheduler starts per second.
pub const SCHEDULES_STARTED: f64 = 1_000.0;
/// Messages of a queue that are received and not yet deleted.
pub const IN_FLIGHT: f64 = 120_000.0;
