//! How long Volley's steps take. These are assumptions, not measurements on AWS: docs/capacity.md
//! says what each is based on. Throughput is proportional to them; quotas are not.

use crate::cost::{CHUNKS_AT_ONCE, PROCESSOR};

/// A request to the provider.
pub const PROVIDER_SECONDS: f64 = 0.15;
/// A request to the table.
pub const TABLE_SECONDS: f64 = 0.01;
/// Concurrent requests to the provider per chunk (`shared::sender`).
pub const AT_ONCE: f64 = 25.0;
/// The reads before a chunk and the writes after it, in total.
pub const AROUND_SECONDS: f64 = 5.0 * TABLE_SECONDS;
/// A full processor's time per message in dispatch.
pub const PROCESSOR_SECONDS: f64 = 0.000_3;

/// A chunk in one chain of a fan-out: its share of a page, and its transaction.
pub const CUT_SECONDS: f64 = 0.02;
/// Chains that an invocation cuts concurrently.
pub const CHAINS: f64 = 8.0;
/// The rest of a fan-out: reading and writing its campaign, and reading the ends of its shards.
pub const FAN_OUT_SECONDS: f64 = 0.1;

/// A callback: its signature and one request to the queue.
pub const CALLBACK_SECONDS: f64 = 0.015;
/// Seconds from sending a message to its callback.
pub const CALLBACK_AFTER: usize = 5;
/// A batch of receipts.
pub const RECEIPTS_SECONDS: f64 = 0.4;
/// A message that a poll counts.
pub const COUNT_SECONDS: f64 = 0.000_07;

/// A worker's time for a chunk with this number of recipients, without throttling.
#[must_use]
pub fn chunk_seconds(recipients: f64) -> f64 {
    let rounds = (recipients / AT_ONCE).ceil().max(1.0);
    let waiting = AROUND_SECONDS + rounds * (PROVIDER_SECONDS + 2.0 * TABLE_SECONDS);
    let working = recipients * PROCESSOR_SECONDS / PROCESSOR * CHUNKS_AT_ONCE;
    waiting.max(working)
}

/// The share of a function's second that a chunk takes.
#[must_use]
pub fn chunk_slot(recipients: f64) -> f64 {
    chunk_seconds(recipients) / CHUNKS_AT_ONCE
}
