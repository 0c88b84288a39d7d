//! A campaign's audience: who is counted, who is skipped, and why.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::contact::Presence;
use crate::ids::ContactId;
use crate::phone::Phone;
use crate::recipient::Recipient;
use crate::time::Timestamp;

/// An item of an audience shard. Items are ordered by sort key: by phone, and without a phone last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A sort key that is not before any entry of this phone, and not after any entry of the next.
    /// If a contact joins a phone after the fan-out has passed it, the contact is not read, and so
    /// can't be counted as a second recipient.
    pub bound: String,
    /// The contact whose item this is.
    pub contact: ContactId,
    pub phone: Option<Phone>,
    /// The form to dial, if the contact has a different one from `phone`.
    pub dialed: Option<Phone>,
    /// The presence of a live contact or of a tombstone.
    pub presence: Presence,
    /// Contacts of the same line that were stored under its other form, in another shard, before
    /// contacts were stored by line. If one of them counts, this entry is its duplicate.
    pub former: Vec<Presence>,
}

/// Contacts counted so far. `contacts = recipients + skipped`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub recipients: u64,
    pub skipped: Skipped,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    pub no_phone: u64,
    pub duplicate: u64,
    pub unsubscribed: u64,
}

impl Totals {
    #[must_use]
    pub fn contacts(&self) -> u64 {
        let Self { recipients, skipped } = *self;
        recipients + skipped.total()
    }
}

impl Skipped {
    fn total(self) -> u64 {
        let Self { no_phone, duplicate, unsubscribed } = self;
        no_phone + duplicate + unsubscribed
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        let Self { recipients, skipped } = other;
        self.recipients += recipients;
        self.skipped += skipped;
    }
}

impl AddAssign for Skipped {
    fn add_assign(&mut self, other: Self) {
        let Self { no_phone, duplicate, unsubscribed } = other;
        self.no_phone += no_phone;
        self.duplicate += duplicate;
        self.unsubscribed += unsubscribed;
    }
}

/// The verdict on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Recipient(Recipient),
    Skipped(SkipReason),
    /// The entry is not in this campaign's audience: it is a tombstone, or moved here later.
    NotCounted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    NoPhone,
    Duplicate,
    Unsubscribed,
}

/// Judges an entry, given the phone of the last recipient or unsubscribed contact that was counted.
#[must_use]
pub fn judge(
    entry: &Entry,
    counted_before: Option<&Phone>,
    unsubscribed: bool,
    sent_at: Timestamp,
) -> Verdict {
    if !entry.presence.holds_at(sent_at) {
        return Verdict::NotCounted;
    }
    match &entry.phone {
        None => Verdict::Skipped(SkipReason::NoPhone),
        Some(_) if unsubscribed => Verdict::Skipped(SkipReason::Unsubscribed),
        Some(phone) if counted_before == Some(phone) => Verdict::Skipped(SkipReason::Duplicate),
        Some(_) if entry.former.iter().any(|former| former.holds_at(sent_at)) => {
            Verdict::Skipped(SkipReason::Duplicate)
        }
        Some(phone) => {
            let dialed = entry.dialed.as_ref().unwrap_or(phone);
            Verdict::Recipient(Recipient::new(dialed.clone(), entry.contact))
        }
    }
}
