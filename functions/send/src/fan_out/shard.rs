//! One shard of a fan-out.

use std::sync::atomic::Ordering;
use std::time::Duration;

use infra::clock;
use infra::table::{ChunkPut, EntryPage, chunk_write_units, mark_write_units};
use shared::campaign::Dispatch;
use shared::chunk::{ChainEnd, Chunk, Cutter, Mark};
use shared::chunk_state::ChunkState;
use tokio::time::Instant;

use super::{FanOut, HANDED_AT_ONCE, Run};

/// The write units per second of a shard's chunks. Their partition accepts 1,000. The rest is for
/// the messages that are written there at the same time.
const UNITS_PER_SECOND: u32 = 650;

/// Spaces out the chunks of a shard.
pub(super) struct Spacing {
    next_at: Instant,
}

impl Spacing {
    fn new() -> Self {
        Self { next_at: Instant::now() }
    }

    /// Waits until a chunk or mark of this number of write units may be written.
    async fn wait(&mut self, units: u32) {
        tokio::time::sleep_until(self.next_at).await;
        self.next_at = Instant::now() + Duration::from_secs(1) * units / UNITS_PER_SECOND;
    }
}

impl FanOut<'_> {
    /// Cuts a shard as `shard` does, after the first shard's head start.
    pub(super) async fn shard_in_turn(&self, shard: u16) -> anyhow::Result<Option<u16>> {
        if shard > 0 {
            self.head_start.wait().await;
        }
        let unfinished = self.shard(shard).await?;
        // It may have cut nothing.
        self.end_head_start();
        Ok(unfinished)
    }

    fn end_head_start(&self) {
        // Only the first time matters.
        let _ = self.head_start.set(());
    }

    /// Cuts a shard to its end. Returns the shard if it stops before that.
    async fn shard(&self, shard: u16) -> anyhow::Result<Option<u16>> {
        let mut spacing = Spacing::new();
        // If another run has cut chunks in the meantime, the first put finds them.
        let mut last = match self.run {
            Run::First => None,
            Run::All | Run::Shard(_) => self.app.table.last_chunk(self.campaign.id, shard).await?,
        };
        let mark = match self.run {
            Run::All | Run::Shard(_) if self.judge.is_selective() => {
                self.app.table.mark(self.campaign.id, shard).await?
            }
            Run::First | Run::All | Run::Shard(_) => None,
        };
        let mut mark = self.without_erased(mark).await?;
        loop {
            if last.as_ref().is_some_and(|chunk| chunk.ends) {
                return Ok(None);
            }
            let chain = last.as_ref().map(ChainEnd::after).unwrap_or_default();
            let cutter = Cutter::resume(self.judge.clone(), chain, mark.take());
            match self.chain(shard, cutter, &mut spacing).await? {
                Some(end) => last = Some(end),
                None => return Ok(Some(shard)),
            }
        }
    }

    /// The mark, unless someone in it has been erased since. Without it, the contacts are read again.
    async fn without_erased(&self, mark: Option<Mark>) -> anyhow::Result<Option<Mark>> {
        let Some(Mark(chunk)) = &mark else { return Ok(None) };
        let (organization, shards) = (self.campaign.organization_id, self.broadcast.shards);
        let has_erased = self.app.table.has_erased(organization, shards, &chunk.recipients);
        Ok(if has_erased.await? { None } else { mark })
    }

    /// Continues a chain until it ends or meets a chunk that another run has cut, and returns that
    /// last chunk. Returns `None` if this run has read enough.
    async fn chain(
        &self,
        shard: u16,
        mut cutter: Cutter,
        spacing: &mut Spacing,
    ) -> anyhow::Result<Option<Chunk>> {
        let mut begin = cutter.through().map(str::to_owned);
        loop {
            if clock::now() >= self.stop_at || self.read.load(Ordering::Relaxed) >= self.read_most {
                return Ok(None);
            }
            let page = self.page(shard, begin.as_deref()).await?;
            self.read.fetch_add(page.entries.len() as u64, Ordering::Relaxed);
            for (entry, is_unsubscribed) in page.entries {
                if let Some(chunk) = cutter.push(entry, is_unsubscribed)
                    && let ChunkPut::Exists(existing) = self.put(shard, &chunk, spacing).await?
                {
                    return Ok(Some(existing));
                }
                if let Some(mark) = cutter.take_mark() {
                    self.put_mark(shard, &mark, spacing).await?;
                }
            }
            begin = page.next;
            if begin.is_none() {
                let end = cutter.finish();
                return Ok(Some(match self.put(shard, &end, spacing).await? {
                    ChunkPut::Written => end,
                    ChunkPut::Exists(existing) => existing,
                }));
            }
        }
    }

    async fn page(&self, shard: u16, begin: Option<&str>) -> anyhow::Result<EntryPage> {
        let (table, organization) = (&self.app.table, self.campaign.organization_id);
        let place = (shard, self.broadcast.shards);
        Ok(if self.run == Run::First && begin.is_none() {
            table.first_audience_page(organization, place, &self.judge).await?
        } else {
            table.audience_page(organization, place, begin, &self.judge).await?
        })
    }

    async fn put(
        &self,
        shard: u16,
        chunk: &Chunk,
        spacing: &mut Spacing,
    ) -> anyhow::Result<ChunkPut> {
        spacing.wait(chunk_write_units(chunk)).await;
        let now = clock::now();
        let state = self.state(chunk).await?;
        let put = self.app.table.put_chunk(self.campaign.id, shard, chunk, state.as_ref()).await?;
        match (&put, state) {
            (ChunkPut::Exists(_), Some(state)) => self.gate.give_back(&state),
            (ChunkPut::Written, Some(state)) => match state.turn() {
                Some(turn) => {
                    let job = self.campaign.chunk_job(shard, &state);
                    self.cut.lock().await.waiting.push((job, turn));
                    // The rest of the campaign waits for its first recipients.
                    let is_last = state.grant.is_some() && self.gate.has_granted_all();
                    self.hand_over(if is_last { 1 } else { HANDED_AT_ONCE }).await?;
                }
                None => self.remember(shard, state).await,
            },
            (ChunkPut::Exists(_) | ChunkPut::Written, None) => {}
        }
        self.end_head_start();
        if put == ChunkPut::Written {
            self.show(now).await;
        }
        Ok(put)
    }

    async fn put_mark(&self, shard: u16, mark: &Mark, spacing: &mut Spacing) -> anyhow::Result<()> {
        spacing.wait(mark_write_units(mark)).await;
        self.app.table.put_mark(self.campaign.id, shard, mark).await?;
        self.show(clock::now()).await;
        Ok(())
    }

    /// The state of a new chunk, with its turn if it gets one, or `None` if the chunk has no
    /// recipients. If the campaign is held or paused, the drain assigns turns later.
    async fn state(&self, chunk: &Chunk) -> anyhow::Result<Option<ChunkState>> {
        if chunk.recipients.is_empty() {
            return Ok(None);
        }
        let now = clock::now();
        let cut = ChunkState::of(chunk, self.broadcast.epoch, now);
        if self.broadcast.dispatch != Dispatch::Running {
            return Ok(Some(cut));
        }
        Ok(Some(self.with_turn(chunk, cut, now).await?))
    }
}
