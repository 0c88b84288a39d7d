//! Judging contacts one by one.

use std::collections::BTreeSet;

use super::{Entry, Former, SkipReason, Standing};
use crate::contact::{Contact, Presence, Status};
use crate::recipient::Recipient;
use crate::segment::Field;
use crate::target::{Choice, FrozenTarget};
use crate::time::Timestamp;

/// What decides about contacts besides the register, as of the moment when a campaign is sent.
#[derive(Clone, Debug)]
pub struct Judge {
    pub sent_at: Timestamp,
    /// Without one, everyone is included.
    pub target: Option<FrozenTarget>,
}

/// A judge for everyone.
impl From<Timestamp> for Judge {
    fn from(sent_at: Timestamp) -> Self {
        Self { sent_at, target: None }
    }
}

impl Judge {
    /// The fields that contacts must be read with, besides those that every entry has.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<Field> {
        let target = self.target.iter().flat_map(FrozenTarget::fields);
        target.cloned().collect()
    }

    /// What an entry is, before the others of its phone are considered. Of several reasons, the first
    /// counts: not in the target, inactive, without a phone, unsubscribed.
    #[must_use]
    pub fn standing(&self, entry: &Entry, unsubscribed: bool) -> Standing<Recipient> {
        if let Some(standing) = self.without_phone(entry.person(), &entry.presence, entry.status) {
            return standing;
        }
        match &entry.phone {
            None => Standing::Skipped(SkipReason::NoPhone),
            Some(_) if unsubscribed => Standing::Skipped(SkipReason::Unsubscribed),
            Some(phone) => {
                let dialed = entry.dialed.as_ref().unwrap_or(phone);
                Standing::Eligible(Recipient::new(dialed.clone(), entry.contact))
            }
        }
    }

    /// What a contact under the line's other form is.
    #[must_use]
    pub fn former_standing(&self, former: &Former) -> Standing<()> {
        self.without_phone(former.person.as_deref(), &former.presence, former.status)
            .unwrap_or(Standing::Eligible(()))
    }

    /// How a contact counts regardless of its phone, if that decides.
    fn without_phone<R>(
        &self,
        person: Option<&Contact>,
        presence: &Presence,
        status: Status,
    ) -> Option<Standing<R>> {
        if !presence.holds_at(self.sent_at) {
            return Some(Standing::NotCounted);
        }
        match (self.choice(person), status) {
            (Choice::Excluded, Status::Active) => Some(Standing::Excluded),
            (Choice::Excluded | Choice::NotIncluded, Status::Active | Status::Inactive) => {
                Some(Standing::Skipped(SkipReason::NotInTarget))
            }
            (Choice::Included, Status::Inactive) => Some(Standing::Skipped(SkipReason::Inactive)),
            (Choice::Included, Status::Active) => None,
        }
    }

    /// Tombstones of older versions kept no profile. With a target, they are never recipients.
    fn choice(&self, person: Option<&Contact>) -> Choice {
        match (&self.target, person) {
            (None, _) => Choice::Included,
            (Some(target), Some(person)) => target.choose(person, self.sent_at),
            (Some(_), None) => Choice::NotIncluded,
        }
    }
}
