//! How long Volley's steps take. These are assumptions, not measurements on AWS: docs/capacity.md
//! says what each rests on. Throughput is proportional to them, quotas are not.

use crate::cost::{CHUNKS_AT_ONCE, PROCESSOR};

/// One request to the provider.
pub const PROVIDER_SECONDS: f64 = 0.15;
/// One request to the table.
pub const TABLE_SECONDS: f64 = 0.01;
/// Messages of a chunk that are with the provider at once (`shared::sender`).
pub const AT_ONCE: f64 = 25.0;
/// What the reads before a chunk and the state after it take together.
pub const AROUND_SECONDS: f64 = 5.0 * TABLE_SECONDS;
/// A full processor's time for one message in dispatch.
pub const PROCESSOR_SECONDS: f64 = 0.000_3;

/// A chunk of one chain of a fan-out: its share of a page, and its transaction.
pub const CUT_SECONDS: f64 = 0.02;
/// Chains that one invocation cuts at once.
pub const CHAINS: f64 = 8.0;
/// What a fan-out takes besides: its campaign is read and written, its shards' ends are read.
pub const FAN_OUT_SECONDS: f64 = 0.1;

/// A callback: signature and one request to the queue.
pub const CALLBACK_SECONDS: f64 = 0.015;
/// From the handover to a callback.
pub const CALLBACK_AFTER: usize = 5;
/// A batch of receipts.
pub const RECEIPTS_SECONDS: f64 = 0.4;
/// A message that a poll counts.
pub const COUNT_SECONDS: f64 = 0.000_07;

/// How long a worker is at a chunk of so many recipients if nothing is throttled.
#[must_use]
pub fn chunk_seconds(recipients: f64) -> f64 {
    let rounds = (recipients / AT_ONCE).ceil().max(1.0);
    let waiting = AROUND_SECONDS + rounds * (PROVIDER_SECONDS + 2.0 * TABLE_SECONDS);
    let working = recipients * PROCESSOR_SECONDS / PROCESSOR * CHUNKS_AT_ONCE;
    waiting.max(working)
}

/// The share of a second of one function that a chunk takes.
#[must_use]
pub fn chunk_slot(recipients: f64) -> f64 {
    chunk_seconds(recipients) / CHUNKS_AT_ONCE
}
