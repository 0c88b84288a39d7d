//! Deleting an organization, in stages that can be repeated.
//!
//! From the request on, the organization is gone for everyone: its item is in the record of the deletion.
//! Work that had begun goes on for a while, so nothing is removed before all of it has ended.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::organization::Organization;
use crate::time::Timestamp;

/// The longest time that a function runs, in seconds. Source: Lambda's limit.
const LONGEST_RUN_SECONDS: i64 = 900;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// As it was when its deletion was requested.
    pub organization: Organization,
    pub stage: Stage,
    /// How far the stage is.
    pub after: Option<String>,
    pub requested_by: Actor,
    pub requested_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts its saves, so that a run notices that another one has saved.
    pub version: u64,
}

/// What a deletion does next. What leads to other items is removed after them, so that a run that takes over
/// finds the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Wait until no one works for the organization any more.
    Wait,
    /// Schedules of its campaigns.
    Schedules,
    /// Files of its imports.
    Imports,
    /// Files of its exports.
    Exports,
    /// Everything in the table. Opt-outs leave a keyed hash.
    Items,
    /// Its numbers, which say whose opt-outs a later owner has to respect.
    Numbers,
    Over,
}

impl Deletion {
    #[must_use]
    pub fn new(organization: Organization, requested_by: Actor, now: Timestamp) -> Self {
        Self {
            organization,
            stage: Stage::Wait,
            after: None,
            requested_by,
            requested_at: now,
            updated_at: now,
            version: 0,
        }
    }

    /// When everything that had begun before the request has ended. A claim is valid for `claim_seconds`.
    #[must_use]
    pub fn quiet_at(&self, claim_seconds: i64) -> Timestamp {
        self.requested_at.plus_seconds(LONGEST_RUN_SECONDS + claim_seconds)
    }

    /// The deletion after a stage is done.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Self {
        let stage = match self.stage {
            Stage::Wait => Stage::Schedules,
            Stage::Schedules => Stage::Imports,
            Stage::Imports => Stage::Exports,
            Stage::Exports => Stage::Items,
            Stage::Items => Stage::Numbers,
            Stage::Numbers | Stage::Over => Stage::Over,
        };
        Self { stage, after: None, updated_at: now, ..self.clone() }
    }

    /// The deletion after a part of a stage is done.
    #[must_use]
    pub fn at(&self, after: String, now: Timestamp) -> Self {
        Self { after: Some(after), updated_at: now, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::OrganizationId;
    use crate::phone::Phone;
    use crate::sender::{Provider, Sender};

    #[test]
    fn every_stage_is_passed_once() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let phone = Phone::from_e164("+14155550123").expect("valid");
        let sender = Sender::new(phone, Provider::default());
        let id = OrganizationId(Uuid::nil());
        let organization = Organization::new(id, "Ferry".to_owned(), sender, at(0));
        let mut deletion = Deletion::new(organization, Actor::Deployment, at(1));
        assert_eq!(deletion.quiet_at(120), at(1 + 900 + 120));
        let mut stages = vec![deletion.stage];
        while deletion.stage != Stage::Over {
            deletion = deletion.at("there".to_owned(), at(2)).next(at(3));
            assert_eq!(deletion.after, None);
            stages.push(deletion.stage);
        }
        assert_eq!(stages, Stage::VARIANTS);
        assert_eq!(deletion.next(at(4)).stage, Stage::Over);
    }
}
