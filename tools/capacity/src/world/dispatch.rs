//! Chunks on their way to the provider.

use super::{TURNS, World};
use crate::cost::{CHUNK_REQUESTS, CHUNKS_AT_ONCE, HANDOVER_WRITES, WORK_READS, WORK_WRITES};
use crate::hash;
use crate::limits::Limit;
use crate::pace::chunk_slot;
use crate::queue::Message;
use crate::table::Kind;

/// The length of a slice, in whole seconds.
const SLICE: usize = 10;

impl World {
    /// Takes chunks from the queue for a second. Returns whether any are left on it.
    pub(super) fn dispatch(&mut self) -> bool {
        // Workers take no other chunk while their writes wait.
        let waiting = self.table.waiting(Kind::Handover) / HANDOVER_WRITES;
        let held = waiting / (self.size * CHUNKS_AT_ONCE);
        let allowed = self.dispatch.concurrency().min(self.is_room());
        let free = (allowed - held).max(0.0);
        let mut left = free - self.debt;
        while left > 0.0
            && let Some(message) = self.queue.pop()
        {
            left -= self.take(message);
        }
        self.debt = (-left).max(0.0);
        let busy = free - left.max(0.0) + held.min(allowed);
        self.busy.dispatch = busy;
        self.outcome.usage.seconds += busy;
        let most = self.dispatch.most();
        self.outcome.peaks.mapping = self.outcome.peaks.mapping.max(busy / most);
        let is_backlog = !self.queue.is_empty();
        self.dispatch.after(is_backlog);
        is_backlog
    }

    /// What limits the dispatch if there is a backlog on the queue.
    pub(super) fn of_dispatch(&self) -> Limit {
        if self.is_room() < self.dispatch.concurrency() {
            Limit::Concurrency
        } else if self.dispatch.is_at_most() {
            Limit::Mapping
        } else {
            Limit::Ramp
        }
    }

    /// Lets a worker take a slice. Returns its share of a function's second.
    fn take(&mut self, message: Message) -> f64 {
        let Message { group: at, came, slices } = message;
        let sending = &mut self.sendings[at];
        let key = sending.campaign.key;
        let (shards, size) = (sending.campaign.shards, sending.slice);
        let number = sending.done / sending.slices;
        sending.done += 1;
        sending.longest_wait = sending.longest_wait.max(self.now - came);
        if sending.is_done() {
            sending.done_at = Some(self.now);
            self.open -= 1;
        }
        self.size = size;
        let units = size / f64::from(shards) * HANDOVER_WRITES;
        for shard in 0..shards {
            self.table.write(hash::of(key, shard), Kind::Handover, units);
        }
        let own = hash::of(key, number % shards);
        self.table.write(own, Kind::Upkeep, WORK_WRITES);
        self.table.read(own, WORK_READS);
        let usage = &mut self.outcome.usage;
        usage.queue_requests += CHUNK_REQUESTS - 0.1;
        if slices > 1 {
            let next = self.now as usize + SLICE;
            self.turns[next % TURNS].push((at, slices - 1));
            self.delayed += 1;
            usage.queue_requests += 1.0;
        }
        usage.invocations += 1.0 / CHUNKS_AT_ONCE;
        chunk_slot(size)
    }
}
