//! One tenant alone, and one beside others.

use super::table;
use super::words::{count, dollars, percent, short, time, whole};
use crate::account::Account;
use crate::cost::SHARDS;
use crate::queue::Order;
use crate::scenarios::{RATES, RECIPIENTS, flood as run_flood, one};
use crate::world::Outcome;

fn run_words(outcome: &Outcome) -> Vec<String> {
    let held = outcome.held.longest().map_or_else(
        || "nothing".to_owned(),
        |(limit, seconds, since)| {
            format!("{}, {} from {}", limit.name(), time(seconds), time(since))
        },
    );
    let (name, part) = outcome.peaks.highest();
    vec![
        outcome.finished_at.map_or_else(|| "never".to_owned(), |at| time(at + 1)),
        held,
        format!("{name} {}", percent(part)),
        short(outcome.throttled),
        format!("{} s", count(outcome.backlog.ceil())),
        whole(outcome.queued_most),
        count(outcome.concurrency_most.ceil()),
        dollars(outcome.dollars_per_million()),
    ]
}

const OUTCOME: [&str; 8] = [
    "Last handed over",
    "Held longest by",
    "Highest use of a quota",
    "Writes throttled",
    "for at most",
    "Queue",
    "Functions",
    "$ a million",
];

pub(super) fn as_deployed() -> String {
    let heads: Vec<&str> = ["Recipients", "Parts/s"].into_iter().chain(OUTCOME).collect();
    let pairs = RECIPIENTS.into_iter().flat_map(|of| RATES.map(|rate| (of, rate)));
    table(
        &heads,
        pairs.map(|(recipients, rate)| {
            let outcome = one(recipients, rate, SHARDS, Account::as_deployed());
            let row = vec![whole(recipients), whole(rate)];
            row.into_iter().chain(run_words(&outcome)).collect()
        }),
    )
}

pub(super) fn remedies() -> String {
    let cases = [
        ("as deployed, a new table", 1_000, SHARDS, Account::as_deployed()),
        ("a warm table, 200 of dispatch", 1_000, SHARDS, Account::tuned()),
        ("as deployed, a new table", 25_000, SHARDS, Account::as_deployed()),
        ("a warm table, 200 of dispatch", 25_000, SHARDS, Account::tuned()),
        ("raised quotas, pollers, function URL", 25_000, SHARDS, Account::cell()),
        ("… and 128 shards", 25_000, 128, Account::cell()),
        ("… and 512 shards", 25_000, 512, Account::cell()),
    ];
    let heads: Vec<&str> = ["A million with", "Parts/s"]
        .into_iter()
        .chain(OUTCOME)
        .chain(["Callbacks refused"])
        .collect();
    table(
        &heads,
        cases.into_iter().map(|(name, rate, shards, account)| {
            let outcome = one(1_000_000, rate, shards, account);
            let row = vec![name.to_owned(), whole(rate)];
            let refused = short(outcome.refused);
            row.into_iter().chain(run_words(&outcome)).chain([refused]).collect()
        }),
    )
}

pub(super) fn flood() -> String {
    let accounts = [("a new table", Account::as_deployed()), ("a warm table", warm())];
    let cases = [
        ("alone", false, Order::Fair),
        ("beside the flood, by arrival", true, Order::Arrival),
        ("beside the flood, fair", true, Order::Fair),
    ];
    let heads =
        ["100 small tenants", "Table", "Their last chunk taken", "Longest wait", "Flood ends"];
    let pairs = accounts.into_iter().flat_map(|account| cases.map(|case| (account, case)));
    table(
        &heads,
        pairs.map(|((table, account), (name, is_there, order))| {
            let outcome = run_flood(is_there, order, account);
            let small = &outcome.sendings[..100];
            let began = small[0].campaign.starts;
            let last = small.iter().filter_map(|sending| sending.done_at).max();
            let wait = small.iter().map(|sending| sending.longest_wait).max();
            let ends = outcome.sendings.get(100).and_then(|sending| sending.done_at);
            vec![
                name.to_owned(),
                table.to_owned(),
                last.map_or_else(|| "never".to_owned(), |at| time(at + 1 - began)),
                wait.map_or_else(|| "never".to_owned(), time),
                ends.map_or_else(|| "–".to_owned(), |at| time(at + 1)),
            ]
        }),
    )
}

/// The template as it is, except for a warm table.
fn warm() -> Account {
    Account { warm_writes: Account::tuned().warm_writes, ..Account::as_deployed() }
}
