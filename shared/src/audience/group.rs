//! Contacts who share a phone, judged together.
//!
//! The contacts are added in the order of their keys, and the memory is the same however many share the
//! phone. The first eligible contact becomes the recipient. If an active contact of the phone is
//! excluded, so is the phone, because the person would get what they were excluded from.

use super::{SkipReason, Skipped, SkippedContact};
use crate::ids::ContactId;
use crate::template::Detail;

/// The maximum number of a group's contacts that are recorded one by one.
const MAX_RECORDED: usize = 2_000;

/// What one contact is, before the others of its phone are considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<R> {
    /// Not counted here: a tombstone, a contact that moved here later, or one that the shard of its
    /// line's other form counts.
    NotCounted,
    /// Active, and excluded by the target.
    Excluded,
    Skipped(SkipReason),
    /// The body has no text for it.
    Unrenderable(Detail),
    Eligible(R),
}

/// The contacts of one phone so far.
#[derive(Debug)]
pub struct PhoneGroup<R> {
    winner: Option<R>,
    /// The contacts that are skipped if the phone is not excluded.
    skipped: Skipped,
    /// The same contacts, except for those that are not in the target.
    recorded: Vec<SkippedContact>,
    is_excluded: bool,
}

/// A group with all of its contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<R> {
    pub recipient: Option<R>,
    pub skipped: Skipped,
    /// The skipped contacts, except for those that are not in the target.
    pub recorded: Vec<SkippedContact>,
}

impl<R> Default for PhoneGroup<R> {
    fn default() -> Self {
        let (skipped, recorded) = (Skipped::default(), Vec::new());
        Self { winner: None, skipped, recorded, is_excluded: false }
    }
}

impl<R> PhoneGroup<R> {
    /// Adds a contact. `prefer` merges a later eligible contact into the recipient.
    pub fn add(
        &mut self,
        contact: ContactId,
        standing: Standing<R>,
        prefer: impl FnOnce(&mut R, R),
    ) {
        let mut detail = None;
        let reason = match standing {
            Standing::NotCounted => return,
            Standing::Excluded => {
                self.is_excluded = true;
                SkipReason::NotInTarget
            }
            Standing::Skipped(reason) => reason,
            Standing::Unrenderable(unrenderable) => {
                detail = Some(unrenderable);
                SkipReason::Unrenderable
            }
            Standing::Eligible(recipient) => {
                let Some(winner) = &mut self.winner else {
                    self.winner = Some(recipient);
                    return;
                };
                prefer(winner, recipient);
                SkipReason::Duplicate
            }
        };
        self.skipped.add(reason);
        if reason != SkipReason::NotInTarget && self.recorded.len() < MAX_RECORDED {
            self.recorded.push(SkippedContact { contact, reason, detail });
        }
    }

    #[must_use]
    pub fn judged(self) -> Judged<R> {
        let Self { winner, skipped, recorded, is_excluded } = self;
        if !is_excluded {
            return Judged { recipient: winner, skipped, recorded };
        }
        let not_in_target = skipped.total() + u64::from(winner.is_some());
        let skipped = Skipped { not_in_target, ..Skipped::default() };
        Judged { recipient: None, skipped, recorded: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONTACT: ContactId = ContactId(uuid::Uuid::nil());

    fn judge(standings: &[Standing<u8>]) -> Judged<u8> {
        let mut group = PhoneGroup::default();
        for standing in standings {
            group.add(CONTACT, standing.clone(), |_, _| {});
        }
        group.judged()
    }

    #[test]
    fn the_first_eligible_contact_is_the_recipient() {
        use SkipReason::{Duplicate, Inactive, NotInTarget, Unrenderable};
        use Standing::{Eligible, Excluded, NotCounted, Skipped as Skip};
        let judged = judge(&[
            Skip(NotInTarget),
            NotCounted,
            Skip(Inactive),
            Standing::Unrenderable(Detail::Blank),
            Eligible(1),
            Eligible(2),
            Standing::Unrenderable(Detail::TooLong),
        ]);
        let skipped = Skipped {
            not_in_target: 1,
            inactive: 1,
            unrenderable: 2,
            duplicate: 1,
            ..Skipped::default()
        };
        assert_eq!((judged.recipient, judged.skipped), (Some(1), skipped));
        let recorded: Vec<SkipReason> = judged.recorded.iter().map(|it| it.reason).collect();
        assert_eq!(recorded, [Inactive, Unrenderable, Duplicate, Unrenderable]);
        let details: Vec<_> = judged.recorded.iter().filter_map(|it| it.detail).collect();
        assert_eq!(details, [Detail::Blank, Detail::TooLong]);
        // Whichever comes first, an exclusion is the phone's.
        for standings in [[Eligible(1), Excluded], [Excluded, Eligible(1)]] {
            let skipped = Skipped { not_in_target: 2, ..Skipped::default() };
            let nobody = Judged { recipient: None, skipped, recorded: Vec::new() };
            assert_eq!(judge(&standings), nobody);
        }
    }

    fn any_standing() -> impl Strategy<Value = Standing<u8>> {
        prop_oneof![
            1 => Just(Standing::NotCounted),
            1 => Just(Standing::Excluded),
            2 => prop::sample::select(vec![
                SkipReason::NotInTarget,
                SkipReason::Inactive,
                SkipReason::Unsubscribed,
            ])
            .prop_map(Standing::Skipped),
            1 => Just(Standing::Unrenderable(Detail::Error)),
            4 => any::<u8>().prop_map(Standing::Eligible),
        ]
    }

    proptest! {
        /// Every contact is counted once, and a phone has at most one recipient.
        #[test]
        fn a_group_adds_up(standings in prop::collection::vec(any_standing(), 0..12)) {
            let judged = judge(&standings);
            let counted = standings.iter().filter(|s| **s != Standing::NotCounted).count();
            let recipients = u64::from(judged.recipient.is_some());
            prop_assert_eq!(judged.skipped.total() + recipients, counted as u64);
            let recorded = judged.skipped.total() - judged.skipped.not_in_target;
            prop_assert_eq!(judged.recorded.len() as u64, recorded);
            let is_excluded = standings.contains(&Standing::Excluded);
            let first = standings.iter().find_map(|standing| match standing {
                Standing::Eligible(recipient) => Some(*recipient),
                Standing::NotCounted
                | Standing::Excluded
                | Standing::Skipped(_)
                | Standing::Unrenderable(_) => None,
            });
            prop_assert_eq!(judged.recipient, first.filter(|_| !is_excluded));
        }
    }
}
