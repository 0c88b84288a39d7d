//! The table: partitions, each with its limit, within the limit of the table.
//!
//! What is requested in a second and not served waits for the next one, because the SDK and
//! `infra::table` retry it. A partition is a range of hashes. When the table grows, each is cut in
//! two.

use crate::growth::Growth;
use crate::hash;
use crate::quotas::{PARTITION_READS, PARTITION_WRITES, READS_AT_BIRTH, WRITES_AT_BIRTH};

/// What units are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Claims and outcomes.
    Handover,
    Receipts,
    /// Chunks, their states, campaigns.
    Upkeep,
}

const KINDS: [Kind; 3] = [Kind::Handover, Kind::Receipts, Kind::Upkeep];

#[derive(Clone, Copy, Debug, Default)]
struct Partition {
    /// Units of each kind that are requested for the first time.
    asked: [f64; 3],
    /// Units of each kind that were refused before.
    waiting: [f64; 3],
    reads: f64,
}

/// The result of a second.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Units of claims and outcomes, by partition.
    pub handover: Vec<f64>,
    pub writes: f64,
    pub reads: f64,
    /// Units that were refused at their first request.
    pub throttled: f64,
    pub throttled_reads: f64,
    /// Seconds until all waiting units are served, at the slowest partition.
    pub backlog: f64,
    /// What the hottest partition served.
    pub hottest: f64,
    /// Whether the table as a whole refused something.
    pub is_full: bool,
}

#[derive(Clone, Debug)]
pub struct Table {
    writes: Growth,
    reads: Growth,
    partitions: Vec<Partition>,
    /// Units of each kind that wait, over all partitions.
    waiting: [f64; 3],
    is_asked: bool,
}

impl Table {
    /// An on-demand table that initially serves `warm` write units per second, and three times as
    /// many read units.
    #[must_use]
    pub fn new(warm: f64, quota: f64) -> Self {
        let reads = warm * READS_AT_BIRTH / WRITES_AT_BIRTH;
        let mut table = Self {
            writes: Growth::new(warm, quota),
            reads: Growth::new(reads, quota),
            partitions: vec![Partition::default()],
            waiting: [0.0; 3],
            is_asked: false,
        };
        table.split();
        table
    }

    #[must_use]
    pub fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// Write units per second that the table can serve now.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.writes.capacity()
    }

    /// Requests writes of an item whose key has this hash.
    pub fn write(&mut self, hash: u64, kind: Kind, units: f64) {
        self.write_at(hash::partition(hash, self.partitions.len()), kind, units);
    }

    pub fn write_at(&mut self, partition: usize, kind: Kind, units: f64) {
        self.partitions[partition].asked[kind as usize] += units;
        self.is_asked = true;
    }

    pub fn read(&mut self, hash: u64, units: f64) {
        let partition = hash::partition(hash, self.partitions.len());
        self.partitions[partition].reads += units;
        self.is_asked = true;
    }

    /// Units of a kind that wait for another second.
    #[must_use]
    pub fn waiting(&self, kind: Kind) -> f64 {
        self.waiting[kind as usize]
    }

    /// Ends second `now`.
    pub fn serve(&mut self, now: u32) -> Served {
        let mut served = Served::default();
        if !self.is_asked {
            self.writes.note(0.0, now);
            self.reads.note(0.0, now);
            return served;
        }
        let capacity = self.writes.capacity();
        self.waiting = [0.0; 3];
        let possible: f64 = self.partitions.iter().map(|p| p.wanted().min(PARTITION_WRITES)).sum();
        let scale = if possible > capacity { capacity / possible } else { 1.0 };
        served.is_full = possible > capacity;
        for partition in &mut self.partitions {
            let wanted = partition.wanted();
            let units = wanted.min(PARTITION_WRITES) * scale;
            let ratio = if wanted > 0.0 { units / wanted } else { 1.0 };
            served.writes += units;
            served.hottest = served.hottest.max(units);
            let at = Kind::Handover as usize;
            served.handover.push((partition.asked[at] + partition.waiting[at]) * ratio);
            for kind in KINDS.map(|kind| kind as usize) {
                let refused = partition.asked[kind] * (1.0 - ratio);
                served.throttled += refused;
                partition.waiting[kind] = partition.waiting[kind] * (1.0 - ratio) + refused;
                partition.asked[kind] = 0.0;
                self.waiting[kind] += partition.waiting[kind];
            }
            let backlog = partition.waiting.iter().sum::<f64>() / PARTITION_WRITES;
            served.backlog = served.backlog.max(backlog);
        }
        self.serve_reads(&mut served);
        self.is_asked = self.waiting.iter().sum::<f64>() > 0.0 || served.throttled_reads > 0.0;
        self.writes.note(served.writes, now);
        self.reads.note(served.reads, now);
        self.split();
        served
    }

    fn serve_reads(&mut self, served: &mut Served) {
        let capacity = self.reads.capacity();
        let possible: f64 = self.partitions.iter().map(|p| p.reads.min(PARTITION_READS)).sum();
        let scale = if possible > capacity { capacity / possible } else { 1.0 };
        for partition in &mut self.partitions {
            let units = partition.reads.min(PARTITION_READS) * scale;
            partition.reads -= units;
            served.reads += units;
            served.throttled_reads += partition.reads;
        }
    }

    /// Splits partitions until there are enough for the table's capacity.
    fn split(&mut self) {
        let takes = |partitions: usize, units: f64| {
            f64::from(u32::try_from(partitions).unwrap_or(u32::MAX)) * units
        };
        while takes(self.partitions.len(), PARTITION_WRITES) < self.writes.capacity()
            || takes(self.partitions.len(), PARTITION_READS) < self.reads.capacity()
        {
            self.partitions = self.partitions.iter().flat_map(|p| [p.half(), p.half()]).collect();
        }
    }
}

impl Partition {
    fn wanted(&self) -> f64 {
        self.asked.iter().sum::<f64>() + self.waiting.iter().sum::<f64>()
    }

    fn half(&self) -> Self {
        Self {
            asked: self.asked.map(|units| units / 2.0),
            waiting: self.waiting.map(|units| units / 2.0),
            reads: self.reads / 2.0,
        }
    }
}

#[cfg(test)]
mod tests;
