//! Targets: which part of an audience a campaign is for.
//!
//! A campaign without a target is for everyone. With one, it is for the contacts of the included
//! segments, or of all if none is included, except for those of the excluded segments.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::ids::SegmentId;
use crate::segment::{Expanded, Field, Filter, MAX_BYTES, Moment, Unresolved};
use crate::time::Timestamp;
use crate::zone::Zone;

/// The most segments that a target includes, and the most that it excludes.
pub const MAX_SEGMENTS: usize = 10;

/// The segments that a campaign names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    #[serde(default)]
    pub include: BTreeSet<SegmentId>,
    #[serde(default)]
    pub exclude: BTreeSet<SegmentId>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    #[error("must name at least one segment; use null for everyone")]
    Empty,
    #[error("must include at most {MAX_SEGMENTS} segments and exclude at most {MAX_SEGMENTS}")]
    TooMany,
    #[error("the segment {0} does not exist")]
    Missing(SegmentId),
    #[error("the segment {id} {reason}")]
    Segment { id: SegmentId, reason: Unresolved },
    #[error("must be at most {MAX_BYTES} bytes, all segments together")]
    TooLarge,
}

/// A target as it is evaluated: without references, and with the organization's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenTarget {
    include: Vec<Expanded>,
    exclude: Vec<Expanded>,
    zone: Zone,
}

/// What a target says of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Included,
    NotIncluded,
    Excluded,
}

impl Target {
    pub fn checked(self) -> Result<Self, InvalidTarget> {
        if self.include.is_empty() && self.exclude.is_empty() {
            return Err(InvalidTarget::Empty);
        }
        if self.include.len().max(self.exclude.len()) > MAX_SEGMENTS {
            return Err(InvalidTarget::TooMany);
        }
        Ok(self)
    }

    /// The segments that the target names, not counting those that they refer to.
    pub fn segments(&self) -> impl Iterator<Item = SegmentId> {
        self.include.union(&self.exclude).copied()
    }

    /// The target without references. `find` returns the filter of a segment.
    pub fn frozen<'f>(
        &self,
        zone: Zone,
        find: &dyn Fn(SegmentId) -> Option<&'f Filter>,
    ) -> Result<FrozenTarget, InvalidTarget> {
        let expand = |ids: &BTreeSet<SegmentId>| {
            let expand = |id: &SegmentId| {
                let filter = find(*id).ok_or(InvalidTarget::Missing(*id))?;
                filter.expanded(find).map_err(|reason| InvalidTarget::Segment { id: *id, reason })
            };
            ids.iter().map(expand).collect::<Result<Vec<Expanded>, InvalidTarget>>()
        };
        let (include, exclude) = (expand(&self.include)?, expand(&self.exclude)?);
        let sizes = include.iter().chain(&exclude).map(|it| it.to_json().to_string().len());
        if sizes.sum::<usize>() > MAX_BYTES {
            return Err(InvalidTarget::TooLarge);
        }
        Ok(FrozenTarget { include, exclude, zone })
    }
}

impl FrozenTarget {
    /// The target of everyone whom a filter matches.
    #[must_use]
    pub fn including(filter: Expanded, zone: Zone) -> Self {
        Self { include: vec![filter], exclude: Vec::new(), zone }
    }

    /// Decides about a contact as of the moment when the campaign was sent.
    #[must_use]
    pub fn choose(&self, contact: &Contact, sent_at: Timestamp) -> Choice {
        let at = Moment { now: sent_at, zone: self.zone };
        let matches = |filter: &Expanded| filter.matches(contact, &at);
        if self.exclude.iter().any(matches) {
            Choice::Excluded
        } else if self.include.is_empty() || self.include.iter().any(matches) {
            Choice::Included
        } else {
            Choice::NotIncluded
        }
    }

    /// The fields that a contact must be read with.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&Field> {
        self.include.iter().chain(&self.exclude).flat_map(Expanded::fields).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::contact::Profile;
    use crate::ids::{ContactId, OrganizationId};

    fn id(n: u128) -> SegmentId {
        SegmentId(Uuid::from_u128(n))
    }

    fn tagged(tag: &str) -> Filter {
        Filter::parse(&json!({"field": "tags", "op": "eq", "value": tag})).expect("a filter")
    }

    fn contact(tags: &[&str]) -> Contact {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Contact {
            id: ContactId(Uuid::nil()),
            organization_id: OrganizationId(Uuid::nil()),
            profile: Profile { tags, ..Profile::default() },
            imported: None,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
        }
    }

    fn target(include: &[u128], exclude: &[u128]) -> Target {
        let ids = |ids: &[u128]| ids.iter().map(|n| id(*n)).collect();
        Target { include: ids(include), exclude: ids(exclude) }
    }

    fn freeze(target: &Target) -> Result<FrozenTarget, InvalidTarget> {
        let segments = [(id(1), tagged("vip")), (id(2), tagged("new"))];
        let find = |id| segments.iter().find(|(own, _)| *own == id).map(|(_, filter)| filter);
        target.frozen(Zone::default(), &find)
    }

    #[test]
    fn exclusion_takes_precedence() {
        let frozen = freeze(&target(&[1], &[2])).expect("frozen");
        let choose = |tags: &[&str]| frozen.choose(&contact(tags), Timestamp::EPOCH);
        assert_eq!(choose(&["vip"]), Choice::Included);
        assert_eq!(choose(&["vip", "new"]), Choice::Excluded);
        assert_eq!(choose(&[]), Choice::NotIncluded);
        let everyone_else = freeze(&target(&[], &[2])).expect("frozen");
        assert_eq!(everyone_else.choose(&contact(&[]), Timestamp::EPOCH), Choice::Included);
        let stored = serde_json::to_string(&frozen).expect("JSON");
        assert_eq!(serde_json::from_str::<FrozenTarget>(&stored).expect("a target"), frozen);
    }

    #[test]
    fn what_cannot_be_resolved_is_never_everyone() {
        let missing = Err(InvalidTarget::Missing(id(3)));
        assert_eq!(freeze(&target(&[3], &[])), missing);
        assert_eq!(freeze(&target(&[1], &[3])), missing);
        assert_eq!(target(&[], &[]).checked(), Err(InvalidTarget::Empty));
        let many: Vec<u128> = (0..11).collect();
        assert_eq!(target(&many, &[]).checked(), Err(InvalidTarget::TooMany));
        assert!(serde_json::from_str::<Target>(r#"{"includes": []}"#).is_err());
    }
}
