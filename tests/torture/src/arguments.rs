//! What to run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};

const USAGE: &str = "usage: torture [--seeds N] [--minutes N] [--from SEED] [--at-once N] [--skew SECONDS] [--blackout SECONDS] | --seed N";

/// One seed is run so often at once. Its faults are the same each time; which process they meet,
/// with which clock, and in what order, is not.
const TIMES: u64 = 40;

/// Seeds from one on, for a number or for a time.
#[derive(Clone, Debug)]
pub struct Arguments {
    from: u64,
    /// How many runs.
    pub seeds: u64,
    is_one: bool,
    /// How long it may take in all.
    pub within: Duration,
    pub at_once: usize,
    /// By how many seconds a function's clock may be off.
    pub skew: u32,
    /// How long the provider is down for everyone.
    pub blackout: Duration,
}

/// Long enough for two probes, which campaigns make a minute apart.
const BLACKOUT: Duration = Duration::from_mins(2);

impl Arguments {
    pub fn from_process() -> anyhow::Result<Self> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let mut arguments = Self {
            from: 1,
            seeds: 60,
            is_one: false,
            within: Duration::MAX,
            at_once: 80,
            skew: 180,
            blackout: BLACKOUT,
        };
        let mut from = None;
        for pair in words.chunks(2) {
            let [name, value] = pair else { bail!("{USAGE}") };
            let value: u64 = value.parse().context(USAGE)?;
            match name.as_str() {
                "--seeds" => arguments.seeds = value,
                "--seed" => {
                    (arguments.from, arguments.seeds) = (value, TIMES);
                    arguments.is_one = true;
                    // The company that it fails in matters more than how long this lasts.
                    arguments.blackout = Duration::from_secs(40);
                }
                "--from" => from = Some(value),
                "--at-once" => arguments.at_once = usize::try_from(value)?.max(1),
                "--blackout" => arguments.blackout = Duration::from_secs(value),
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
        arguments.from = from.unwrap_or(arguments.from);
        Ok(arguments)
    }

    /// The seed of the run of a number.
    #[must_use]
    pub fn seed(&self, number: u64) -> u64 {
        if self.is_one { self.from } else { number }
    }

    /// The first run's number, and seed.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.from
    }
}
