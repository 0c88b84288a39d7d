//! Two hours pass at once, while the provider throttles everything.
//!
//! A few runs of a series happen without any others. Once the provider has throttled each of them,
//! the clocks of all functions are moved ahead: their processes are killed, and the new ones start
//! with a clock that is ahead. Queues and schedules keep the real time, so the sweep has to find
//! what is overdue.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use local::say;
use tokio::sync::watch;

use crate::caller::Callers;

/// The number of runs.
pub const RUNS: usize = 10;
const HOURS: u64 = 2;
const READY_WITHIN: Duration = Duration::from_mins(6);

/// The file from which the emulator reads how many seconds ahead new processes start.
#[must_use]
pub fn file() -> PathBuf {
    local::folder().join("ahead")
}

/// Lets the runs wait until the hours have passed.
pub struct Hours {
    ready: AtomicUsize,
    have_passed: watch::Sender<bool>,
}

impl Default for Hours {
    fn default() -> Self {
        Self { ready: AtomicUsize::new(0), have_passed: watch::Sender::new(false) }
    }
}

impl Hours {
    /// Waits until the hours have passed, which happens once every run waits.
    pub async fn pass(&self) -> anyhow::Result<()> {
        let mut have_passed = self.have_passed.subscribe();
        self.ready.fetch_add(1, Ordering::Relaxed);
        have_passed.wait_for(|passed| *passed).await.context("the hours never pass")?;
        Ok(())
    }

    /// Moves the clocks ahead once all runs wait, or some of them have failed.
    pub async fn run(self: Arc<Self>, callers: Arc<Callers>) -> anyhow::Result<()> {
        let until = Instant::now() + READY_WITHIN;
        while self.ready.load(Ordering::Relaxed) < RUNS && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        std::fs::write(file(), (HOURS * 3_600).to_string())?;
        tokio::task::spawn_blocking(move || callers.kill_all()).await?;
        say(&format!("{HOURS} hours have passed"));
        self.have_passed.send_replace(true);
        Ok(())
    }
}
