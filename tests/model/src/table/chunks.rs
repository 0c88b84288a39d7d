//! Like `infra::table::chunks`: a chunk is written once, and its state only if it is as it was
//! read.

use shared::chunk::{Chunk, Mark};
use shared::chunk_state::ChunkState;

use super::{Rules, Table};
use crate::kept::Kept;

impl Table {
    #[must_use]
    pub fn last_chunk(&self, shard: u16) -> Option<Kept<Chunk>> {
        self.chunks
            .range((shard, 0)..=(shard, u32::MAX))
            .next_back()
            .map(|(_, chunk)| chunk.clone())
    }

    /// Writes a chunk with its state, if it has one. Returns the existing chunk if there is one.
    pub fn put_chunk(
        &mut self,
        shard: u16,
        chunk: &Chunk,
        state: Option<&ChunkState>,
        rules: Rules,
    ) -> Option<Kept<Chunk>> {
        let key = (shard, chunk.number);
        if let Some(existing) = self.chunks.get(&key)
            && rules != Rules::ChunksOverwrite
        {
            return Some(existing.clone());
        }
        self.chunks.insert(key, Kept::new(chunk.clone()));
        if let Some(state) = state {
            self.states.insert(key, Kept::new(state.clone()));
        }
        None
    }

    /// Replaces a shard's mark, unless that is one of a later chunk.
    pub fn put_mark(&mut self, shard: u16, mark: &Mark) {
        let is_newer = |known: &Kept<Mark>| known.0.number <= mark.0.number;
        if self.marks.get(&shard).is_none_or(is_newer) {
            self.marks.insert(shard, Kept::new(mark.clone()));
        }
    }

    #[must_use]
    pub fn states_of(&self, shard: u16) -> Vec<Kept<ChunkState>> {
        self.states.range((shard, 0)..=(shard, u32::MAX)).map(|(_, state)| state.clone()).collect()
    }

    /// Returns `false` if the state changed in between.
    pub fn save_state(
        &mut self,
        shard: u16,
        before: &ChunkState,
        after: ChunkState,
        rules: Rules,
    ) -> bool {
        let Some(state) = self.states.get_mut(&(shard, after.number)) else { return false };
        let is_seen = state.updated_at == before.updated_at && state.progress == before.progress;
        if !is_seen && rules != Rules::StatesOverwrite {
            return false;
        }
        *state = Kept::new(after);
        true
    }
}
