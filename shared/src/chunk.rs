//! Chunks: the frozen audience of a campaign, cut in such a way that every run cuts the same
//! chunks.
//!
//! Each shard of an audience is cut into a chain of chunks. A chunk records the sort key up to
//! which it has read, and the next chunk starts after it. Chunks are written only if absent; if one
//! exists, the chain continues from it. So repeated runs, or concurrent runs that see different
//! contacts, all continue the same chain. There is no lock to hold and no checkpoint to lose. A
//! chunk ends only between two phones, so that all contacts that share a phone are judged together.

use crate::audience::{Entry, SkipReason, Totals, Verdict, judge};
use crate::phone::Phone;
use crate::recipient::Recipient;
use crate::time::Timestamp;

/// The maximum number of recipients in a chunk, which is stored in less than 3 KB.
pub const MAX_RECIPIENTS: usize = 100;
/// The maximum number of entries that a chunk scans, so that a long run of skipped contacts also
/// records its progress.
pub const MAX_SCANNED: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub number: u32,
    pub recipients: Vec<Recipient>,
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
    sent_at: Timestamp,
    from: ChainEnd,
    recipients: Vec<Recipient>,
    counted: Option<Phone>,
    last: Option<Entry>,
    scanned: usize,
}

impl Cutter {
    #[must_use]
    pub fn new(sent_at: Timestamp, from: ChainEnd) -> Self {
        Self { sent_at, from, recipients: Vec::new(), counted: None, last: None, scanned: 0 }
    }

    /// Adds the next entry. Returns a chunk if one ended before it.
    pub fn push(&mut self, entry: Entry, unsubscribed: bool) -> Option<Chunk> {
        let closed = self.is_full_before(&entry).then(|| self.close(false));
        match judge(&entry, self.counted.as_ref(), unsubscribed, self.sent_at) {
            Verdict::Recipient(recipient) => {
                self.from.totals.recipients += 1;
                self.counted.clone_from(&entry.phone);
                self.recipients.push(recipient);
            }
            Verdict::Skipped(SkipReason::NoPhone) => self.from.totals.skipped.no_phone += 1,
            Verdict::Skipped(SkipReason::Duplicate) => {
                self.from.totals.skipped.duplicate += 1;
                self.prefer(&entry);
            }
            Verdict::Skipped(SkipReason::Unsubscribed) => {
                self.from.totals.skipped.unsubscribed += 1;
            }
            Verdict::NotCounted => {}
        }
        self.scanned += 1;
        self.last = Some(entry);
        closed
    }

    /// Dials the current form of the line if any of its contacts has it. The first contact remains
    /// the recipient.
    fn prefer(&mut self, duplicate: &Entry) {
        if let (Some(phone), None) = (&duplicate.phone, &duplicate.dialed)
            && self.counted.as_ref() == Some(phone)
            && let Some(recipient) = self.recipients.last_mut()
        {
            recipient.phone.clone_from(phone);
        }
    }

    /// The shard's end chunk, after the last entry.
    #[must_use]
    pub fn finish(mut self) -> Chunk {
        self.close(true)
    }

    fn is_full_before(&self, next: &Entry) -> bool {
        let full = self.recipients.len() >= MAX_RECIPIENTS || self.scanned >= MAX_SCANNED;
        let same_phone = |last: &Entry| last.phone.is_some() && last.phone == next.phone;
        full && !self.last.as_ref().is_some_and(same_phone)
    }

    fn close(&mut self, ends: bool) -> Chunk {
        let through = self.last.take().map(|entry| entry.bound).or(self.from.through.take());
        let chunk = Chunk {
            number: self.from.next_number,
            recipients: std::mem::take(&mut self.recipients),
            through,
            totals: self.from.totals,
            ends,
        };
        self.from = ChainEnd::after(&chunk);
        self.scanned = 0;
        chunk
    }
}

#[cfg(test)]
mod tests;
