//! Like `functions/send/src/begin.rs` and `fan_out.rs`.

use shared::audience::Totals;
use shared::campaign::{Begin, Broadcast, Campaign, Dispatch};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::chunk_state::ChunkState;
use shared::contact::moment_of_send;
use shared::job::Job;
use shared::time::Timestamp;

use super::campaigns::{arm, update};
use crate::ask::{Io, Step, sum};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Rules;

pub(super) fn begin(io: &mut Io<'_>, scheduled_at: Timestamp) -> Step<()> {
    loop {
        let last = io.last_send()?;
        let now = moment_of_send(last, io.now());
        let Some(campaign) = io.campaign()? else { return Ok(()) };
        match protocol::begin(&campaign, scheduled_at, io.organization, now) {
            Begin::Begun(next) => {
                if io.begin_campaign(&campaign, (*next).clone(), last, now)? {
                    if let Some(due) = next.drain.clone() {
                        arm(io, due.job, due.at.plus_seconds(-protocol::PATIENCE))?;
                    }
                    return run(io, &next, true);
                }
            }
            Begin::Underway => return run(io, &campaign, false),
            Begin::Ignored => return Ok(()),
        }
    }
}

pub(super) fn resume(io: &mut Io<'_>) -> Step<()> {
    match io.campaign()? {
        Some(campaign) => run(io, &campaign, false),
        None => Ok(()),
    }
}

fn run(io: &mut Io<'_>, campaign: &Campaign, is_first: bool) -> Step<()> {
    let Some(broadcast) = campaign.broadcast() else { return Ok(()) };
    if !broadcast.audience.is_cutting() {
        return Ok(());
    }
    let trial = broadcast.trial.filter(|_| io.rules != Rules::TrialSkipped);
    let mut fan_out = FanOut {
        io,
        broadcast,
        waiting: Vec::new(),
        cut: Vec::new(),
        shown_at: None,
        grants: trial.map(|size| if is_first { size } else { 0 }),
        remembered: Vec::new(),
    };
    let mut totals = Vec::new();
    for shard in 0..broadcast.shards {
        totals.push(fan_out.shard(shard)?);
    }
    fan_out.release()?;
    fan_out.hand_over()?;
    fan_out.finish(sum(totals))
}

struct FanOut<'a, 'b> {
    io: &'a mut Io<'b>,
    broadcast: &'a Broadcast,
    waiting: Vec<Job>,
    cut: Vec<(u16, Totals)>,
    shown_at: Option<Timestamp>,
    /// The number of recipients that may still be granted; `None` without a trial.
    grants: Option<u32>,
    remembered: Vec<(u16, ChunkState)>,
}

impl FanOut<'_, '_> {
    fn shard(&mut self, shard: u16) -> Step<Totals> {
        let mut last = self.io.last_chunk(shard)?.map(|chunk| (*chunk).clone());
        loop {
            match &last {
                Some(chunk) if chunk.ends => return Ok(chunk.totals),
                _ => {}
            }
            let chain = last.as_ref().map(ChainEnd::after).unwrap_or_default();
            last = Some(self.chain(shard, chain)?);
        }
    }

    /// Continues a chain until it ends or meets a chunk that another run has cut.
    fn chain(&mut self, shard: u16, from: ChainEnd) -> Step<Chunk> {
        let mut begin = from.through.clone();
        let mut cutter = Cutter::new(self.broadcast.sent_at, from);
        loop {
            let page = self.io.audience_page(shard, begin.as_deref())?;
            for (entry, is_unsubscribed) in page.entries.clone() {
                if let Some(chunk) = cutter.push(entry, is_unsubscribed)
                    && let Some(existing) = self.put(shard, &chunk)?
                {
                    return Ok(existing);
                }
            }
            begin.clone_from(&page.next);
            if begin.is_none() {
                let end = cutter.finish();
                return Ok(self.put(shard, &end)?.unwrap_or(end));
            }
        }
    }

    fn put(&mut self, shard: u16, chunk: &Chunk) -> Step<Option<Chunk>> {
        let now = self.io.now();
        let state = protocol::cut(chunk, self.broadcast, self.grants, now);
        let existing = self.io.put_chunk(shard, chunk, state.as_ref())?;
        if existing.is_none() {
            self.cut.retain(|(of, _)| *of != shard);
            self.cut.push((shard, chunk.totals));
            let granted = state.as_ref().and_then(|state| state.grant);
            if let (Some(grants), Some(granted)) = (&mut self.grants, granted) {
                *grants -= granted.to - granted.from;
            }
            if let Some(state) = state.clone().filter(|state| state.turn().is_none()) {
                self.remembered.push((shard, state));
            }
            if let Some(turn) = state.and_then(|state| state.turn()) {
                let epoch = self.broadcast.epoch;
                let job = protocol::chunk_job(epoch, shard, chunk.number, Some(turn));
                self.waiting.push(job);
            }
            self.show(now)?;
        }
        Ok(existing.map(|chunk| (*chunk).clone()))
    }

    /// Like `functions/send/src/fan_out/gate.rs`, which also asks before the end.
    fn release(&mut self) -> Step<()> {
        let remembered = std::mem::take(&mut self.remembered);
        if self.grants.is_none() || remembered.is_empty() {
            return Ok(());
        }
        let Some(campaign) = self.io.campaign()? else { return Ok(()) };
        let epoch = self.broadcast.epoch;
        if campaign.running(epoch).is_none_or(|broadcast| broadcast.trial.is_some()) {
            return Ok(());
        }
        for (shard, cut) in remembered {
            let now = self.io.now();
            let queued = ChunkState { updated_at: now, ..cut.clone() }.with_turn(now);
            if self.io.save_state(shard, &Kept::new(cut), &queued)? {
                let turn = queued.turn();
                self.waiting.push(protocol::chunk_job(epoch, shard, queued.number, turn));
            }
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Step<()> {
        for job in std::mem::take(&mut self.waiting) {
            let now = self.io.now();
            self.io.send(job, now)?;
        }
        Ok(())
    }

    fn show(&mut self, now: Timestamp) -> Step<()> {
        let last = *self.shown_at.get_or_insert(now);
        if now < last.plus_seconds(protocol::SHOWN_EVERY) {
            return Ok(());
        }
        self.shown_at = Some(now);
        let totals = sum(self.cut.iter().map(|(_, totals)| *totals));
        update(self.io, |campaign| protocol::fanning_out(campaign, totals, now))?;
        Ok(())
    }

    fn finish(&mut self, totals: Totals) -> Step<()> {
        let now = self.io.now();
        let written = update(self.io, |campaign| protocol::fanned_out(campaign, totals, now))?;
        let Some(campaign) = written else { return Ok(()) };
        if let Some(due) = campaign.step {
            arm(self.io, due.job, due.at.plus_seconds(-protocol::PATIENCE))?;
        }
        match campaign.drain {
            Some(due) if self.broadcast.dispatch == Dispatch::Held => self.io.send(due.job, now),
            _ => Ok(()),
        }
    }
}
