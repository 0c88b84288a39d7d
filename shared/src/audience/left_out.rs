//! Contacts that are not in a target, found again after the audience was cut.
//!
//! They are not recorded, because there may be a great many. So the list judges the contacts as they
//! are now, by the target as it was frozen.

use super::{Entry, Judge, SkipReason, Standing};
use crate::ids::ContactId;

/// Finds the contacts that the target leaves out. Entries are pushed in order.
#[derive(Debug)]
pub struct LeftOut {
    judge: Judge,
    group: Vec<ContactId>,
    /// The contacts of the group that are left out even if the phone is not.
    alone: Vec<ContactId>,
    is_excluded: bool,
    last: Option<Entry>,
}

/// The contacts of one phone that the target leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneLeftOut {
    pub contacts: Vec<ContactId>,
    /// The sort key after which the next phone's entries are.
    pub bound: String,
}

impl LeftOut {
    #[must_use]
    pub fn new(judge: Judge) -> Self {
        let (group, alone) = (Vec::new(), Vec::new());
        Self { judge, group, alone, is_excluded: false, last: None }
    }

    /// Adds the next entry. Returns the previous phone if it has ended.
    pub fn push(&mut self, entry: Entry) -> Option<PhoneLeftOut> {
        let is_next = !self.last.as_ref().is_some_and(|last| last.is_of_phone(&entry));
        let ended = if is_next { self.end() } else { None };
        match self.judge.standing(&entry, false) {
            Standing::NotCounted => {}
            Standing::Excluded => {
                self.is_excluded = true;
                self.group.push(entry.contact);
            }
            Standing::Skipped(SkipReason::NotInTarget) => {
                self.group.push(entry.contact);
                self.alone.push(entry.contact);
            }
            Standing::Skipped(
                SkipReason::NoPhone
                | SkipReason::Duplicate
                | SkipReason::Unsubscribed
                | SkipReason::Inactive
                | SkipReason::Unrenderable,
            )
            | Standing::Unrenderable(_)
            | Standing::Eligible(_) => self.group.push(entry.contact),
        }
        self.last = Some(entry);
        ended
    }

    /// The last phone.
    pub fn end(&mut self) -> Option<PhoneLeftOut> {
        let (group, alone) = (std::mem::take(&mut self.group), std::mem::take(&mut self.alone));
        let is_excluded = std::mem::take(&mut self.is_excluded);
        let bound = self.last.take()?.bound;
        Some(PhoneLeftOut { contacts: if is_excluded { group } else { alone }, bound })
    }
}
