//! Busiest hours of many tenants: which limit binds first by arithmetic, and the results of runs.

use super::table;
use super::words::{count, dollars, percent, short, time};
use crate::account::Account;
use crate::demand::Day;
use crate::scenarios::{MESSAGES, Remedy, TENANTS, busiest_hour};
use crate::world::Outcome;

fn days() -> impl Iterator<Item = Day> {
    MESSAGES.into_iter().flat_map(|messages| TENANTS.map(|tenants| Day { tenants, messages }))
}

fn name(day: Day) -> Vec<String> {
    vec![short(f64::from(day.messages)), count(f64::from(day.tenants))]
}

/// The share of each limit that a day's busiest hour needs.
pub(super) fn first() -> String {
    let account = Account::as_deployed();
    let limits: Vec<&str> =
        Day { tenants: 1, messages: 1 }.needs(&account).iter().map(|need| need.limit).collect();
    let heads: Vec<&str> =
        ["Messages a day", "Tenants", "A second"].into_iter().chain(limits).collect();
    table(
        &heads,
        days().map(|day| {
            let tightest = day.tightest(&account).limit;
            let needs = day.needs(&account).into_iter().map(|need| {
                let part = percent(need.part);
                if need.limit == tightest { format!("**{part}**") } else { part }
            });
            name(day).into_iter().chain([count(day.per_second())]).chain(needs).collect()
        }),
    )
}

/// The number of messages a day that exhausts each limit, if campaigns are large.
pub(super) fn full() -> String {
    let day = Day { tenants: 100, messages: 100_000_000 };
    let needs = day.needs(&Account::as_deployed()).into_iter();
    let mut rows: Vec<(f64, Vec<String>)> = needs
        .map(|need| {
            let (a_second, a_day) = match need.limit {
                "one key" => (day.per_second() / need.part / day.at_once(), "of one tenant"),
                "due keys" => (day.at_once() / need.part, "campaigns at once"),
                "Scheduler" => (f64::from(day.tenants) / need.part, "campaigns of one moment"),
                _ => (day.per_second() / need.part, ""),
            };
            let is_messages = !a_day.contains("campaigns");
            let messages = f64::from(day.messages) / day.per_second() * a_second;
            let full = if is_messages { short(messages) } else { "–".to_owned() };
            let a_second = format!("{} {a_day}", count(a_second)).trim_end().to_owned();
            let row = vec![need.limit.to_owned(), a_second, full];
            (if is_messages { messages } else { f64::INFINITY }, row)
        })
        .collect();
    rows.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    table(&["Limit", "Full at, a second", "a day"], rows.into_iter().map(|(_, row)| row))
}

/// The results of runs of those hours, with the template as it is and with the remedy.
pub(super) fn hours() -> String {
    let heads = [
        "Messages a day",
        "Tenants",
        "As deployed: in the hour",
        "last",
        "held by",
        "Remedy",
        "in the hour",
        "last",
        "writes throttled",
        "for at most",
        "functions",
        "$ a million",
    ];
    table(&heads, days().map(hour))
}

fn hour(day: Day) -> Vec<String> {
    let deployed = busiest_hour(day, Remedy::None);
    let remedy = Remedy::of(day);
    let mut row = name(day);
    row.extend(in_the_hour(&deployed));
    row.push(deployed.held.longest().map_or("nothing", |(limit, ..)| limit.name()).to_owned());
    let remedied = if remedy == Remedy::None { deployed } else { busiest_hour(day, remedy) };
    row.push(match remedy {
        Remedy::None => "none".to_owned(),
        Remedy::Tuned => "tuned".to_owned(),
        Remedy::Cells { cells, shards } => format!("cells: {cells}, shards: {shards}"),
    });
    row.extend(in_the_hour(&remedied));
    row.push(short(remedied.throttled));
    row.push(format!("{} s", count(remedied.backlog.ceil())));
    row.push(count(remedied.concurrency_most.ceil()));
    row.push(dollars(remedied.dollars_per_million()));
    row
}

/// The share that was sent within the hour, including the two minutes in which it begins, and when
/// the last message was sent.
fn in_the_hour(outcome: &Outcome) -> [String; 2] {
    let recipients: f64 =
        outcome.sendings.iter().map(|sending| f64::from(sending.campaign.recipients)).sum();
    let is_all = outcome.handed >= recipients - 1.0;
    let last = outcome.finished_at.filter(|_| is_all);
    let last = last.map_or_else(|| "after 4 h".to_owned(), |at| time(at + 1));
    [percent(outcome.handed_in_hour / recipients), last]
}
