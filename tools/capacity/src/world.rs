//! A run, second by second.
//!
//! Numbers of recipients and units are fractions, because the question is whether quotas suffice,
//! not which message goes where. Chunks are whole, because their turns and waits matter.

mod callbacks;
mod cutting;
mod dispatch;
mod upkeep;

use std::collections::{BTreeMap, VecDeque};

use crate::account::Account;
use crate::campaign::{Campaign, Sending};
use crate::cost::Usage;
use crate::limits::{Held, Limit, Peaks};
use crate::mapping::Mapping;
use crate::queue::{Order, Queue};
use crate::quotas::PARTITION_WRITES;
use crate::table::{Kind, Served, Table};

/// More seconds than turns are granted ahead.
const TURNS: usize = 256;
/// An hour, including the time in which all its campaigns begin.
const HOUR: u32 = 3_600 + 120;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub account: Account,
    pub order: Order,
    /// The provider's callbacks per recipient.
    pub callbacks: f64,
    /// The second after which an unfinished run is cut off.
    pub seconds_most: u32,
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The second in which the last recipient was sent.
    pub finished_at: Option<u32>,
    pub handed: f64,
    /// Those of them in the first hour and two minutes.
    pub handed_in_hour: f64,
    pub throttled: f64,
    pub throttled_reads: f64,
    /// The longest that a refused write waited, in seconds.
    pub backlog: f64,
    /// Messages on the dispatch queue, including delayed ones.
    pub queued_most: u32,
    /// Receipts on their queue.
    pub receipts_most: f64,
    /// Callbacks refused for lack of capacity. Twilio doesn't reliably retry them.
    pub refused: f64,
    pub concurrency_most: f64,
    pub held: Held,
    pub peaks: Peaks,
    pub usage: Usage,
    pub sendings: Vec<Sending>,
}

impl Outcome {
    /// US dollars per million recipients.
    #[must_use]
    pub fn dollars_per_million(&self) -> f64 {
        self.usage.dollars() / self.handed.max(1.0) * 1e6
    }
}

struct World {
    now: u32,
    settings: Settings,
    sendings: Vec<Sending>,
    /// Campaigns that haven't begun, in reverse order.
    to_come: Vec<usize>,
    cutting: VecDeque<usize>,
    /// Slices by the second of their turn, with the number of slices that are left of their chunk.
    turns: Vec<Vec<(usize, u32)>>,
    /// Chunks whose turn has not come.
    delayed: u32,
    /// Chunks without a turn.
    waiting: u32,
    queue: Queue,
    /// Campaigns to drain, by the second of the minute.
    drains: Vec<Vec<usize>>,
    polls: BTreeMap<u32, Vec<usize>>,
    open: usize,
    table: Table,
    jobs: Mapping,
    dispatch: Mapping,
    receipts: Mapping,
    /// Function time that dispatch used beyond its last second.
    debt: f64,
    size: f64,
    /// Recipients that were sent in the last seconds, by partition.
    handed: VecDeque<Vec<f64>>,
    /// Receipts on their queue, by partition.
    received: Vec<f64>,
    busy: Busy,
    outcome: Outcome,
}

/// Functions that are busy in a second.
#[derive(Clone, Copy, Default)]
struct Busy {
    jobs: f64,
    dispatch: f64,
    receipts: f64,
    webhooks: f64,
}

impl Busy {
    fn sum(self) -> f64 {
        self.jobs + self.dispatch + self.receipts + self.webhooks
    }
}

/// Runs campaigns until everything is sent and all receipts are written, or time is up.
#[must_use]
pub fn run(campaigns: &[Campaign], settings: Settings) -> Outcome {
    let mut world = World::new(campaigns, settings);
    while world.now < settings.seconds_most && !world.is_done() {
        world.second();
        world.now += 1;
    }
    world.count_the_rest();
    Outcome { sendings: world.sendings, ..world.outcome }
}

impl World {
    fn new(campaigns: &[Campaign], settings: Settings) -> Self {
        let account = settings.account;
        let table = Table::new(account.warm_writes, account.table_units);
        let mut to_come: Vec<usize> = (0..campaigns.len()).collect();
        to_come.sort_by_key(|at| std::cmp::Reverse((campaigns[*at].starts, *at)));
        Self {
            now: 0,
            settings,
            sendings: campaigns.iter().copied().map(Sending::new).collect(),
            to_come,
            cutting: VecDeque::new(),
            turns: vec![Vec::new(); TURNS],
            delayed: 0,
            waiting: 0,
            queue: Queue::new(settings.order, campaigns.len()),
            drains: vec![Vec::new(); 60],
            polls: BTreeMap::new(),
            open: campaigns.len(),
            received: vec![0.0; table.partitions()],
            table,
            jobs: Mapping::new(account.jobs),
            dispatch: Mapping::new(account.dispatch),
            receipts: Mapping::new(account.receipts),
            debt: 0.0,
            size: 1.0,
            handed: VecDeque::from(vec![Vec::new(); crate::pace::CALLBACK_AFTER]),
            busy: Busy::default(),
            outcome: Outcome {
                finished_at: None,
                handed: 0.0,
                handed_in_hour: 0.0,
                throttled: 0.0,
                throttled_reads: 0.0,
                backlog: 0.0,
                queued_most: 0,
                receipts_most: 0.0,
                refused: 0.0,
                concurrency_most: 0.0,
                held: Held::default(),
                peaks: Peaks::default(),
                usage: Usage::default(),
                sendings: Vec::new(),
            },
        }
    }

    fn is_done(&self) -> bool {
        let left: f64 = self.received.iter().sum::<f64>()
            + self.handed.iter().flatten().sum::<f64>()
            + self.table.waiting(Kind::Handover)
            + self.table.waiting(Kind::Receipts);
        self.open == 0 && self.queue.is_empty() && left < 0.5
    }

    fn second(&mut self) {
        self.webhooks();
        self.cut();
        self.look_after();
        self.take_turns();
        let is_backlog = self.dispatch();
        self.apply_receipts();
        let served = self.table.serve(self.now);
        self.note(&served, is_backlog);
        self.hand_over(served);
    }

    /// Records what was served, and what held back the rest.
    fn note(&mut self, served: &Served, is_backlog: bool) {
        let outcome = &mut self.outcome;
        outcome.usage.writes += served.writes;
        outcome.usage.reads += served.reads;
        outcome.throttled += served.throttled;
        outcome.throttled_reads += served.throttled_reads;
        outcome.backlog = outcome.backlog.max(served.backlog);
        let concurrency = self.busy.sum();
        outcome.concurrency_most = outcome.concurrency_most.max(concurrency);
        outcome.queued_most = outcome.queued_most.max(self.queue.len() + self.delayed);
        outcome.receipts_most = outcome.receipts_most.max(self.received.iter().sum());
        let peaks = &mut outcome.peaks;
        peaks.partition = peaks.partition.max(served.hottest / PARTITION_WRITES);
        peaks.table = peaks.table.max(served.writes / self.table.capacity());
        peaks.concurrency = peaks.concurrency.max(concurrency / self.settings.account.concurrency);
        let is_throttled = served.throttled > 0.5 && self.table.waiting(Kind::Handover) > 0.5;
        let by = if is_throttled && served.is_full {
            Limit::Table
        } else if is_throttled {
            Limit::Partition
        } else if is_backlog {
            self.of_dispatch()
        } else if self.delayed > 0 || self.waiting > 0 {
            Limit::Sender
        } else if !self.cutting.is_empty() {
            Limit::FanOut
        } else {
            return;
        };
        self.outcome.held.note(by, self.now);
    }

    /// Schedules the callbacks for the messages that were sent.
    fn hand_over(&mut self, served: Served) {
        let units = crate::cost::HANDOVER_WRITES;
        let recipients: Vec<f64> = served.handover.into_iter().map(|of| of / units).collect();
        let handed: f64 = recipients.iter().sum();
        self.outcome.handed += handed;
        if self.now < HOUR {
            self.outcome.handed_in_hour += handed;
        }
        if handed > 1e-6 {
            self.outcome.finished_at = Some(self.now);
        }
        self.handed.push_back(if handed > 0.0 { recipients } else { Vec::new() });
    }

    fn is_room(&self) -> f64 {
        let Busy { jobs, receipts, webhooks, .. } = self.busy;
        (self.settings.account.concurrency - jobs - receipts - webhooks).max(0.0)
    }
}

#[cfg(test)]
mod tests;
