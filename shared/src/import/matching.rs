//! The outcome of a row, given the contacts that it may mean.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::options::Options;
use super::progress::SkipReason;
use super::row::Row;
use crate::contact::{Contact, Profile};
use crate::ids::ContactId;
use crate::phone::Line;

/// By what a row finds its contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "camelCase")]
pub enum MatchBy {
    /// A contact's id. A row without one creates a contact.
    #[default]
    Id,
    /// The phone, in whichever form it is written.
    Phone,
    /// The ID in the organization's other systems.
    ExternalId,
    /// Nothing: each row creates a contact.
    None,
}

/// What happens to a contact that a row finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "camelCase")]
pub enum OnMatch {
    #[default]
    Update,
    Skip,
}

/// What identifies the contact of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MatchKey {
    /// A contact that no earlier row or import can have made.
    New,
    Contact(ContactId),
    Line(Line),
    ExternalId(String),
}

impl MatchKey {
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        match self {
            Self::Line(line) => Some(line),
            Self::New | Self::Contact(_) | Self::ExternalId(_) => None,
        }
    }
}

/// The contacts with a row's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    None,
    One(Box<Contact>),
    Several(Vec<Contact>),
}

/// The outcome of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Create(Profile),
    /// The contact gets this profile.
    Update(Box<Contact>, Profile),
    /// The contact says already what the row says.
    Unchanged(Box<Contact>),
    /// These contacts stay as they are.
    Skipped(SkipReason, Vec<Contact>),
    Rejected(String),
}

impl Outcome {
    /// The outcome if `owner` has the row's external ID.
    #[must_use]
    pub fn unless_taken(self, owner: Option<ContactId>) -> Self {
        let is_taken = |by: Option<ContactId>| owner.is_some() && owner != by;
        let is_refused = match &self {
            Self::Create(_) => is_taken(None),
            Self::Update(before, _) => is_taken(Some(before.id)),
            Self::Unchanged(_) | Self::Skipped(..) | Self::Rejected(_) => false,
        };
        if is_refused {
            let reason = "external_id_taken: another contact has this external ID; match by it, or \
                          change it";
            Self::Rejected(reason.to_owned())
        } else {
            self
        }
    }
}

impl Row {
    /// What identifies this row's contact; `Err` says what it lacks.
    pub fn match_key(&self, by: MatchBy) -> Result<MatchKey, String> {
        match by {
            MatchBy::Id => Ok(self.id.map_or(MatchKey::New, MatchKey::Contact)),
            MatchBy::Phone => match &self.profile.phone {
                Some(phone) => Ok(MatchKey::Line(phone.line())),
                None => Err("has no phone to find its contact by".to_owned()),
            },
            MatchBy::ExternalId => match &self.profile.external_id {
                Some(id) => Ok(MatchKey::ExternalId(id.clone())),
                None => Err("has no external ID to find its contact by".to_owned()),
            },
            MatchBy::None => Ok(MatchKey::New),
        }
    }

    /// The profile of a new contact, with the tags of every row.
    fn tagged(&self, options: &Options) -> Result<Profile, String> {
        let mut profile = self.profile.clone();
        if options.tags.is_empty() {
            return Ok(profile);
        }
        profile.tags.extend(options.tags.iter().cloned());
        profile.checked().map_err(|error| format!("cannot be tagged: {error}"))
    }

    /// The profile of a contact after this row: what the file has no column for stays. Tags are only
    /// added, and a blank cell clears names, emails and attributes.
    pub fn applied_to(&self, before: &Profile, options: &Options) -> Result<Profile, String> {
        let Self { profile, lacks, .. } = self;
        let own = profile.external_id.is_some();
        let kept = |lacks: bool, new: &Option<String>, old: &Option<String>| {
            if lacks { old.clone() } else { new.clone() }
        };
        let mut attributes = before.attributes.clone();
        for name in &self.blank_attributes {
            attributes.remove(name);
        }
        attributes.extend(profile.attributes.clone());
        let after = Profile {
            phone: profile.phone.clone(),
            first_name: kept(lacks.first_name, &profile.first_name, &before.first_name),
            last_name: kept(lacks.last_name, &profile.last_name, &before.last_name),
            email: kept(lacks.email, &profile.email, &before.email),
            external_id: if own { &profile.external_id } else { &before.external_id }.clone(),
            status: self.status.unwrap_or(before.status),
            tags: before.tags.iter().chain(&profile.tags).chain(&options.tags).cloned().collect(),
            time_zone: profile.time_zone.or(before.time_zone),
            language: profile.language.clone().or_else(|| before.language.clone()),
            attributes,
        };
        after.checked().map_err(|error| format!("cannot be added to its contact: {error}"))
    }

    /// Why this row leaves the contacts that it finds as they are.
    fn skipped(&self, options: &Options) -> Option<SkipReason> {
        if self.is_replaced {
            Some(SkipReason::Inactive)
        } else {
            (options.on_match == OnMatch::Skip).then_some(SkipReason::Matched)
        }
    }

    /// The outcome of this row, given the contacts with its key.
    #[must_use]
    pub fn outcome(&self, options: &Options, key: &MatchKey, known: Known) -> Outcome {
        match (key, known) {
            (MatchKey::New, _) | (MatchKey::Line(_) | MatchKey::ExternalId(_), Known::None) => {
                self.tagged(options).map_or_else(Outcome::Rejected, Outcome::Create)
            }
            (MatchKey::Contact(_), Known::None) => {
                Outcome::Rejected("refers to a contact that does not exist".to_owned())
            }
            (_, Known::One(before)) if let Some(reason) = self.skipped(options) => {
                Outcome::Skipped(reason, vec![*before])
            }
            (_, Known::Several(contacts)) if let Some(reason) = self.skipped(options) => {
                Outcome::Skipped(reason, contacts)
            }
            (_, Known::One(before)) => match self.applied_to(&before.profile, options) {
                Ok(profile) if profile == before.profile => Outcome::Unchanged(before),
                Ok(profile) => Outcome::Update(before, profile),
                Err(reason) => Outcome::Rejected(reason),
            },
            (_, Known::Several(_)) => {
                let reason = "ambiguous_phone: several contacts have this phone; import with \
                              contacts' IDs, or delete all but one";
                Outcome::Rejected(reason.to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests;
