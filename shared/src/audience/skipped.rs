//! Contacts that were skipped, each with its reason.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::SkipReason;
use crate::ids::ContactId;
use crate::template::Detail;

/// A contact that a campaign skipped, as recorded when the audience was cut. Contacts that are not
/// in the target are only counted, because there may be a great many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SkippedContact {
    pub contact: ContactId,
    pub reason: SkipReason,
    /// The problem with the contact's text, if that is the reason.
    pub detail: Option<Detail>,
}

/// Codes of details start here. Codes of other reasons are smaller.
const DETAILS: u8 = 16;

impl SkippedContact {
    /// The reason and its detail in one byte.
    #[must_use]
    pub fn code(&self) -> u8 {
        match (self.reason, self.detail) {
            (SkipReason::NoPhone, _) => 0,
            (SkipReason::Duplicate, _) => 1,
            (SkipReason::Unsubscribed, _) => 2,
            (SkipReason::NotInTarget, _) => 3,
            (SkipReason::Inactive, _) => 4,
            (SkipReason::Unrenderable, None) => 5,
            (SkipReason::Unrenderable, Some(Detail::MissingField)) => DETAILS,
            (SkipReason::Unrenderable, Some(Detail::TooLong)) => DETAILS + 1,
            (SkipReason::Unrenderable, Some(Detail::Blank)) => DETAILS + 2,
            (SkipReason::Unrenderable, Some(Detail::Error)) => DETAILS + 3,
        }
    }

    /// The contact with the reason that a code means, or `None` if this version doesn't know it.
    #[must_use]
    pub fn of_code(contact: ContactId, code: u8) -> Option<Self> {
        let details = [None].into_iter().chain(Detail::VARIANTS.iter().copied().map(Some));
        let all = details.flat_map(|detail| {
            let skipped = move |reason: &SkipReason| Self { contact, reason: *reason, detail };
            SkipReason::VARIANTS.iter().map(skipped)
        });
        let is_whole = |it: &Self| it.detail.is_none() || it.reason == SkipReason::Unrenderable;
        all.filter(is_whole).find(|it| it.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_reason_has_a_code() {
        let contact = ContactId(Uuid::from_u128(7));
        let known: Vec<_> =
            (0..=u8::MAX).filter_map(|code| SkippedContact::of_code(contact, code)).collect();
        assert_eq!(known.len(), SkipReason::VARIANTS.len() + Detail::VARIANTS.len());
        let codes: BTreeSet<u8> = known.iter().map(SkippedContact::code).collect();
        assert_eq!(codes.len(), known.len());
        assert_eq!(SkippedContact::of_code(contact, 200), None);
    }
}
