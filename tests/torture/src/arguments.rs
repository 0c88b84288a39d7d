//! What to run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};

const USAGE: &str = "usage: torture [--seeds N] [--minutes N] [--from SEED] [--at-once N] [--skew SECONDS] | --seed N";

/// Seeds from one on, for a number or for a time.
#[derive(Clone, Debug)]
pub struct Arguments {
    from: u64,
    pub seeds: u64,
    /// How long it may take in all.
    pub within: Duration,
    pub at_once: usize,
    /// By how many seconds a function's clock may be off.
    pub skew: u32,
}

impl Arguments {
    pub fn from_process() -> anyhow::Result<Self> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let mut arguments =
            Self { from: 1, seeds: 60, within: Duration::MAX, at_once: 80, skew: 180 };
        for pair in words.chunks(2) {
            let [name, value] = pair else { bail!("{USAGE}") };
            let value: u64 = value.parse().context(USAGE)?;
            match name.as_str() {
                "--seeds" => arguments.seeds = value,
                "--seed" => (arguments.from, arguments.seeds) = (value, 1),
                "--from" => arguments.from = value,
                "--at-once" => arguments.at_once = usize::try_from(value)?.max(1),
                "--skew" => arguments.skew = u32::try_from(value)?,
                "--minutes" => {
                    arguments.within = Duration::from_secs(value * 60);
                    arguments.seeds = u64::MAX;
                    // Each time others, or the same would be found each time.
                    let day = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 60;
                    arguments.from = day % 100_000 * 3;
                }
                _ => bail!("{USAGE}"),
            }
        }
        Ok(arguments)
    }

    /// The first seed.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.from
    }
}
