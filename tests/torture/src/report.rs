//! A campaign's report, added up again from its messages.

use std::collections::BTreeMap;

use local::balance::STATUSES;
use serde_json::Value;

use crate::listening::Told;

/// The first number of the report that differs from the messages. It is counted by polls, so it may be
/// right later.
pub(crate) fn differs(told: &Told) -> Option<String> {
    let Told { campaign, messages, report } = told;
    let differ = |what: &str, counted: &BTreeMap<String, u64>, listed: &BTreeMap<String, u64>| {
        (counted != listed)
            .then(|| format!("the report counts {what} {counted:?} of {listed:?}: {campaign}"))
    };
    let statuses = STATUSES.map(|status| (status.to_owned(), number(&report["counts"][status])));
    let statuses = statuses.into_iter().filter(|(_, count)| *count > 0).collect();
    let failed: Vec<&Value> = messages.iter().filter(|it| it["status"] == "failed").collect();
    let sums = |list: &str, of: &str| -> u64 {
        report[list].as_array().into_iter().flatten().map(|it| number(&it[of])).sum()
    };
    let by_country = |status: &str| (status.to_owned(), sums("countries", status));
    let by_country = ["sent", "delivered", "failed", "unknown"].map(by_country);
    let by_country = by_country.into_iter().filter(|(_, count)| *count > 0).collect();
    let over_time = |status: &str| -> u64 {
        let points = report["series"]["points"].as_array().into_iter().flatten();
        points.map(|point| number(&point[status])).sum()
    };
    let over_time = ["delivered", "failed"].map(|status| (status.to_owned(), over_time(status)));
    let over_time = over_time.into_iter().filter(|(_, count)| *count > 0).collect();
    let all = by(messages.iter(), "status");
    let ended = all.iter().filter(|(status, _)| ["delivered", "failed"].contains(&status.as_str()));
    let ended = ended.map(|(status, count)| (status.clone(), *count)).collect();
    let codes = by(failed.iter().copied(), "errorCode");
    differ("statuses", &statuses, &all)
        .or_else(|| differ("countries", &by_country, &all))
        .or_else(|| differ("times", &over_time, &ended))
        .or_else(|| {
            let reasons = by(failed.iter().copied(), "errorReason");
            differ("reasons", &listed(&report["reasons"], "reason"), &reasons)
        })
        .or_else(|| differ("codes", &listed(&report["codes"], "code"), &codes))
        .or_else(|| {
            // What the provider says about a message that has ended is in no later report.
            let accepted = messages.iter().filter(|it| it["providerMessageId"].is_string()).count();
            let counted = number(&report["delivery"]["accepted"]);
            (counted > accepted as u64)
                .then(|| format!("the report counts {counted} of {accepted} accepted: {campaign}"))
        })
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// The number of messages by a field, if they have it.
fn by<'a>(messages: impl Iterator<Item = &'a Value>, field: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for value in messages.filter_map(|message| message[field].as_str()) {
        *counts.entry(value.to_owned()).or_default() += 1;
    }
    counts
}

/// A list of the report, by one of its fields.
fn listed(list: &Value, field: &str) -> BTreeMap<String, u64> {
    let items = list.as_array().into_iter().flatten();
    let of = |it: &Value| Some((it[field].as_str()?.to_owned(), number(&it["messages"])));
    items.filter_map(of).collect()
}
