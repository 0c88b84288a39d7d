//! What Volley's steps cost, counted in its code, and what AWS charges for that.
//!
//! Each figure names the function that it was counted in. Sizes are those of items as that function
//! writes them, with phones of 12 characters and provider ids of 34.

/// Recipients of a full chunk (`shared::chunk::MAX_RECIPIENTS`).
pub const RECIPIENTS_MOST: u32 = 100;
/// Shards of the audience and of a campaign's messages (`shared::organization::SHARDS`).
pub const SHARDS: u32 = 32;

/// A recipient's claim and outcome, one unit each: `Table::claim_all`, `Table::settle_all`.
pub const HANDOVER_WRITES: f64 = 2.0;
/// A receipt: `Table::apply_receipts`.
pub const RECEIPT_WRITES: f64 = 1.0;
/// A three-kilobyte chunk and its state, in one transaction at twice the price: `Table::put_chunk`,
/// `chunk_write_units`.
pub const CUT_WRITES: f64 = 8.0;
/// The end chunk of a shard without further recipients: `Table::put_chunk`.
pub const EMPTY_END_WRITES: f64 = 1.0;
/// A chunk's state, when a worker starts and ends a slice: `Table::save_chunk_state`.
pub const WORK_WRITES: f64 = 2.0;
/// A chunk's state, when the drain assigns its turn. Most chunks get theirs when they are cut.
pub const TURN_WRITES: f64 = 1.0;
/// A sender's bucket, for the turns of up to ten chunks: `Turns::take`.
pub const BUCKET_WRITES: f64 = 1.0;
/// Parts whose turns are requested at once, if they are sent within ten seconds: `Turns::take`.
pub const BUCKET_PARTS: f64 = 1_000.0;
/// A campaign with its index and its due items, at twice the price: `campaigns::transition`.
pub const CAMPAIGN_WRITES: f64 = 10.0;
/// A poll's report, of three or four kilobytes, at twice the price: `Table::save_count`.
pub const REPORT_WRITES: f64 = 8.0;
/// The part of these writes for due items, where one item replaces another, and the number of
/// partitions for due items (`infra::table::keys::DUE_PARTITIONS`).
pub const DUE_WRITES: f64 = 4.0;
pub const DUE_KEYS: f64 = 8.0;
/// Writes of a campaign before its messages: when it is created, scheduled, begun, and completely
/// cut.
pub const BEFORE_WRITES: f64 = 4.0;

/// A contact's 300 bytes, with a strongly consistent read: `Table::audience_page`.
pub const CONTACT_READS: f64 = 300.0 / 4_096.0;
/// Campaign, chunk, chunk state, and the unsubscribes between its phones: `chunk::dispatch`.
pub const WORK_READS: f64 = 4.0;
/// A message's 370 bytes, with an eventually consistent read: `Table::each_of_shard`.
pub const COUNT_READS: f64 = 370.0 / 8_192.0;
/// A chunk state's 220 bytes, with a strongly consistent read: `Table::chunk_states`.
pub const LOOK_READS: f64 = 220.0 / 4_096.0;

/// SQS requests per chunk: a tenth to send it, and one for two chunks each to receive and to delete
/// them.
pub const CHUNK_REQUESTS: f64 = 0.1 + 1.0;
/// SQS requests per callback: one to send it, and a tenth each to receive and to delete it.
pub const CALLBACK_REQUESTS: f64 = 1.2;

/// Chunks per invocation of dispatch (`BatchSize` in template.yaml).
pub const CHUNKS_AT_ONCE: f64 = 2.0;
/// Receipts per invocation (`BatchSize` in template.yaml).
pub const RECEIPTS_AT_ONCE: f64 = 200.0;
/// How long a batch of receipts is collected (`MaximumBatchingWindowInSeconds` in template.yaml).
pub const RECEIPTS_WINDOW: f64 = 2.0;
/// A function's memory in gigabytes (`MemorySize` in template.yaml).
pub const MEMORY: f64 = 0.25;
/// A function's share of a processor. A full one comes with 1,769 MB.
pub const PROCESSOR: f64 = 256.0 / 1_769.0;

/// Polls of a campaign that is sent within half an hour (`shared::poll::PollSchedule`).
pub const POLLS: [u32; 7] = [30, 300, 600, 900, 1_200, 1_500, 1_800];
/// The interval of the polls after these while messages are sent, in seconds.
pub const POLL_EVERY: u32 = 300;
/// The interval of the drain while a campaign sends, in seconds.
pub const DRAIN_EVERY: u32 = 60;
/// How far ahead turns are granted, in seconds (`shared::pace::AHEAD_SECONDS`).
pub const HORIZON: f64 = 120.0;
/// The length of a slice of a slow sender's chunk, in seconds (`shared::chunk_state`).
pub const SLICE_SECONDS: f64 = 10.0;
/// The number of contacts after which a fan-out continues as one job per shard
/// (`SplitAfterContacts`).
pub const SPLIT_CONTACTS: f64 = 100_000.0;

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub writes: f64,
    pub reads: f64,
    pub queue_requests: f64,
    pub invocations: f64,
    /// Seconds of function run time.
    pub seconds: f64,
    pub http_requests: f64,
    pub schedules: f64,
}

impl Usage {
    /// US dollars, without storage, logs and the provider's price.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        let millionths = self.writes * 0.625
            + self.reads * 0.125
            // The message groups of fair queues cost extra.
            + self.queue_requests * (0.40 + 0.10)
            + self.invocations * 0.20
            + self.http_requests * 1.00
            + self.schedules * 1.00;
        millionths / 1e6 + self.seconds * MEMORY * 0.000_013_333_4
    }
}

/// The cost breakdown of one campaign with a million recipients in full chunks.
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
                writes: polls * (CAMPAIGN_WRITES + REPORT_WRITES),
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
