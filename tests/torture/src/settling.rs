//! The end of a run: outages pass, a person resumes paused campaigns, and everything settles.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use crate::expected::Expected;
use crate::judge::{Verdict, judge, judge_early};
use crate::outage::{Outage, REASONS};
use crate::scenario::{SETTLED_WITHIN, Scenario};

/// A look-up searches the provider for a message around the time of its claim. If a clock was off
/// by more than that, the message rightly stays unknown, and the run accepts that after this time.
const UNKNOWN_AFTER: Duration = Duration::from_mins(3);
/// The deadline for a campaign without progress for hours to pause.
const STALE_WITHIN: Duration = Duration::from_mins(4);
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Scenario<'_> {
    /// Waits until the run's outage is over: its campaign has paused itself because of it, or it
    /// has lasted long enough.
    pub(crate) async fn outlast(&mut self, outage: Outage, campaign: &str) -> anyhow::Result<()> {
        let path = self.path(&format!("campaigns/{campaign}"));
        let lasts = if self.hours.is_some() { STALE_WITHIN } else { outage.lasts() };
        let until = Instant::now() + lasts;
        let mut is_answered = false;
        while Instant::now() < until && !is_answered {
            self.run.at(format!("outlasts that {} with campaign {campaign}", outage.name()));
            tokio::time::sleep(LOOK_EVERY).await;
            let current = self.api.get(&path).await?;
            is_answered =
                outage.reason().is_some() && current["reason"].as_str() == outage.reason();
            if is_over(&current) {
                break;
            }
        }
        if self.run.end_outage() > 0 {
            self.grounds.ledger.outlasted(outage, is_answered);
        }
        Ok(())
    }

    /// Waits until everything is as it must be.
    pub(crate) async fn settle(
        &mut self,
        campaign: &str,
        expected: &Expected,
    ) -> anyhow::Result<()> {
        let path = self.path(&format!("campaigns/{campaign}"));
        let mut deadline = Instant::now() + SETTLED_WITHIN;
        let unknown_from = Instant::now() + UNKNOWN_AFTER;
        let mut pause = Duration::from_secs(2);
        loop {
            tokio::time::sleep(pause).await;
            let books = &self.grounds.books;
            let verdict = if self.hours.is_some() {
                judge_early(&self.api, books, &path, expected).await?
            } else {
                judge(&self.api, books, &path, expected).await?
            };
            match verdict {
                Verdict::Good => return Ok(()),
                Verdict::Broken(told) => bail!("campaign {campaign}: {told}"),
                Verdict::Unknown(count) if self.grounds.is_skewed => {
                    if Instant::now() > unknown_from {
                        self.grounds.unknown.fetch_add(count, Ordering::Relaxed);
                        return Ok(());
                    }
                }
                Verdict::Unknown(count) => {
                    let told = format!("the provider has {count} messages that are unknown");
                    self.run.at(format!("settles campaign {campaign}: {told}"));
                    ensure!(Instant::now() < deadline, "campaign {campaign} hangs: {told}");
                }
                Verdict::Open(told) => {
                    self.run.at(format!("settles campaign {campaign}: {told}"));
                    ensure!(Instant::now() < deadline, "campaign {campaign} hangs: {told}");
                    let current = self.api.get(&path).await?;
                    if self.grounds.provider.is_down() && !is_over(&current) {
                        self.grounds.ledger.blacked_out();
                        // The blackout may last as long as it likes.
                        deadline = Instant::now() + SETTLED_WITHIN;
                    } else if current["dispatch"] == "paused" {
                        self.resume(campaign, &current).await?;
                    }
                }
            }
            pause = Duration::from_secs(8).min(pause * 3 / 2);
        }
    }

    /// Resumes a campaign that a person left paused, or that paused itself because of a past fault.
    async fn resume(&mut self, campaign: &str, current: &Value) -> anyhow::Result<()> {
        let may_pause = current["reason"].as_str().is_none_or(|reason| REASONS.contains(&reason));
        ensure!(may_pause, "it paused itself: {current}");
        let path = format!("campaigns/{campaign}/resume");
        let (status, answer) = self.post(&path, &json!({})).await?;
        ensure!(status == 200 || status == 409, "resume was answered {status}: {answer}");
        Ok(())
    }
}

/// Whether the campaign will send no more messages.
fn is_over(campaign: &Value) -> bool {
    ["done", "stopped"].contains(&campaign["dispatch"].as_str().unwrap_or_default())
}
