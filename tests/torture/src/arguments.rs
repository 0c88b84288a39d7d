//! What to run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};

const USAGE: &str = "usage: torture [--seeds N] [--minutes N] [--from SEED] [--at-once N] [--skew SECONDS] [--blackout SECONDS] | --seed N";

/// How many times `--seed` runs its seed at once. The faults are the same each time, but the
/// process that they hit, its clock and the order of events are not.
const TIMES: u64 = 40;

/// A range of seeds, limited by number or by time.
#[derive(Clone, Debug)]
pub struct Arguments {
    from: u64,
    /// The number of runs.
    pub seeds: u64,
    is_one: bool,
    /// The time limit for the whole series.
    pub within: Duration,
    pub at_once: usize,
    /// The largest error of a function's clock, in seconds.
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
                    // The concurrent runs matter more for reproducing a failure than the length of
                    // the blackout.
                    arguments.blackout = Duration::from_secs(40);
                }
                "--from" => from = Some(value),
                "--at-once" => arguments.at_once = usize::try_from(value)?.max(1),
                "--blackout" => arguments.blackout = Duration::from_secs(value),
                "--skew" => arguments.skew = u32::try_from(value)?,
                "--minutes" => {
                    arguments.within = Duration::from_secs(value * 60);
                    arguments.seeds = u64::MAX;
                    // Start with different seeds each time, or each run would find the same
                    // failures.
                    let day = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 60;
                    arguments.from = day % 100_000 * 3;
                }
                _ => bail!("{USAGE}"),
            }
        }
        arguments.from = from.unwrap_or(arguments.from);
        Ok(arguments)
    }

    /// The seed of the run with this number.
    #[must_use]
    pub fn seed(&self, number: u64) -> u64 {
        if self.is_one { self.from } else { number }
    }

    /// The number of the first run, which is also its seed.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.from
    }
}
