//! What steps cost.

use super::table;
use super::words::{count, dollars, short};
use crate::cost::{
    self, BEFORE_WRITES, BUCKET_WRITES, CALLBACK_REQUESTS, CAMPAIGN_WRITES, CHUNK_REQUESTS,
    CONTACT_READS, COUNT_READS, CUT_WRITES, HANDOVER_WRITES, LOOK_READS, RECEIPT_WRITES,
    RECIPIENTS_MOST, REPORT_WRITES, SHARDS, TURN_WRITES, Usage, WORK_READS, WORK_WRITES,
};

pub(super) fn steps() -> String {
    let shards = f64::from(SHARDS);
    let two = |number: f64| format!("{number:.2}");
    let row = |step: &str, where_: &str, writes: f64, reads: f64, requests: f64, calls: &str| {
        vec![step.into(), where_.into(), two(writes), two(reads), two(requests), calls.into()]
    };
    let heads = ["Step", "Counted in", "Writes", "Reads", "SQS", "Lambda"];
    let contacts = CONTACT_READS * f64::from(RECIPIENTS_MOST);
    table(
        &heads,
        [
            row(
                "a recipient is handed over",
                "`Table::claim_all`, `settle_all`",
                HANDOVER_WRITES,
                0.0,
                0.0,
                "",
            ),
            row(
                "a callback becomes a receipt",
                "`status::take`, `Table::apply_receipts`",
                RECEIPT_WRITES,
                0.0,
                CALLBACK_REQUESTS,
                "1 + 1/200",
            ),
            row(
                "a chunk is cut and queued",
                "`FanOut::put`, `Table::put_chunk`",
                CUT_WRITES,
                contacts,
                0.1,
                "",
            ),
            row("a chunk gets its turn later", "`drain::look`", TURN_WRITES, 0.0, 0.0, ""),
            row(
                "a chunk, or a slice of it, is worked at",
                "`chunk::dispatch`",
                WORK_WRITES,
                WORK_READS,
                CHUNK_REQUESTS - 0.1,
                "1/2",
            ),
            row(
                "a campaign is made, scheduled, begun, cut",
                "`campaigns::transition`",
                BEFORE_WRITES * CAMPAIGN_WRITES,
                0.0,
                1.0,
                "2",
            ),
            row("turns of up to ten chunks", "`Turns::take`", BUCKET_WRITES, 1.0, 0.0, ""),
            row(
                "a campaign's minute (drain)",
                "`drain::drain`",
                CAMPAIGN_WRITES,
                shards + 2.0,
                3.0,
                "1",
            ),
            row("and for each chunk of it", "`Table::chunk_states`", 0.0, LOOK_READS, 0.0, ""),
            row("a poll", "`poll::poll`", CAMPAIGN_WRITES + REPORT_WRITES, shards / 2.0, 2.0, "1"),
            row("and for each message of it", "`Table::each_of_shard`", 0.0, COUNT_READS, 0.0, ""),
        ],
    )
}

fn million_of(callbacks: f64) -> Usage {
    cost::million(callbacks).into_iter().fold(Usage::default(), |sum, (_, step)| Usage {
        writes: sum.writes + step.writes,
        reads: sum.reads + step.reads,
        queue_requests: sum.queue_requests + step.queue_requests,
        invocations: sum.invocations + step.invocations,
        seconds: sum.seconds + step.seconds,
        http_requests: sum.http_requests + step.http_requests,
        schedules: sum.schedules + step.schedules,
    })
}

pub(super) fn million() -> String {
    let row = |name: &str, usage: &Usage| {
        vec![
            name.to_owned(),
            short(usage.writes),
            short(usage.reads),
            short(usage.queue_requests),
            short(usage.invocations),
            count(usage.seconds * cost::MEMORY),
            short(usage.http_requests),
            dollars(usage.dollars()),
        ]
    };
    let by_url = |usage: Usage| Usage { http_requests: 0.0, ..usage };
    let (one, two) = (million_of(1.0), million_of(2.0));
    let mut rows: Vec<Vec<String>> =
        cost::million(1.0).iter().map(|(name, usage)| row(name, usage)).collect();
    rows.push(row("**with one callback each**", &one));
    rows.push(row("… and a function URL for callbacks", &by_url(one)));
    rows.push(row("**with two callbacks each**", &two));
    rows.push(row("… and a function URL for callbacks", &by_url(two)));
    let heads = ["A million recipients", "Writes", "Reads", "SQS", "Lambda", "GB-s", "HTTP", "AWS"];
    table(&heads, rows)
}
