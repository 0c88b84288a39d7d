//! An organization's report over a period.

use chrono::Utc;
use clap::Args;
use serde_json::{Value, json};

use super::campaign::{list, section};
use super::{Context, balance, delivered, price};
use crate::failure::Failure;
use crate::output::{BY_CAMPAIGN, BY_DAY, BY_SENDER, CAMPAIGN_SUM, Format, PERIOD_SUMMARY};
use crate::when;

/// Show the results of the campaigns that were sent in a period
///
/// The last 30 days by default. A campaign counts whole on the day on which it was sent. CSV has a line for
/// each campaign.
#[derive(Debug, Args)]
pub(crate) struct Period {
    /// Campaigns sent at this time or later: 2026-11-01, 2026-11-01T09:00:00-08:00, or a span before now such
    /// as 7d
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Campaigns sent before this time; now by default
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

impl Period {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let mut query = Vec::new();
        for (name, time) in [("from", self.from), ("to", self.to)] {
            if let Some(time) = time {
                let time = when::parse_past(&time, Utc::now()).map_err(Failure::Usage)?;
                query.push((name, when::rfc3339(time)));
            }
        }
        let report = api.get(&api.path(&["reports"]).await?, &query).await?;
        match output.format() {
            Format::Csv if output.is_whole() => {
                output.rows(&list(&report["campaigns"]), &CAMPAIGN_SUM)
            }
            Format::Table if output.is_whole() => {
                output.one(&summary(&report), &PERIOD_SUMMARY)?;
                section(output, &rated(&report["days"]), &BY_DAY)?;
                section(output, &list(&report["senders"]), &BY_SENDER)?;
                section(output, &rated(&report["campaigns"]), &BY_CAMPAIGN)
            }
            Format::Json | Format::Csv | Format::Table => output.one(&report, &PERIOD_SUMMARY),
        }
    }
}

fn summary(report: &Value) -> Value {
    let total = &report["total"];
    json!({
        "from": report["from"],
        "to": report["to"],
        "campaigns": total["campaigns"],
        "messages": balance::messages(&total["counts"]),
        "delivered": delivered(total),
        "parts": total["parts"],
        "price": price(&total["price"]),
    })
}

/// The sums, each with its rate and price as a person reads them.
fn rated(sums: &Value) -> Vec<Value> {
    let with_rate = |mut sum: Value| {
        sum["rate"] = delivered(&sum).into();
        sum["cost"] = price(&sum["price"]).into();
        sum
    };
    list(sums).into_iter().map(with_rate).collect()
}
