//! Chunks: the frozen audience of a campaign, cut in such a way that every run cuts the same
//! chunks.
//!
//! Each shard of an audience is cut into a chain of chunks. A chunk records the sort key up to
//! which it has read, and the next chunk starts after it. Chunks are written only if absent; if one
//! exists, the chain continues from it. So repeated runs, or concurrent runs that see different
//! contacts, all continue the same chain. There is no lock to hold and no checkpoint to lose. A
//! chunk ends only between two phones, so that all contacts that share a phone are judged together.

mod mark;

pub use mark::Mark;

use crate::audience::{Entry, Judge, Merging, PhoneGroup, SkippedContact, Totals};
use crate::chunk_state;
use crate::recipient::Recipient;

/// The maximum number of recipients in a chunk, which is stored in less than 3 KB.
pub const MAX_RECIPIENTS: usize = 100;
/// The maximum number of entries that a chunk scans, so that a long run of skipped contacts also
/// records its progress.
pub const MAX_SCANNED: usize = 2_000;
/// A campaign with a target may skip very many contacts, so its chunks close only once they are full.
/// After this number of entries, its progress is stored in a [`Mark`] instead.
pub const MARKED_EVERY: usize = 20_000;
/// A chunk with this number of recorded contacts ends, which keeps it far below an item's limit.
pub const MAX_RECORDED: usize = 2_000;
/// A chunk whose recipients have this number of bytes of merge fields ends, which keeps it far below an
/// item's limit of 400 KB.
pub const MAX_MERGE_BYTES: usize = 64 * 1_024;
/// A chunk of a body with merge fields is read once per slice, so it has at most this number of
/// slices ...
const MAX_SLICES: u64 = 5;
/// ... unless it has fewer recipients than this.
const MIN_RECIPIENTS: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub number: u32,
    pub recipients: Vec<Recipient>,
    /// Contacts that were skipped, except for those that are not in the target.
    pub skipped: Vec<SkippedContact>,
    /// The bound of the last entry read; `None` only in the end chunk of an empty shard.
    pub through: Option<String>,
    /// The shard's totals up to and including this chunk.
    pub totals: Totals,
    /// Whether the shard ends here.
    pub ends: bool,
}

/// The end of a shard's chain, from which the next chunk continues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainEnd {
    pub next_number: u32,
    pub through: Option<String>,
    pub totals: Totals,
}

impl ChainEnd {
    #[must_use]
    pub fn after(chunk: &Chunk) -> Self {
        Self { next_number: chunk.number + 1, through: chunk.through.clone(), totals: chunk.totals }
    }
}

/// Cuts the entries of a shard, pushed in order, into chunks.
#[derive(Debug)]
pub struct Cutter {
    judge: Judge,
    from: ChainEnd,
    recipients: Vec<Recipient>,
    /// The parts of the recipients' texts, if they differ.
    parts: u64,
    /// The bytes of the recipients' merge fields.
    merge_bytes: usize,
    skipped: Vec<SkippedContact>,
    /// The contacts of the last entry's phone.
    group: PhoneGroup<Recipient>,
    last: Option<Entry>,
    /// The number of entries since the last chunk or mark.
    scanned: usize,
    mark: Option<Mark>,
    sizes: Sizes,
}

/// The sizes at which a chunk ends and a mark is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sizes {
    pub recipients: usize,
    /// Of campaigns without a target.
    pub scanned: usize,
    /// Of campaigns with a target.
    pub marked_every: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { recipients: MAX_RECIPIENTS, scanned: MAX_SCANNED, marked_every: MARKED_EVERY }
    }
}

impl Cutter {
    #[must_use]
    pub fn new(judge: impl Into<Judge>, from: ChainEnd) -> Self {
        Self {
            judge: judge.into(),
            from,
            recipients: Vec::new(),
            parts: 0,
            merge_bytes: 0,
            skipped: Vec::new(),
            group: PhoneGroup::default(),
            last: None,
            scanned: 0,
            mark: None,
            sizes: Sizes::default(),
        }
    }

    /// Cuts smaller chunks than a campaign has, so that a test with few contacts has several.
    #[must_use]
    pub fn sized(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// Adds the next entry, and returns a chunk if one closed before it.
    pub fn push(&mut self, entry: Entry, unsubscribed: bool) -> Option<Chunk> {
        let mut closed = None;
        if !self.last.as_ref().is_some_and(|last| last.is_of_phone(&entry)) {
            self.end_group();
            closed = self.is_full().then(|| self.close(false));
            if self.judge.is_selective() && self.scanned >= self.sizes.marked_every {
                self.set_mark();
            }
        }
        // Today's form of the line is dialed if any of its contacts has it.
        let prefer = |winner: &mut Recipient, other: Recipient| {
            if other.phone().is_some_and(|phone| phone.line().as_phone() == phone) {
                winner.to = other.to;
            }
        };
        self.group.add(entry.contact, self.judge.standing(&entry, unsubscribed), prefer);
        self.scanned += 1;
        self.last = Some(entry);
        closed
    }

    /// Counts the contacts of a phone once all of them are known.
    fn end_group(&mut self) {
        let judged = std::mem::take(&mut self.group).judged();
        self.from.totals.recipients += u64::from(judged.recipient.is_some());
        self.from.totals.skipped += judged.skipped;
        let room = MAX_RECORDED.saturating_sub(self.skipped.len());
        self.skipped.extend(judged.recorded.into_iter().take(room));
        let merge = judged.recipient.as_ref().and_then(|recipient| recipient.merge.as_ref());
        let parts = merge.map_or(0, |merge| u64::from(merge.parts));
        self.from.totals.parts += parts;
        self.parts += parts;
        self.merge_bytes += merge.map_or(0, |merge| merge.fields.bytes());
        self.recipients.extend(judged.recipient);
    }

    /// The shard's end chunk, after the last entry.
    #[must_use]
    pub fn finish(mut self) -> Chunk {
        self.end_group();
        self.close(true)
    }

    fn is_full(&self) -> bool {
        let is_selective = self.judge.is_selective();
        self.recipients.len() >= self.sizes.recipients
            || (!is_selective && self.scanned >= self.sizes.scanned)
            || self.skipped.len() >= MAX_RECORDED
            || self.merge_bytes >= MAX_MERGE_BYTES
            || self.has_all_slices()
    }

    /// Whether a slow sender takes long enough for the texts so far.
    fn has_all_slices(&self) -> bool {
        let rate = self.judge.merging.as_ref().map(Merging::parts_per_second);
        self.recipients.len() >= MIN_RECIPIENTS
            && rate.is_some_and(|rate| self.parts >= MAX_SLICES * chunk_state::parts_of_slice(rate))
    }

    fn close(&mut self, ends: bool) -> Chunk {
        let through = self.last.take().map(|entry| entry.bound).or(self.from.through.take());
        let chunk = Chunk {
            number: self.from.next_number,
            recipients: std::mem::take(&mut self.recipients),
            skipped: std::mem::take(&mut self.skipped),
            through,
            totals: self.from.totals,
            ends,
        };
        self.from = ChainEnd::after(&chunk);
        self.mark = None;
        (self.scanned, self.parts, self.merge_bytes) = (0, 0, 0);
        chunk
    }
}

#[cfg(test)]
mod tests;
