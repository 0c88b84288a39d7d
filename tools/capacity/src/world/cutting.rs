//! The fan-out: chunks are cut, and the first of them get their turns at once.

use super::World;
use super::upkeep::ONCE;
use crate::cost::{
    BEFORE_WRITES, CAMPAIGN_WRITES, CONTACT_READS, CUT_WRITES, EMPTY_END_WRITES, SPLIT_CONTACTS,
};
use crate::hash;
use crate::pace::{CHAINS, CUT_SECONDS, FAN_OUT_SECONDS};
use crate::table::Kind;

/// Added to a campaign's key for its audience, whose partitions are others.
const AUDIENCE: u32 = 100_000;

impl World {
    /// Begins the campaigns that are due, and cuts for a second.
    pub(super) fn cut(&mut self) {
        while let Some(at) = self.to_come.last().copied()
            && self.sendings[at].campaign.starts <= self.now
        {
            self.to_come.pop();
            self.cutting.push_back(at);
            self.outcome.usage.schedules += 1.0;
        }
        let room = self.settings.account.concurrency - self.busy.sum() + self.busy.jobs;
        let budget = self.jobs.concurrency().min(room.max(0.0));
        let mut left = budget;
        // A chain continues once its last chunk is written.
        let is_held = self.table.waiting(Kind::Upkeep) > budget * CHAINS * CUT_WRITES;
        let mut rounds = if is_held { 0 } else { self.cutting.len() };
        while rounds > 0 && left > 0.0 {
            rounds -= 1;
            let Some(at) = self.cutting.pop_front() else { break };
            left -= self.cut_one(at, left);
            if self.sendings[at].cut < self.sendings[at].chunks {
                self.cutting.push_back(at);
            } else {
                self.is_cut(at);
            }
        }
        self.busy.jobs = budget - left.max(0.0);
        self.outcome.usage.seconds += self.busy.jobs;
        self.jobs.after(!self.cutting.is_empty() && left <= 0.0);
    }

    /// Cuts a campaign for at most a second of function time, and returns the time that it took.
    fn cut_one(&mut self, at: usize, budget: f64) -> f64 {
        let now = self.now;
        let sending = &mut self.sendings[at];
        let is_first = sending.began_at.is_none();
        sending.began_at.get_or_insert(now);
        let shards = sending.campaign.shards;
        let is_split = f64::from(sending.cut) * sending.size >= SPLIT_CONTACTS;
        let (functions, chains) =
            if is_split { (f64::from(shards), 1.0) } else { (1.0, f64::from(shards).min(CHAINS)) };
        let each = CUT_SECONDS / chains;
        let start = if is_first { FAN_OUT_SECONDS } else { 0.0 };
        let wanted = start + f64::from(sending.chunks - sending.cut) * each;
        let seconds = wanted.min(functions).min(budget);
        sending.cutting += (seconds - start).max(0.0) / each + 1e-9;
        let mut cut = 0_u32;
        while sending.cutting >= 1.0 && sending.cut + cut < sending.chunks {
            sending.cutting -= 1.0;
            cut += 1;
        }
        let (first, size) = (sending.cut, sending.size);
        sending.cut += cut;
        self.waiting += cut;
        let key = self.sendings[at].campaign.key;
        for number in first..first + cut {
            let shard = number % shards;
            self.table.write(hash::of(key, shard), Kind::Upkeep, CUT_WRITES);
            self.table.read(hash::of(key, AUDIENCE + shard), size * CONTACT_READS);
        }
        let usage = &mut self.outcome.usage;
        usage.queue_requests += f64::from(cut) * 0.1;
        usage.invocations += if is_first { 1.0 } else { 0.0 };
        if is_first {
            self.drains[now as usize % 60].push(at);
            let units = BEFORE_WRITES * CAMPAIGN_WRITES;
            self.table.write(hash::of(key, ONCE), Kind::Upkeep, units);
        }
        self.grant(at, true);
        seconds
    }

    fn is_cut(&mut self, at: usize) {
        let sending = &mut self.sendings[at];
        let key = sending.campaign.key;
        sending.cut_at = Some(self.now);
        let shards = sending.campaign.shards;
        let empty = shards.saturating_sub(sending.campaign.recipients);
        for shard in 0..empty {
            self.table.write(hash::of(key, shard), Kind::Upkeep, EMPTY_END_WRITES);
        }
        self.polls.entry(self.now + crate::cost::POLLS[0]).or_default().push(at);
        if self.sendings[at].chunks == 0 {
            self.sendings[at].done_at = Some(self.now);
            self.open -= 1;
        }
    }
}
