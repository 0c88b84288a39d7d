//! What was sent to a webhook, and how it responded.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use crate::api::{Pages, count, text};
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::{ATTEMPT, DELIVERY, Format};
use crate::progress::Progress;

const POLL_EVERY: Duration = Duration::from_secs(1);
/// An attempt takes ten seconds at most. Later ones come after minutes.
const MAX_POLLS: u32 = 30;

/// Send a `ping` to a webhook, and show how it responded
///
/// Exits with 4 if it did not respond with a 2xx.
#[derive(Debug, Args)]
pub(crate) struct Ping {
    /// The webhook's ID
    id: String,
}

/// List what was sent to a webhook in the last seven days, with every attempt, newest first
#[derive(Debug, Args)]
pub(crate) struct Attempts {
    /// The webhook's ID
    id: String,
    #[command(flatten)]
    limit: Limit,
}

impl Ping {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let path = api.path(&["webhooks", &self.id, "ping"]).await?;
        let mut delivery = api.act(&path).await?;
        let path = api.path(&["webhooks", &self.id, "deliveries"]).await?;
        let mut progress = Progress::new(output, "waiting for the response");
        for poll in 0..MAX_POLLS {
            if last(&delivery).is_some() {
                break;
            }
            progress.set(poll.into(), Some(MAX_POLLS.into()));
            tokio::time::sleep(POLL_EVERY).await;
            let found = api.get(&path, &[]).await?;
            let mut found = found["items"].as_array().into_iter().flatten();
            if let Some(newer) = found.find(|other| other["id"] == delivery["id"]) {
                delivery = newer.clone();
            }
        }
        progress.finish();
        if output.format() == Format::Json && output.is_whole() {
            output.one(&delivery, &DELIVERY)?;
        } else {
            output.rows(&attempts(&delivery), &ATTEMPT)?;
        }
        outcome(&delivery)
    }
}

fn last(delivery: &Value) -> Option<&Value> {
    delivery["attempts"].as_array()?.last()
}

fn outcome(delivery: &Value) -> Result<(), Failure> {
    let why = match last(delivery) {
        None => "no attempt was made yet; `volley webhooks attempts` shows it later".to_owned(),
        Some(attempt) => match attempt["statusCode"].as_u64() {
            Some(200..=299) => return Ok(()),
            Some(status) => format!("the endpoint responded with {status}"),
            None => format!("the endpoint did not respond: {}", text(&attempt["error"])),
        },
    };
    Err(Failure::Incomplete(why))
}

impl Attempts {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let path = ["webhooks", &self.id, "deliveries"];
        if output.format() == Format::Json || !output.is_whole() {
            return context.list(&path, &[], &self.limit, &DELIVERY).await;
        }
        let mut pages = Pages::new(api, api.path(&path).await?, &[], self.limit.get());
        let mut rows = Vec::new();
        while let Some(deliveries) = pages.next().await? {
            rows.extend(deliveries.iter().flat_map(attempts));
        }
        if rows.is_empty() {
            output.note("Nothing was sent to it in the last seven days.");
            return Ok(());
        }
        output.rows(&rows, &ATTEMPT)?;
        if pages.has_more() {
            output.note("There are more; use --limit N or --all.");
        }
        Ok(())
    }
}

/// A row for each attempt, newest first, and one for a delivery that was not tried yet.
fn attempts(delivery: &Value) -> Vec<Value> {
    let row = |attempt: &Value, next: &Value| {
        json!({
            "delivery": delivery["id"],
            "type": delivery["type"],
            "status": delivery["status"],
            "at": attempt["at"],
            "response": match attempt["statusCode"].as_u64() {
                Some(status) => Value::from(status),
                None => attempt["error"].clone(),
            },
            "took": attempt["durationMs"].is_u64().then(|| format!("{} ms", count(&attempt["durationMs"]))),
            "next": next,
        })
    };
    let attempts = delivery["attempts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some((newest, older)) = attempts.split_last() else {
        return vec![row(&Value::Null, &delivery["nextAttemptAt"])];
    };
    let older = older.iter().rev().map(|attempt| row(attempt, &Value::Null));
    std::iter::once(row(newest, &delivery["nextAttemptAt"])).chain(older).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_a_row() {
        let delivery = json!({
            "id": "d1", "type": "ping", "status": "pending", "nextAttemptAt": "later",
            "attempts": [
                {"at": "1", "durationMs": 9, "statusCode": null, "error": "timeout"},
                {"at": "2", "durationMs": 7, "statusCode": 500, "error": null},
            ],
        });
        let rows = attempts(&delivery);
        let shown: Vec<_> =
            rows.iter().map(|row| (&row["at"], &row["response"], &row["next"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("2"), &json!(500), &json!("later")),
                (&json!("1"), &json!("timeout"), &Value::Null),
            ]
        );
        assert_eq!(rows[0]["took"], "7 ms");
        let untried = json!({"id": "d2", "attempts": [], "nextAttemptAt": "soon"});
        assert_eq!(attempts(&untried)[0]["next"], "soon");
    }

    #[test]
    fn only_a_2xx_is_a_success() {
        let of = |status: Value, error: Value| json!({"attempts": [{"statusCode": status, "error": error}]});
        assert!(outcome(&of(json!(204), Value::Null)).is_ok());
        for failed in [
            of(json!(302), Value::Null),
            of(Value::Null, json!("timeout")),
            json!({"attempts": []}),
        ] {
            assert!(outcome(&failed).is_err(), "{failed}");
        }
    }
}
