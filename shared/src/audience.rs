//! The audience of a campaign: who is counted, who is skipped, and why.

mod group;

pub use group::{Judged, PhoneGroup, Standing};

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::contact::{Presence, Status};
use crate::phone::Phone;
use crate::time::Timestamp;

/// One item of an audience shard, in the order of its sort key: by phone, phone-less ones last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A sort key at or after which no other entry of this phone is stored, and before which no entry
    /// of the next phone is. A contact that joins a phone once the fan-out has passed it is thus
    /// not read, and cannot be counted as a second recipient.
    pub bound: String,
    pub phone: Option<Phone>,
    /// The form to dial, where the contact has another one than `phone`.
    pub dialed: Option<Phone>,
    pub status: Status,
    /// A tombstone's or a live contact's.
    pub presence: Presence,
    /// Contacts of the same line that were stored under its other form, in another shard, before
    /// contacts were stored by line. Where one of them counts, this entry is its duplicate.
    pub former: Vec<Former>,
}

/// A contact under the other form of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    pub status: Status,
    pub presence: Presence,
}

/// Contacts counted so far. `contacts = recipients + skipped`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub recipients: u64,
    pub skipped: Skipped,
}

/// The number of skipped contacts by reason. The last three were added later, and are not stored if
/// they are zero, as they are for most campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    pub no_phone: u64,
    pub duplicate: u64,
    pub unsubscribed: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_in_target: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inactive: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unrenderable: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Totals {
    #[must_use]
    pub fn contacts(&self) -> u64 {
        let Self { recipients, skipped } = *self;
        recipients + skipped.total()
    }
}

impl Skipped {
    #[must_use]
    pub fn total(self) -> u64 {
        let Self { no_phone, duplicate, unsubscribed, not_in_target, inactive, unrenderable } =
            self;
        no_phone + duplicate + unsubscribed + not_in_target + inactive + unrenderable
    }

    /// Counts one more contact.
    pub fn add(&mut self, reason: SkipReason) {
        let count = match reason {
            SkipReason::NoPhone => &mut self.no_phone,
            SkipReason::Duplicate => &mut self.duplicate,
            SkipReason::Unsubscribed => &mut self.unsubscribed,
            SkipReason::NotInTarget => &mut self.not_in_target,
            SkipReason::Inactive => &mut self.inactive,
            SkipReason::Unrenderable => &mut self.unrenderable,
        };
        *count += 1;
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
        let Self { no_phone, duplicate, unsubscribed, not_in_target, inactive, unrenderable } =
            other;
        self.no_phone += no_phone;
        self.duplicate += duplicate;
        self.unsubscribed += unsubscribed;
        self.not_in_target += not_in_target;
        self.inactive += inactive;
        self.unrenderable += unrenderable;
    }
}

/// Why a contact is not a recipient: the first reason that applies, in the order of [`standing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    NoPhone,
    Duplicate,
    Unsubscribed,
    /// The target does not include the contact, or excludes its phone.
    NotInTarget,
    Inactive,
    /// The body has no text for the contact.
    Unrenderable,
}

/// What an entry is, before the others of its phone are considered.
#[must_use]
pub fn standing(entry: &Entry, unsubscribed: bool, sent_at: Timestamp) -> Standing<Phone> {
    if !entry.presence.holds_at(sent_at) {
        return Standing::NotCounted;
    }
    if !entry.status.is_active() {
        return Standing::Skipped(SkipReason::Inactive);
    }
    match &entry.phone {
        None => Standing::Skipped(SkipReason::NoPhone),
        Some(_) if unsubscribed => Standing::Skipped(SkipReason::Unsubscribed),
        Some(phone) => Standing::Eligible(entry.dialed.as_ref().unwrap_or(phone).clone()),
    }
}

/// What a contact under the line's other form is.
#[must_use]
pub fn former_standing(former: &Former, sent_at: Timestamp) -> Standing<()> {
    if !former.presence.holds_at(sent_at) {
        return Standing::NotCounted;
    }
    if former.status.is_active() {
        Standing::Eligible(())
    } else {
        Standing::Skipped(SkipReason::Inactive)
    }
}
