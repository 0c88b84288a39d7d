//! A campaign's progress: a bar per status on a terminal, otherwise a line per change.

use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::balance::STATUSES;

pub struct Progress {
    bars: Option<Vec<ProgressBar>>,
    last: String,
}

impl Progress {
    pub fn start() -> anyhow::Result<Self> {
        if !std::io::stderr().is_terminal() {
            return Ok(Self { bars: None, last: String::new() });
        }
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{prefix:>10} {bar:40} {pos:>7} / {len}")?;
        let bar = |state: &&'static str| {
            all.add(ProgressBar::new(0)).with_style(style.clone()).with_prefix(*state)
        };
        Ok(Self { bars: Some(STATUSES.iter().map(bar).collect()), last: String::new() })
    }

    /// Shows a campaign from the API.
    pub fn show(&mut self, campaign: &Value) {
        let recipients = campaign["audience"]["recipients"].as_u64().unwrap_or_default();
        let counts = STATUSES.map(|state| campaign["counts"][state].as_u64().unwrap_or_default());
        if let Some(bars) = &self.bars {
            for (bar, count) in bars.iter().zip(counts) {
                bar.set_length(recipients);
                bar.set_position(count);
            }
            return;
        }
        let states: Vec<String> =
            STATUSES.iter().zip(counts).map(|(state, count)| format!("{state} {count}")).collect();
        let line = format!(
            "{} (dispatch {}): {recipients} recipients: {}",
            campaign["status"].as_str().unwrap_or_default(),
            campaign["dispatch"].as_str().unwrap_or("not begun"),
            states.join(", ")
        );
        if line != self.last {
            crate::say(&line);
            self.last = line;
        }
    }

    pub fn finish(self) {
        for bar in self.bars.into_iter().flatten() {
            bar.finish();
        }
    }
}
