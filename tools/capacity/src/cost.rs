//! What Volley's steps cost, counted in its code, and what AWS charges for that.
//!
//! Each figure names the function that it was counted in. Sizes are of items as they are written
//! there, with phones of twelve characters and a provider's id of 34.

/// Recipients of a full chunk (`shared::chunk::MAX_RECIPIENTS`).
pub const RECIPIENTS_MOST: u32 = 100;
/// Parts of the audience and of a campaign's messages (`shared::organization::SHARDS`).
pub const SHARDS: u32 = 32;

/// A recipient's claim and its outcome, one unit each: `Table::claim_all`, `Table::settle_all`.
pub const HANDOVER_WRITES: f64 = 2.0;
/// A receipt: `Table::apply_receipts`.
pub const RECEIPT_WRITES: f64 = 1.0;
/// A chunk, of three kilobytes, and its state, in one transaction at twice the price:
/// `Table::put_chunk`, `chunk_write_units`.
pub const CUT_WRITES: f64 = 8.0;
/// The end chunk of a shard that has no recipient left: `Table::put_chunk`.
pub const EMPTY_END_WRITES: f64 = 1.0;
/// A chunk's state as a worker starts and ends a slice of it: `Table::save_chunk_state`.
pub const WORK_WRITES: f64 = 2.0;
/// A chunk's state as the drain gives it its turn, which most chunks get as they are cut.
pub const TURN_WRITES: f64 = 1.0;
/// The bucket of a sender, for the turns of up to ten chunks: `Turns::take`.
pub const BUCKET_WRITES: f64 = 1.0;
/// Parts whose turns are asked for at once, if they leave within ten seconds: `Turns::take`.
pub const BUCKET_PARTS: f64 = 1_000.0;
/// A campaign with its index and what it owes, at twice the price: `campaigns::transition`.
pub const CAMPAIGN_WRITES: f64 = 10.0;
/// Of them, what it owes: one item replaces another, in one of so many partitions
/// (`infra::table::keys::DUE_PARTITIONS`).
pub const DUE_WRITES: f64 = 4.0;
pub const DUE_KEYS: f64 = 8.0;
/// Writes of a campaign before its messages: it is made, scheduled, begun, and wholly cut.
pub const BEFORE_WRITES: f64 = 4.0;

/// A contact's 300 bytes, read strongly: `Table::audience_page`.
pub const CONTACT_READS: f64 = 300.0 / 4_096.0;
/// Campaign, chunk, its state, and the unsubscribes between its phones: `chunk::dispatch`.
pub const WORK_READS: f64 = 4.0;
/// A message's 370 bytes, read eventually: `Table::each_of_shard`.
pub const COUNT_READS: f64 = 370.0 / 8_192.0;
/// A chunk's state of 220 bytes, read strongly: `Table::chunk_states`.
pub const LOOK_READS: f64 = 220.0 / 4_096.0;

/// Requests to SQS for a chunk: a tenth to send it, and one of two to receive and to delete two.
pub const CHUNK_REQUESTS: f64 = 0.1 + 1.0;
/// Requests to SQS for a callback: one to send it, a tenth each to receive and to delete it.
pub const CALLBACK_REQUESTS: f64 = 1.2;

/// Chunks of one invocation of dispatch (`BatchSize` in template.yaml).
pub const CHUNKS_AT_ONCE: f64 = 2.0;
/// Receipts of one invocation (`BatchSize` in template.yaml).
pub const RECEIPTS_AT_ONCE: f64 = 200.0;
/// How long receipts are waited for (`MaximumBatchingWindowInSeconds` in template.yaml).
pub const RECEIPTS_WINDOW: f64 = 2.0;
/// Gigabytes of memory of a function (`MemorySize` in template.yaml).
pub const MEMORY: f64 = 0.25;
/// A full processor has 1,769 MB; a function has its share.
pub const PROCESSOR: f64 = 256.0 / 1_769.0;

/// Polls of a campaign that is handed over within half an hour (`shared::poll::PollSchedule`).
pub const POLLS: [u32; 7] = [30, 300, 600, 900, 1_200, 1_500, 1_800];
/// After them, one every so many seconds while messages are handed over.
pub const POLL_EVERY: u32 = 300;
/// The drain of a campaign that is handed over runs every so many seconds.
pub const DRAIN_EVERY: u32 = 60;
/// Turns are granted so many seconds ahead (`shared::pace::AHEAD_SECONDS`).
pub const HORIZON: f64 = 120.0;
/// A slice of a slow sender's chunk takes so many seconds (`shared::chunk_state`).
pub const SLICE_SECONDS: f64 = 10.0;
/// A fan-out that has read so many contacts goes on as one job a shard (`SplitAfterContacts`).
pub const SPLIT_CONTACTS: f64 = 100_000.0;

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub writes: f64,
    pub reads: f64,
    pub queue_requests: f64,
    pub invocations: f64,
    /// Seconds that functions ran.
    pub seconds: f64,
    pub http_requests: f64,
    pub schedules: f64,
}

impl Usage {
    /// US dollars, without storage, logs and the provider's own price.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        let millionths = self.writes * 0.625
            + self.reads * 0.125
            // A message group, as fair queues have it, is charged on top.
            + self.queue_requests * (0.40 + 0.10)
            + self.invocations * 0.20
            + self.http_requests * 1.00
            + self.schedules * 1.00;
        millionths / 1e6 + self.seconds * MEMORY * 0.000_013_333_4
    }
}

/// The lines of the sum for one million recipients of one campaign in full chunks.
#[must_use]
pub fn million(callbacks: f64) -> Vec<(&'static str, Usage)> {
    let recipients = 1e6;
    let chunk = f64::from(RECIPIENTS_MOST);
    let chunks = recipients / chunk;
    let polls = f64::from(u32::try_from(POLLS.len()).unwrap_or(u32::MAX));
    let none = Usage::default();
    vec![
        (
            "cut: contacts read, chunks written and queued",
            Usage {
                writes: chunks * CUT_WRITES,
                reads: recipients * CONTACT_READS,
                queue_requests: chunks * 0.1,
                invocations: f64::from(SHARDS) + 1.0,
                seconds: chunks * crate::pace::CUT_SECONDS / crate::pace::CHAINS,
                ..none
            },
        ),
        (
            "hand over: claims, outcomes, chunk states",
            Usage {
                writes: recipients * (HANDOVER_WRITES + BUCKET_WRITES / BUCKET_PARTS)
                    + chunks * WORK_WRITES,
                reads: chunks * WORK_READS,
                queue_requests: chunks * 1.0,
                invocations: chunks / CHUNKS_AT_ONCE,
                seconds: chunks * crate::pace::chunk_slot(chunk),
                ..none
            },
        ),
        (
            "callbacks: HTTP API, function, queue, receipts",
            Usage {
                writes: recipients * callbacks * RECEIPT_WRITES,
                queue_requests: recipients * callbacks * CALLBACK_REQUESTS,
                invocations: recipients * callbacks * (1.0 + 1.0 / RECEIPTS_AT_ONCE),
                seconds: recipients
                    * callbacks
                    * (crate::pace::CALLBACK_SECONDS
                        + crate::pace::RECEIPTS_SECONDS / RECEIPTS_AT_ONCE),
                http_requests: recipients * callbacks,
                ..none
            },
        ),
        (
            "count: seven polls",
            Usage {
                writes: polls * CAMPAIGN_WRITES,
                reads: polls * recipients * COUNT_READS,
                queue_requests: polls * 2.0,
                invocations: polls,
                seconds: polls * recipients * crate::pace::COUNT_SECONDS,
                schedules: polls - 1.0,
                ..none
            },
        ),
    ]
}
