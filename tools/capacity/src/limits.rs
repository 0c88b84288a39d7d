//! The limit that holds a run back, and how close it comes to the others.

/// What messages may be waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The rate of their senders, as it should be.
    Sender,
    /// The cutting of the audience.
    FanOut,
    /// The growth of the dispatch queue's mapping, starting with five functions.
    Ramp,
    /// The maximum concurrency of the mapping.
    Mapping,
    /// The maximum concurrency of the account.
    Concurrency,
    /// One partition's writes.
    Partition,
    /// The table's writes, as far as it has grown.
    Table,
}

pub const LIMITS: [Limit; 7] = [
    Limit::Sender,
    Limit::FanOut,
    Limit::Ramp,
    Limit::Mapping,
    Limit::Concurrency,
    Limit::Partition,
    Limit::Table,
];

impl Limit {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sender => "sender's rate",
            Self::FanOut => "fan-out",
            Self::Ramp => "event source's ramp",
            Self::Mapping => "event source's maximum",
            Self::Concurrency => "Lambda concurrency",
            Self::Partition => "partition writes",
            Self::Table => "table writes",
        }
    }
}

/// How long messages waited for each limit.
#[derive(Clone, Debug, Default)]
pub struct Held {
    seconds: [u32; LIMITS.len()],
    since: [Option<u32>; LIMITS.len()],
}

impl Held {
    pub fn note(&mut self, by: Limit, now: u32) {
        self.seconds[by as usize] += 1;
        self.since[by as usize].get_or_insert(now);
    }

    /// The limit that held messages back longest: for how many seconds, and since when.
    #[must_use]
    pub fn longest(&self) -> Option<(Limit, u32, u32)> {
        let held = LIMITS.into_iter().filter_map(|limit| {
            let since = self.since[limit as usize]?;
            Some((limit, self.seconds[limit as usize], since))
        });
        held.max_by_key(|(_, seconds, _)| *seconds)
    }

    #[must_use]
    pub fn seconds(&self, of: Limit) -> u32 {
        self.seconds[of as usize]
    }
}

/// The highest use of each quota, as a fraction of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peaks {
    pub partition: f64,
    pub table: f64,
    pub mapping: f64,
    pub concurrency: f64,
    pub http: f64,
}

impl Peaks {
    #[must_use]
    pub fn highest(&self) -> (&'static str, f64) {
        let all = [
            ("partition writes", self.partition),
            ("table writes", self.table),
            ("event source's maximum", self.mapping),
            ("Lambda concurrency", self.concurrency),
            ("callbacks taken", self.http),
        ];
        all.into_iter()
            .fold(("nothing", 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }
}
