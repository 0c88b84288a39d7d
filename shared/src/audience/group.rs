//! Contacts who share a phone, judged together.
//!
//! The contacts are added in the order of their keys, and the memory is the same however many share the
//! phone. The first eligible contact becomes the recipient. If an active contact of the phone is
//! excluded, so is the phone, because the person would get what they were excluded from.

use super::{Entry, Judge, SkipReason, Skipped};

/// What one contact is, before the others of its phone are considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<R> {
    /// Not a contact of this campaign: a tombstone, or a contact that moved here later.
    NotCounted,
    /// Active, and excluded by the target.
    Excluded,
    Skipped(SkipReason),
    Eligible(R),
}

/// The contacts of one phone so far.
#[derive(Debug)]
pub struct PhoneGroup<R> {
    winner: Option<R>,
    /// The contacts that are skipped if the phone is not excluded.
    skipped: Skipped,
    is_excluded: bool,
    /// The phone is a recipient through contacts that are stored elsewhere, so these are duplicates.
    is_taken: bool,
}

/// A group with all of its contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<R> {
    pub recipient: Option<R>,
    pub skipped: Skipped,
}

impl<R> Default for PhoneGroup<R> {
    fn default() -> Self {
        Self { winner: None, skipped: Skipped::default(), is_excluded: false, is_taken: false }
    }
}

impl<R> PhoneGroup<R> {
    /// The group that an entry begins, with the contacts of its phone that are stored elsewhere.
    #[must_use]
    pub fn begin(first: &Entry, judge: &Judge) -> Self {
        let mut group = Self::default();
        for former in &first.former {
            group.consider(&judge.former_standing(former), true);
        }
        group
    }

    /// Adds a contact. `prefer` merges a later eligible contact into the recipient.
    pub fn add(&mut self, standing: Standing<R>, prefer: impl FnOnce(&mut R, R)) {
        let reason = match standing {
            Standing::NotCounted => return,
            Standing::Excluded => {
                self.is_excluded = true;
                SkipReason::NotInTarget
            }
            Standing::Skipped(reason) => reason,
            Standing::Eligible(_) if self.is_taken => SkipReason::Duplicate,
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
    }

    /// Takes a contact of the phone into account that is stored, and counted, elsewhere.
    pub fn consider<S>(&mut self, elsewhere: &Standing<S>, takes_precedence: bool) {
        match elsewhere {
            Standing::NotCounted | Standing::Skipped(_) => {}
            Standing::Excluded => self.is_excluded = true,
            Standing::Eligible(_) => self.is_taken |= takes_precedence,
        }
    }

    #[must_use]
    pub fn judged(self) -> Judged<R> {
        let Self { winner, skipped, is_excluded, is_taken: _ } = self;
        if !is_excluded {
            return Judged { recipient: winner, skipped };
        }
        let not_in_target = skipped.total() + u64::from(winner.is_some());
        Judged { recipient: None, skipped: Skipped { not_in_target, ..Skipped::default() } }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(standings: &[Standing<u8>]) -> Judged<u8> {
        let mut group = PhoneGroup::default();
        for standing in standings {
            group.add(standing.clone(), |_, _| {});
        }
        group.judged()
    }

    #[test]
    fn the_first_eligible_contact_is_the_recipient() {
        use SkipReason::{Inactive, NotInTarget, Unrenderable};
        use Standing::{Eligible, Excluded, NotCounted, Skipped as Skip};
        let judged = judge(&[
            Skip(NotInTarget),
            NotCounted,
            Skip(Inactive),
            Skip(Unrenderable),
            Eligible(1),
            Eligible(2),
            Skip(Unrenderable),
        ]);
        let skipped = Skipped {
            not_in_target: 1,
            inactive: 1,
            unrenderable: 2,
            duplicate: 1,
            ..Skipped::default()
        };
        assert_eq!(judged, Judged { recipient: Some(1), skipped });
        // Whichever comes first, an exclusion is the phone's.
        for standings in [[Eligible(1), Excluded], [Excluded, Eligible(1)]] {
            let skipped = Skipped { not_in_target: 2, ..Skipped::default() };
            assert_eq!(judge(&standings), Judged { recipient: None, skipped });
        }
    }

    #[test]
    fn contacts_elsewhere_decide_too() {
        let mut taken = PhoneGroup::default();
        taken.consider(&Standing::Eligible(7), true);
        taken.add(Standing::Eligible(1), |_, _| {});
        let skipped = Skipped { duplicate: 1, ..Skipped::default() };
        assert_eq!(taken.judged(), Judged { recipient: None, skipped });
        let mut first = PhoneGroup::default();
        first.consider(&Standing::Eligible(7), false);
        first.add(Standing::Eligible(1), |_, _| {});
        assert_eq!(first.judged().recipient, Some(1));
    }

    fn any_standing() -> impl Strategy<Value = Standing<u8>> {
        prop_oneof![
            1 => Just(Standing::NotCounted),
            1 => Just(Standing::Excluded),
            2 => prop::sample::select(vec![
                SkipReason::NotInTarget,
                SkipReason::Inactive,
                SkipReason::Unsubscribed,
                SkipReason::Unrenderable,
            ])
            .prop_map(Standing::Skipped),
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
            let is_excluded = standings.contains(&Standing::Excluded);
            let first = standings.iter().find_map(|standing| match standing {
                Standing::Eligible(recipient) => Some(*recipient),
                Standing::NotCounted | Standing::Excluded | Standing::Skipped(_) => None,
            });
            prop_assert_eq!(judged.recipient, first.filter(|_| !is_excluded));
        }
    }
}
