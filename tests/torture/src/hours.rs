//! Two hours pass in a moment, while the provider throttles everything.
//!
//! Some runs are under way together with no other. Once each of them has met the throttle, the
//! clocks of all functions are put forward: their processes are killed, and the new ones are ahead.
//! Queues and schedules keep their own time, so the sweep has to find what is overdue.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use local::say;
use tokio::sync::watch;

use crate::caller::Callers;

/// How many runs.
pub const RUNS: usize = 10;
const HOURS: u64 = 2;
const READY_WITHIN: Duration = Duration::from_mins(3);

/// The file that tells the emulator by how many seconds new processes are ahead.
#[must_use]
pub fn file() -> PathBuf {
    local::folder().join("ahead")
}

/// Where the runs wait for the hours to pass.
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
    /// Waits until the hours have passed. They do once every run waits.
    pub async fn pass(&self) -> anyhow::Result<()> {
        let mut have_passed = self.have_passed.subscribe();
        self.ready.fetch_add(1, Ordering::Relaxed);
        have_passed.wait_for(|passed| *passed).await.context("the hours never pass")?;
        Ok(())
    }

    /// Lets the hours pass once all runs wait, or some have failed before.
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
