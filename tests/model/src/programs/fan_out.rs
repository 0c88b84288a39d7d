//! Like `functions/send/src/begin.rs` and `fan_out.rs`.

use shared::audience::Totals;
use shared::campaign::{Begin, Broadcast, Campaign, Dispatch};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::chunk_state::ChunkState;
use shared::contact::moment_of_send;
use shared::job::Job;
use shared::time::Timestamp;

use super::campaigns::{arm, update};
use crate::ask::{Io, Step, Stop, borne, sum};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Rules;

/// Jobs that are handed over in one request.
const HANDED_AT_ONCE: usize = 10;

pub(super) fn begin(io: &mut Io<'_>, scheduled_at: Timestamp) -> Step<()> {
    loop {
        let last = io.last_send()?;
        let now = moment_of_send(last, io.now());
        let Some(campaign) = io.campaign()? else { return Ok(()) };
        match protocol::begin(&campaign, scheduled_at, io.organization, now) {
            Begin::Begun(next) => {
                if io.begin_campaign(&campaign, (*next).clone(), last, now)? {
                    if let Some(due) = next.drain.clone() {
                        arm(io, due.job, protocol::GRACE.before(due.at))?;
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
        is_first_run: is_first,
        is_first_job: is_first,
        waiting: Vec::new(),
        shown_at: None,
        grants: trial.map(|size| if is_first { size } else { 0 }),
        remembered: Vec::new(),
    };
    let cut = borne(fan_out.shards())?;
    let released = borne(fan_out.release())?;
    // What has its turn goes to the queue, even if a shard failed.
    fan_out.hand_over()?;
    cut.and(released).map_err(|()| Stop::Failed)?;
    fan_out.finish()
}

struct FanOut<'a, 'b> {
    io: &'a mut Io<'b>,
    broadcast: &'a Broadcast,
    /// Whether no shard has a chunk yet, as far as this run knows.
    is_first_run: bool,
    /// Whether the campaign's first job is still to come. It does not wait for others.
    is_first_job: bool,
    waiting: Vec<Job>,
    shown_at: Option<Timestamp>,
    /// The number of recipients that may still be granted; `None` without a trial.
    grants: Option<u32>,
    remembered: Vec<(u16, ChunkState)>,
}

impl FanOut<'_, '_> {
    fn shards(&mut self) -> Step<()> {
        self.broadcast.shards.all().try_for_each(|shard| self.shard(shard))
    }

    fn shard(&mut self, shard: u16) -> Step<()> {
        let found = if self.is_first_run { None } else { self.io.last_chunk(shard)? };
        let mut last = found.map(|chunk| (*chunk).clone());
        loop {
            if last.as_ref().is_some_and(|chunk| chunk.ends) {
                return Ok(());
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
                let is_last_grant = granted.is_some() && self.grants == Some(0);
                let is_first = std::mem::take(&mut self.is_first_job);
                if is_first || is_last_grant || self.waiting.len() >= HANDED_AT_ONCE {
                    self.hand_over()?;
                }
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
            let found = self.io.chunk_state(shard, cut.number)?;
            if found.as_deref() != Some(&cut) {
                continue;
            }
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
        let (totals, _) = self.totals()?;
        update(self.io, |campaign| protocol::fanning_out(campaign, totals, now))?;
        Ok(())
    }

    /// What all shards have come to so far, and whether all have ended.
    fn totals(&mut self) -> Step<(Totals, bool)> {
        let (mut totals, mut have_ended) = (Vec::new(), true);
        for shard in self.broadcast.shards.all() {
            let last = self.io.last_chunk(shard)?;
            have_ended &= last.as_ref().is_some_and(|chunk| chunk.ends);
            totals.extend(last.map(|chunk| chunk.totals));
        }
        Ok((sum(totals), have_ended))
    }

    fn finish(&mut self) -> Step<()> {
        let (totals, have_ended) = self.totals()?;
        if !have_ended {
            return Ok(());
        }
        let now = self.io.now();
        let written = update(self.io, |campaign| protocol::fanned_out(campaign, totals, now))?;
        let Some(campaign) = written else { return Ok(()) };
        if let Some(due) = campaign.step {
            arm(self.io, due.job, protocol::GRACE.before(due.at))?;
        }
        match campaign.drain {
            Some(due) if self.broadcast.dispatch == Dispatch::Held => self.io.send(due.job, now),
            _ => Ok(()),
        }
    }
}
