//! A campaign's report.

use clap::Args;
use serde_json::{Value, json};

use super::{Context, balance, delivered, labels, price, share};
use crate::api::{count, text};
use crate::failure::Failure;
use crate::output::{
    BY_CODE, BY_COUNTRY, BY_REASON, BY_SENDER, Format, Output, PAUSE, REPORT, REPORT_SUMMARY,
    Resource,
};

/// Show the results of a campaign
///
/// Who was left out and why, the status of the messages, why some failed, in which countries, how long they
/// took, and when the campaign was paused. Volley counts them every few minutes while a campaign sends.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The campaign's ID
    id: String,
}

impl Report {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let path = api.path(&["campaigns", &self.id, "report"]).await?;
        let report = api.get(&path, &[]).await?;
        if output.format() != Format::Table || !output.is_whole() {
            return output.one(&report, &REPORT);
        }
        if report["countedAt"].is_null() {
            output.note("The messages were not counted yet; that happens within minutes.");
        }
        output.one(&summary(&report), &REPORT_SUMMARY)?;
        section(output, &reasons(&report), &BY_REASON)?;
        section(output, &list(&report["codes"]), &BY_CODE)?;
        section(output, &countries(&report), &BY_COUNTRY)?;
        let senders = list(&report["senders"]);
        if senders.len() > 1 {
            section(output, &senders, &BY_SENDER)?;
        }
        section(output, &pauses(&report), &PAUSE)
    }
}

pub(super) fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// A table after what was printed before, unless it is empty.
pub(crate) fn section(output: &Output, rows: &[Value], resource: &Resource) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    Output::raw("\n")?;
    output.rows(rows, resource)
}

fn summary(report: &Value) -> Value {
    let counts = &report["counts"];
    let recipients = count(&counts["total"]);
    json!({
        "campaignId": report["campaignId"],
        "countedAt": report["countedAt"],
        "contacts": balance::contacts(&report["audience"]),
        "messages": balance::messages(counts),
        "delivered": delivered(report),
        "failed": share(count(&counts["failed"]), recipients, "recipients"),
        "optOuts": share(count(&report["optOuts"]), recipients, "recipients"),
        "replies": report["replies"],
        "parts": report["parts"],
        "price": price(&report["price"]),
        "timeToDelivery": delay(&report["timeToDelivery"]),
        "earlierPauses": report["earlierPauses"].as_u64().filter(|number| *number > 0),
    })
}

fn delay(delay: &Value) -> Value {
    if !delay.is_object() {
        return Value::Null;
    }
    let seconds = |name: &str| delay[name].as_f64().unwrap_or_default();
    format!(
        "half within {:.1} s, 90 % within {:.1} s, 99 % within {:.1} s ({} messages)",
        seconds("p50"),
        seconds("p90"),
        seconds("p99"),
        count(&delay["messages"])
    )
    .into()
}

fn reasons(report: &Value) -> Vec<Value> {
    let failed = count(&report["counts"]["failed"]);
    let row = |reason: &Value| {
        json!({
            "reason": reason["reason"],
            "messages": reason["messages"],
            "share": share(count(&reason["messages"]), failed, "failed"),
            "meaning": labels::failure(text(&reason["reason"])),
        })
    };
    list(&report["reasons"]).iter().map(row).collect()
}

fn countries(report: &Value) -> Vec<Value> {
    let row = |country: &Value| {
        let number = |name: &str| count(&country[name]);
        json!({
            "country": country["country"].as_str().unwrap_or("none"),
            "delivered": share(number("delivered"), number("accepted"), "accepted"),
            "failed": number("failed"),
            "sent": number("sent"),
            "unknown": number("unknown"),
            "parts": number("parts"),
        })
    };
    list(&report["countries"]).iter().map(row).collect()
}

fn pauses(report: &Value) -> Vec<Value> {
    let row = |pause: &Value| {
        let who = text(&pause["by"]["name"]);
        let why = match (text(&pause["reason"]), who) {
            ("", "") => "someone paused it".to_owned(),
            ("", who) => format!("{who} paused it"),
            (reason, _) => labels::pause(reason).to_owned(),
        };
        json!({"at": pause["at"], "until": pause["until"], "why": why})
    };
    list(&report["pauses"]).iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_sentences() {
        let report = json!({
            "counts": {"failed": 2, "total": 4},
            "reasons": [{"reason": "expired", "messages": 1}],
            "countries": [{"country": null, "delivered": 1, "accepted": 2}],
            "pauses": [
                {"at": "a", "until": null, "reason": null, "by": {"name": "Ana"}},
                {"at": "b", "until": "c", "reason": "spend_limit", "by": null},
            ],
            "timeToDelivery": {"messages": 2, "p50": 2.431, "p90": 4.863, "p99": 4.863},
        });
        let reasons = reasons(&report);
        assert_eq!(reasons[0]["share"], "50.0 % (1 of 2 failed)");
        assert_eq!(reasons[0]["meaning"], "it could not be delivered in time");
        assert_eq!(countries(&report)[0]["country"], "none");
        assert_eq!(countries(&report)[0]["delivered"], "50.0 % (1 of 2 accepted)");
        let why: Vec<_> = pauses(&report).iter().map(|pause| pause["why"].clone()).collect();
        assert_eq!(why, ["Ana paused it", "the account's spend limit at the provider was reached"]);
        let delay = delay(&report["timeToDelivery"]);
        assert_eq!(delay, "half within 2.4 s, 90 % within 4.9 s, 99 % within 4.9 s (2 messages)");
    }
}
