//! Marks: how far a shard has been read since its last chunk.
//!
//! A target may include few of very many contacts. Then a chunk takes long to fill up, and one that
//! closed before that would cost as much to write, to queue and to dispatch as a full one. So a run
//! stores a mark from time to time instead: what the next chunk would be if it closed there. A run
//! that takes over continues from the mark and cuts the chunk that the first one would have cut.
//!
//! A mark decides nothing. It only follows the chunk before it, which never changes, and it is ignored
//! once there is a chunk with its number. So runs may overwrite each other's marks, or lose them.

use super::{ChainEnd, Chunk, Cutter};
use crate::audience::Judge;
use crate::body::Merge;

/// A chunk that is not full yet, as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(pub Chunk);

impl Cutter {
    /// Continues a chain from its end, or from a mark beyond that.
    #[must_use]
    pub fn resume(judge: impl Into<Judge>, from: ChainEnd, mark: Option<Mark>) -> Self {
        let Some(Mark(chunk)) = mark.filter(|Mark(chunk)| chunk.number == from.next_number) else {
            return Self::new(judge, from);
        };
        let from =
            ChainEnd { next_number: chunk.number, through: chunk.through, totals: chunk.totals };
        let merges = || chunk.recipients.iter().filter_map(|it| it.merge.as_deref());
        let parts = merges().map(|merge| u64::from(merge.parts)).sum();
        let merge_bytes = merges().map(|merge: &Merge| merge.fields.bytes()).sum();
        let cutter = Self::new(judge, from);
        let (recipients, skipped) = (chunk.recipients, chunk.skipped);
        Self { recipients, parts, merge_bytes, skipped, ..cutter }
    }

    /// The bound after which the next entry is to be read.
    #[must_use]
    pub fn through(&self) -> Option<&str> {
        self.last.as_ref().map(|entry| entry.bound.as_str()).or(self.from.through.as_deref())
    }

    /// A mark to store, if the run has read far since its last chunk or mark.
    pub fn take_mark(&mut self) -> Option<Mark> {
        self.mark.take()
    }

    /// Marks the place between two phones.
    pub(super) fn set_mark(&mut self) {
        self.scanned = 0;
        self.mark = Some(Mark(Chunk {
            number: self.from.next_number,
            recipients: self.recipients.clone(),
            skipped: self.skipped.clone(),
            through: self.through().map(str::to_owned),
            totals: self.from.totals,
            ends: false,
        }));
    }
}
