//! A campaign's progress, live.

use std::time::Duration;

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use super::Context;
use crate::api::{count, text};
use crate::failure::Failure;
use crate::output::{CAMPAIGN, Output};

const STATUSES: [&str; 5] = ["pending", "sent", "delivered", "failed", "unknown"];
const POLL_EVERY: Duration = Duration::from_secs(1);
/// A short outage of the network does not end a long watch.
const MAX_FAILURES: u32 = 10;

/// Show a campaign's progress until it is done
///
/// Exits with 4 if the campaign is paused, stopped, canceled or failed.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The campaign's ID
    id: String,
}

impl Watch {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        follow(context, &self.id).await
    }
}

/// Where a campaign that is watched may be.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Ahead,
    Done,
    /// It does not go on by itself. The text says why.
    Halted(String),
}

fn stage(campaign: &Value) -> Stage {
    let reason = match text(&campaign["reason"]) {
        "" => String::new(),
        reason => format!(": {reason}"),
    };
    match (text(&campaign["status"]), text(&campaign["dispatch"])) {
        ("draft", _) => Stage::Halted("the campaign is a draft".to_owned()),
        ("cancelled", _) => Stage::Halted(format!("the campaign was canceled{reason}")),
        ("failed", _) => Stage::Halted(format!("every message failed{reason}")),
        (_, "paused") => Stage::Halted(format!("the campaign is paused{reason}")),
        (_, "stopped") => Stage::Halted(format!("the campaign was stopped{reason}")),
        (_, "done")
            if count(&campaign["counts"]["pending"]) == 0 && campaign["counts"].is_object() =>
        {
            Stage::Done
        }
        _ => Stage::Ahead,
    }
}

pub(super) async fn follow(context: &Context, id: &str) -> Result<(), Failure> {
    let path = context.api.path(&["campaigns", id]).await?;
    let bars = Bars::new(&context.output);
    let mut failures = 0;
    loop {
        let campaign = match context.api.get(&path, &[]).await {
            Ok(campaign) => campaign,
            Err(Failure::Unreachable(_)) if failures < MAX_FAILURES => {
                failures += 1;
                tokio::time::sleep(POLL_EVERY).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        failures = 0;
        bars.show(&campaign);
        let stage = stage(&campaign);
        if stage != Stage::Ahead {
            bars.finish();
            context.output.one(&campaign, &CAMPAIGN)?;
        }
        match stage {
            Stage::Ahead => tokio::time::sleep(POLL_EVERY).await,
            Stage::Done => return Ok(()),
            Stage::Halted(why) => return Err(Failure::Incomplete(why)),
        }
    }
}

/// A bar for each status.
struct Bars(Vec<ProgressBar>);

impl Bars {
    fn new(output: &Output) -> Self {
        if output.is_quiet() {
            return Self(Vec::new());
        }
        let all = MultiProgress::new();
        let style =
            ProgressStyle::with_template("{prefix:>10} {bar:40} {human_pos:>9} / {human_len}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = |status: &'static str| {
            all.add(ProgressBar::new(0)).with_style(style.clone()).with_prefix(status)
        };
        Self(STATUSES.map(bar).to_vec())
    }

    fn show(&self, campaign: &Value) {
        let recipients = count(&campaign["audience"]["recipients"]);
        for (bar, status) in self.0.iter().zip(STATUSES) {
            bar.set_length(recipients);
            bar.set_position(count(&campaign["counts"][status]));
        }
    }

    fn finish(&self) {
        self.0.iter().for_each(ProgressBar::finish_and_clear);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_watch_ends_when_nothing_more_happens_by_itself() {
        let campaign = |status: &str, dispatch: Option<&str>, pending: u64| json!({"status": status, "dispatch": dispatch, "counts": {"pending": pending}});
        assert_eq!(stage(&campaign("scheduled", None, 0)), Stage::Ahead);
        assert_eq!(stage(&campaign("sent", Some("running"), 0)), Stage::Ahead);
        assert_eq!(stage(&campaign("sent", Some("done"), 3)), Stage::Ahead);
        assert_eq!(stage(&campaign("sent", Some("done"), 0)), Stage::Done);
        let uncounted = json!({"status": "sent", "dispatch": "done", "counts": null});
        assert_eq!(stage(&uncounted), Stage::Ahead);
        let mut paused = campaign("sent", Some("paused"), 3);
        paused["reason"] = "spend_limit".into();
        assert_eq!(stage(&paused), Stage::Halted("the campaign is paused: spend_limit".to_owned()));
        for (status, dispatch) in
            [("draft", None), ("failed", Some("done")), ("sent", Some("stopped"))]
        {
            assert!(matches!(stage(&campaign(status, dispatch, 0)), Stage::Halted(_)), "{status}");
        }
    }
}
