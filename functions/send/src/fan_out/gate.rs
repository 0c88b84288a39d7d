//! A campaign on trial: which of the chunks that this run cuts get turns.
//!
//! The run that began the campaign grants turns to its first recipients and cuts all other chunks
//! without turns. Once a worker has passed the trial, its drain assigns turns to the chunks that it
//! finds. It may miss a chunk that is cut at the same time. So a run remembers the chunks that it
//! cut without a turn, and assigns those turns at its end if the trial is over by then. If it is
//! not, all chunks of the run are stored before the drain reads them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use shared::campaign::{Broadcast, Dispatch};
use shared::chunk::Chunk;
use shared::chunk_state::ChunkState;
use shared::time::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::FanOut;

/// How often a run that waits for the trial's end checks for it.
const ASKED_EVERY: Duration = Duration::from_millis(250);
/// The number of chunks without a turn that a run remembers. The drain assigns turns to all others.
const MAX_REMEMBERED: usize = 2_000;

pub(super) struct Gate {
    /// The number of recipients that this run may still grant.
    grants: AtomicU32,
    waiting: Mutex<Waiting>,
}

struct Waiting {
    is_closed: bool,
    asked_at: Instant,
    /// Chunks without a turn, each with its shard.
    chunks: Vec<(u16, ChunkState)>,
}

impl Gate {
    pub(super) fn new(broadcast: &Broadcast, grants: u32) -> Self {
        let is_closed = broadcast.trial.is_some() && broadcast.dispatch == Dispatch::Running;
        let waiting = Waiting { is_closed, asked_at: Instant::now(), chunks: Vec::new() };
        Self { grants: AtomicU32::new(grants), waiting: Mutex::new(waiting) }
    }

    /// Takes grants for at most this many recipients, and returns the number taken.
    fn take(&self, recipients: u32) -> u32 {
        let take = |left: u32| Some(left.saturating_sub(recipients));
        let left = self.grants.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        left.unwrap_or_else(|left| left).min(recipients)
    }

    /// Gives back grants that were not used.
    pub(super) fn give_back(&self, state: &ChunkState) {
        if let Some(grant) = state.grant {
            self.grants.fetch_add(grant.to - grant.from, Ordering::Relaxed);
        }
    }

    /// Whether all first recipients are granted, so that none has to wait for others.
    pub(super) fn has_granted_all(&self) -> bool {
        self.grants.load(Ordering::Relaxed) == 0
    }
}

impl FanOut<'_> {
    /// A new chunk's state, with a turn if it may have one now.
    pub(super) async fn with_turn(
        &self,
        chunk: &Chunk,
        cut: ChunkState,
        now: Timestamp,
    ) -> anyhow::Result<ChunkState> {
        let cut = if self.is_closed().await? {
            let granted = self.gate.take(cut.recipients);
            if granted == 0 {
                return Ok(cut);
            }
            cut.granting(granted)
        } else {
            cut
        };
        let granted = chunk.recipients.get(..cut.granted_left() as usize).unwrap_or_default();
        let parts = self.campaign.body_sent().parts_of_all(granted);
        Ok(match self.turns.take(parts, now).await? {
            Some(turn) => cut.with_turn(turn),
            None => cut,
        })
    }

    /// Remembers a chunk that was written without a turn because of the trial.
    pub(super) async fn remember(&self, shard: u16, state: ChunkState) {
        let mut waiting = self.gate.waiting.lock().await;
        if waiting.is_closed && state.grant.is_none() && waiting.chunks.len() < MAX_REMEMBERED {
            waiting.chunks.push((shard, state));
        }
    }

    /// Whether the campaign is on trial, as far as this run knows.
    async fn is_closed(&self) -> anyhow::Result<bool> {
        let mut waiting = self.gate.waiting.lock().await;
        if !waiting.is_closed || waiting.asked_at.elapsed() < ASKED_EVERY {
            return Ok(waiting.is_closed);
        }
        waiting.asked_at = Instant::now();
        self.ask(&mut waiting).await?;
        Ok(waiting.is_closed)
    }

    /// Assigns turns to chunks that were cut without, if the trial is over by the end of this run.
    /// By then, a drain has found most of them.
    pub(super) async fn release_at_end(&self) -> anyhow::Result<()> {
        let mut waiting = self.gate.waiting.lock().await;
        if waiting.is_closed && !waiting.chunks.is_empty() {
            self.ask(&mut waiting).await?;
        }
        if waiting.is_closed {
            return Ok(());
        }
        let id = self.campaign.id;
        for (shard, cut) in std::mem::take(&mut waiting.chunks) {
            let now = infra::clock::now();
            // A turn that is taken but not used leaves the sender idle.
            if self.app.table.chunk_state(id, shard, cut.number).await?.as_ref() != Some(&cut) {
                continue;
            }
            let parts = self.campaign.body_sent().parts_left(&cut);
            let Some(turn) = self.turns.take(parts, now).await? else {
                continue;
            };
            let queued = ChunkState { updated_at: now, ..cut.clone() }.with_turn(turn);
            if self.app.table.save_chunk_state(id, shard, &cut, &queued).await? {
                let job = self.campaign.chunk_job(shard, &queued);
                self.cut.lock().await.waiting.push((job, turn));
                self.hand_over(super::HANDED_AT_ONCE).await?;
            }
        }
        Ok(())
    }

    async fn ask(&self, waiting: &mut Waiting) -> anyhow::Result<()> {
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let campaign = self.app.table.campaign(organization, id).await?;
        let running = campaign.as_ref().and_then(|campaign| campaign.running(self.broadcast.epoch));
        // If the epoch has changed, the campaign was paused or backs off, and its drain assigns all
        // turns.
        waiting.is_closed = running.is_none_or(|broadcast| broadcast.trial.is_some());
        Ok(())
    }
}
