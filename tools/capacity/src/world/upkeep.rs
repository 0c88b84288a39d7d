//! What runs beside the messages: turns, drains and polls.

use super::{TURNS, World};
use crate::cost::{
    BUCKET_PARTS, BUCKET_WRITES, CAMPAIGN_WRITES, COUNT_READS, DRAIN_EVERY, HORIZON, LOOK_READS,
    POLL_EVERY, POLLS, SLICE_SECONDS, TURN_WRITES,
};
use crate::demand::whole;
use crate::hash;
use crate::pace::{COUNT_SECONDS, TABLE_SECONDS};
use crate::queue::Message;
use crate::table::Kind;

/// Added to a campaign's key for the items that it has only once.
pub(super) const ONCE: u32 = 200_000;

impl World {
    /// Grants the turns of the next two minutes. The fan-out writes its turns together with the
    /// chunks.
    pub(super) fn grant(&mut self, at: usize, by_fan_out: bool) {
        let sending = &mut self.sendings[at];
        let key = sending.campaign.key;
        let (before, shards) = (sending.granted, sending.campaign.shards);
        while sending.granted < sending.cut
            && let Some(turn) = sending.bucket.grant(sending.size, f64::from(self.now), HORIZON)
        {
            let slices = sending.slices;
            self.turns[second_of(turn) as usize % TURNS].push((at, slices));
            sending.granted += 1;
        }
        let granted = before..sending.granted;
        if granted.is_empty() {
            return;
        }
        self.delayed += sending.granted - before;
        self.waiting -= sending.granted - before;
        let parts = f64::from(sending.granted - before) * sending.size;
        let at_once =
            BUCKET_PARTS.min(sending.campaign.parts_per_second * SLICE_SECONDS).max(sending.size);
        let asked = (parts / at_once).ceil();
        self.table.write(hash::of(key, ONCE), Kind::Upkeep, asked * BUCKET_WRITES);
        self.table.read(hash::of(key, ONCE), asked);
        if !by_fan_out {
            for number in granted {
                self.table.write(hash::of(key, number % shards), Kind::Upkeep, TURN_WRITES);
            }
        }
    }

    /// Queues the chunks whose turn has come.
    pub(super) fn take_turns(&mut self) {
        let mut turns = std::mem::take(&mut self.turns[self.now as usize % TURNS]);
        for (group, slices) in turns.drain(..) {
            self.queue.push(Message { group, came: self.now, slices });
            self.delayed -= 1;
        }
        self.turns[self.now as usize % TURNS] = turns;
    }

    /// Runs the drains and polls of this second.
    pub(super) fn look_after(&mut self) {
        let second = self.now as usize % DRAIN_EVERY as usize;
        let mut drained = std::mem::take(&mut self.drains[second]);
        drained.retain(|at| self.sendings[*at].done_at.is_none());
        for at in drained.clone() {
            if self.sendings[at].began_at != Some(self.now) {
                self.drain(at);
            }
        }
        self.drains[second].append(&mut drained);
        for at in self.polls.remove(&self.now).unwrap_or_default() {
            self.poll(at);
            if let Some(next) = self.next_poll(at) {
                self.polls.entry(next).or_default().push(at);
            }
        }
    }

    fn drain(&mut self, at: usize) {
        self.grant(at, false);
        let sending = &self.sendings[at];
        let key = sending.campaign.key;
        let shards = f64::from(sending.campaign.shards);
        let looked = (f64::from(sending.cut) * LOOK_READS).max(shards);
        self.table.write(hash::of(key, ONCE), Kind::Upkeep, CAMPAIGN_WRITES);
        let usage = &mut self.outcome.usage;
        usage.reads += looked + 2.0;
        usage.queue_requests += 3.0;
        usage.invocations += 1.0;
        usage.seconds += shards / 8.0 * TABLE_SECONDS + 3.0 * TABLE_SECONDS;
    }

    fn poll(&mut self, at: usize) {
        let sending = &mut self.sendings[at];
        let key = sending.campaign.key;
        sending.polls += 1;
        let messages = sending.dispatched();
        self.table.write(hash::of(key, ONCE), Kind::Upkeep, CAMPAIGN_WRITES);
        let usage = &mut self.outcome.usage;
        usage.reads += messages * COUNT_READS + f64::from(sending.campaign.shards) / 2.0;
        usage.queue_requests += 2.0;
        usage.invocations += 1.0;
        usage.seconds += messages * COUNT_SECONDS + 5.0 * TABLE_SECONDS;
        usage.schedules += 1.0;
    }

    fn next_poll(&self, at: usize) -> Option<u32> {
        let sending = &self.sendings[at];
        let polls = usize::try_from(sending.polls).unwrap_or(usize::MAX);
        match (POLLS.get(polls), sending.done_at) {
            (Some(after), _) => Some(sending.cut_at? + after),
            (None, None) => Some(self.now + POLL_EVERY),
            (None, Some(_)) => None,
        }
    }

    /// Counts the polls of a run's campaigns that come after its end.
    pub(super) fn count_the_rest(&mut self) {
        for at in 0..self.sendings.len() {
            let polls = usize::try_from(self.sendings[at].polls).unwrap_or(usize::MAX);
            for _ in polls..POLLS.len() {
                self.poll(at);
            }
        }
        let served = self.table.serve(self.now);
        self.outcome.usage.writes += served.writes + self.table.waiting(Kind::Upkeep);
    }
}

/// The whole second at or before a time.
fn second_of(moment: f64) -> u32 {
    if moment > 0.0 { whole(moment.ceil()) } else { 0 }
}
