//! A campaign's audience: who is counted, who is skipped, and why.
//!
//! All contacts of a line are counted in one shard, and judged there together. That is the line's
//! shard, with one exception. Contacts that were stored before there were lines may be under the
//! line's other form, in another shard. If a contact was there when the campaign was sent, that
//! shard counts all contacts of the line, and the line's shard counts none of them.
//!
//! The two shards are cut at different times, so they must not disagree about this. They can't,
//! because it depends on nothing that changes after a campaign is sent: contacts are no longer
//! stored under the other form, and one that leaves it, even to be deleted, leaves a tombstone there
//! that says until when it was there. What is stored under the line does change, because contacts
//! are created and deleted, so it must not decide.

mod group;
mod judge;
mod left_out;
mod skipped;
mod tally;

pub use group::{Judged, PhoneGroup, Standing};
pub use judge::{Judge, Merging, NamedPhones};
pub use left_out::{LeftOut, PhoneLeftOut};
pub use skipped::SkippedContact;
pub use tally::Tally;

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::contact::{Contact, Presence, Status};
use crate::ids::ContactId;
use crate::phone::Phone;

/// An item of an audience shard. Items are ordered by sort key: by phone, and without a phone last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A sort key at or after which no other entry of this phone is stored, and before which no entry
    /// of the next phone is. A contact that joins a phone once the fan-out has passed it is thus
    /// not read, and cannot be counted as a second recipient.
    pub bound: String,
    /// The contact whose item this is.
    pub contact: ContactId,
    pub phone: Option<Phone>,
    /// The form to dial, if the contact has a different one from `phone`.
    pub dialed: Option<Phone>,
    pub status: Status,
    /// A tombstone's or a live contact's.
    pub presence: Presence,
    /// Whether the shard of the line's other form counts this contact (see the [module](self)).
    pub counts_elsewhere: bool,
    /// Whether a resend names the phone. True in other campaigns.
    pub is_named: bool,
    /// The contact with the fields that its judge asked for. Absent if it asked for none, and for a
    /// tombstone that was stored without a profile.
    pub person: Option<Box<Contact>>,
}

impl Entry {
    #[must_use]
    pub fn person(&self) -> Option<&Contact> {
        self.person.as_deref()
    }

    /// The entry as the shard of its line's other form counts it: among those stored under
    /// `form`, whose sort keys end at `bound`. The form to dial stays.
    #[must_use]
    pub fn counted_under(self, form: &Phone, bound: &str) -> Self {
        let dialed = self.dialed.or(self.phone);
        Self { phone: Some(form.clone()), dialed, bound: bound.to_owned(), ..self }
    }

    /// Whether both entries have the same phone.
    #[must_use]
    pub fn is_of_phone(&self, other: &Self) -> bool {
        self.phone.is_some() && self.phone == other.phone
    }
}

/// Contacts counted so far. `contacts = recipients + skipped`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub recipients: u64,
    /// The parts of the recipients' texts if they differ, else zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parts: u64,
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
        let Self { recipients, parts: _, skipped } = *self;
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
        let Self { recipients, parts, skipped } = other;
        self.recipients += recipients;
        self.parts += parts;
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

/// Why a contact is not a recipient: the first reason that applies (see [`Judge::standing`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
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
