//! The record of an erasure: how far it is, and that it was done.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::{ErasedHash, Note};
use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::phone::Phone;
use crate::time::Timestamp;

/// An erasure that was requested. The phone is only known until it is done. In one that is replayed from
/// the journal, it is unknown until it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub organization_id: OrganizationId,
    pub hash: ErasedHash,
    pub phone: Option<Phone>,
    /// Where to look for the phone, if it is unknown: the organization's shards, that of the phone's line
    /// first. Without one, all are searched.
    pub sought_in: Vec<u16>,
    /// Whether the phone was found nowhere.
    pub is_unfound: bool,
    pub stage: Stage,
    /// How far the stage is.
    pub after: Option<String>,
    /// Since when the phone is suppressed and contacts are gone.
    pub contacts_erased_at: Option<Timestamp>,
    /// Who requested it.
    pub requested_by: Actor,
    pub requested_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts its saves, so that a run notices that another one has saved.
    pub version: u64,
}

/// What an erasure does next. The hash is written before anything is removed, so that a person who has
/// opted out is suppressed at every moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Wait until every worker knows that the organization has erased people.
    Wait,
    /// Look for the phone, if only its hash is known.
    Find,
    /// Write the hash, and move the entries of the register to it.
    Register,
    Contacts,
    /// Chunks, messages and receipts of each campaign, and its tests.
    Campaigns,
    /// Files of imports, and rejected rows.
    Imports,
    Exports,
    /// Write the journal, and move what was registered in between.
    Close,
    Over,
}

/// An erasure as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Running,
    Done,
}

impl Erasure {
    #[must_use]
    pub fn new(
        organization_id: OrganizationId,
        (hash, phone): (ErasedHash, Phone),
        requested_by: Actor,
        now: Timestamp,
    ) -> Self {
        Self {
            organization_id,
            hash,
            phone: Some(phone),
            sought_in: Vec::new(),
            is_unfound: false,
            stage: Stage::Wait,
            after: None,
            contacts_erased_at: None,
            requested_by,
            requested_at: now,
            updated_at: now,
            version: 0,
        }
    }

    /// The erasure that a note of the journal is about, to be done again.
    #[must_use]
    pub fn replayed(note: Note, now: Timestamp) -> Self {
        let Note { organization_id, hash, shards, requested_by, requested_at, erased_at: _ } = note;
        Self {
            organization_id,
            hash,
            phone: None,
            sought_in: shards,
            is_unfound: false,
            stage: Stage::Wait,
            after: None,
            contacts_erased_at: None,
            requested_by,
            requested_at,
            updated_at: now,
            version: 0,
        }
    }

    #[must_use]
    pub fn status(&self) -> Status {
        match self.stage {
            Stage::Wait
            | Stage::Find
            | Stage::Register
            | Stage::Contacts
            | Stage::Campaigns
            | Stage::Imports
            | Stage::Exports
            | Stage::Close => Status::Running,
            Stage::Over => Status::Done,
        }
    }

    /// When it was done.
    #[must_use]
    pub fn done_at(&self) -> Option<Timestamp> {
        (self.stage == Stage::Over).then_some(self.updated_at)
    }

    /// The erasure after its phone was found.
    #[must_use]
    pub fn found(&self, phone: Phone, now: Timestamp) -> Self {
        Self { phone: Some(phone), ..self.next(now) }
    }

    /// The erasure after its phone was found nowhere, so that there is nothing to remove.
    #[must_use]
    pub fn unfound(&self, now: Timestamp) -> Self {
        let stage = Stage::Over;
        Self { stage, is_unfound: true, after: None, updated_at: now, ..self.clone() }
    }

    /// The erasure after a stage is done.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Self {
        let stage = match self.stage {
            Stage::Wait if self.phone.is_none() => Stage::Find,
            Stage::Wait | Stage::Find => Stage::Register,
            Stage::Register => Stage::Contacts,
            Stage::Contacts => Stage::Campaigns,
            Stage::Campaigns => Stage::Imports,
            Stage::Imports => Stage::Exports,
            Stage::Exports => Stage::Close,
            Stage::Close | Stage::Over => Stage::Over,
        };
        Self {
            stage,
            after: None,
            phone: self.phone.clone().filter(|_| stage != Stage::Over),
            contacts_erased_at: if self.stage == Stage::Contacts {
                Some(now)
            } else {
                self.contacts_erased_at
            },
            updated_at: now,
            ..self.clone()
        }
    }

    /// The erasure after a part of a stage is done.
    #[must_use]
    pub fn at(&self, after: String, now: Timestamp) -> Self {
        Self { after: Some(after), updated_at: now, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_phone_is_gone_once_everything_is_done() {
        let hash = ErasedHash::parse(&format!("k#{}", "0".repeat(32))).expect("a hash");
        let phone = Phone::from_e164("+14155550123").expect("valid");
        let organization = OrganizationId(Uuid::nil());
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let mut erasure = Erasure::new(organization, (hash, phone), Actor::System, at(0));
        let mut stages = vec![erasure.stage];
        for second in 1..20 {
            assert_eq!((erasure.status(), erasure.phone.is_some()), (Status::Running, true));
            erasure = erasure.at("there".to_owned(), at(second)).next(at(second));
            assert_eq!(erasure.after, None);
            stages.push(erasure.stage);
            if erasure.stage == Stage::Over {
                break;
            }
        }
        let expected = Stage::VARIANTS.iter().filter(|stage| **stage != Stage::Find);
        assert!(stages.iter().eq(expected), "{stages:?}");
        assert_eq!((erasure.status(), &erasure.phone), (Status::Done, &None));
        assert_eq!(erasure.done_at(), Some(at(7)));
        assert_eq!(erasure.contacts_erased_at, Some(at(3)));
        assert_eq!(erasure.next(at(30)).stage, Stage::Over);
    }

    #[test]
    fn a_phone_that_is_unknown_is_looked_for_first() {
        let hash = ErasedHash::parse(&format!("k#{}", "0".repeat(32))).expect("a hash");
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let note = Note {
            organization_id: OrganizationId(Uuid::nil()),
            hash,
            shards: vec![3],
            requested_by: Actor::System,
            requested_at: at(0),
            erased_at: None,
        };
        let erasure = Erasure::replayed(note, at(1));
        let sought = erasure.next(at(2)).at("there".to_owned(), at(3));
        assert_eq!((sought.stage, sought.status()), (Stage::Find, Status::Running));
        let phone = Phone::from_e164("+14155550123").expect("valid");
        let found = sought.found(phone.clone(), at(4));
        assert_eq!(
            (found.stage, &found.phone, &found.after),
            (Stage::Register, &Some(phone), &None)
        );
        assert_eq!(found.requested_at, at(0), "it counts from when it was requested first");
        let unfound = sought.unfound(at(5));
        assert_eq!((unfound.done_at(), unfound.is_unfound), (Some(at(5)), true));
    }
}
