//! Counting an audience without cutting it: what a preview shows.

use super::{Entry, Judge, PhoneGroup, Totals};
use crate::ids::ContactId;
use crate::recipient::Recipient;

/// The sums over one shard, or over several shards that were read one after the other. Entries are
/// judged as a fan-out would.
#[derive(Debug)]
pub struct Tally {
    judge: Judge,
    group: PhoneGroup<Recipient>,
    last: Option<Entry>,
    totals: Totals,
    samples: Vec<ContactId>,
    max_samples: usize,
}

impl Tally {
    #[must_use]
    pub fn new(judge: Judge, max_samples: usize) -> Self {
        Self {
            judge,
            group: PhoneGroup::default(),
            last: None,
            totals: Totals::default(),
            samples: Vec::new(),
            max_samples,
        }
    }

    pub fn push(&mut self, entry: Entry, unsubscribed: bool) {
        if !self.last.as_ref().is_some_and(|last| last.is_of_phone(&entry)) {
            self.end_group();
        }
        self.group.add(entry.contact, self.judge.standing(&entry, unsubscribed), |_, _| {});
        self.last = Some(entry);
    }

    /// The sums, and the contacts of the first recipients.
    #[must_use]
    pub fn finish(mut self) -> (Totals, Vec<ContactId>) {
        self.end_group();
        (self.totals, self.samples)
    }

    fn end_group(&mut self) {
        let judged = std::mem::take(&mut self.group).judged();
        self.totals.skipped += judged.skipped;
        if let Some(recipient) = judged.recipient {
            self.totals.recipients += 1;
            let merge = recipient.merge.as_ref();
            self.totals.parts += merge.map_or(0, |merge| u64::from(merge.parts));
            if self.samples.len() < self.max_samples {
                self.samples.extend(recipient.contact);
            }
        }
    }
}
