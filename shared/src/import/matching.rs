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

/// The contacts with a row's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    None,
    One(Box<Contact>),
    Several,
}

/// The outcome of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Create(Profile),
    /// The contact gets this profile.
    Update(Box<Contact>, Profile),
    /// The contact says already what the row says.
    Unchanged(Box<Contact>),
    Skipped(SkipReason),
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
            Self::Unchanged(_) | Self::Skipped(_) | Self::Rejected(_) => false,
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
            (_, Known::One(_) | Known::Several) if self.is_replaced => {
                Outcome::Skipped(SkipReason::Inactive)
            }
            (_, Known::One(_) | Known::Several) if options.on_match == OnMatch::Skip => {
                Outcome::Skipped(SkipReason::Matched)
            }
            (_, Known::One(before)) => match self.applied_to(&before.profile, options) {
                Ok(profile) if profile == before.profile => Outcome::Unchanged(before),
                Ok(profile) => Outcome::Update(before, profile),
                Err(reason) => Outcome::Rejected(reason),
            },
            (_, Known::Several) => {
                let reason = "ambiguous_phone: several contacts have this phone; import with \
                              contacts' IDs, or delete all but one";
                Outcome::Rejected(reason.to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::contact::Status;
    use crate::ids::OrganizationId;
    use crate::import::row::Lacks;
    use crate::import::{Progress, Written};
    use crate::time::Timestamp;

    fn profile(first_name: &str, city: &str) -> Profile {
        Profile {
            phone: "+14153550123".parse().ok(),
            first_name: Some(first_name.to_owned()),
            attributes: [("City".to_owned(), city.into())].into(),
            ..Profile::default()
        }
    }

    fn row(profile: Profile) -> Row {
        let (status, lacks, blank_attributes) = (None, Lacks::default(), Vec::new());
        Row { id: None, profile, status, is_replaced: false, lacks, blank_attributes }
    }

    fn contact(profile: Profile) -> Box<Contact> {
        let now = Timestamp::EPOCH;
        let (id, organization_id) =
            (ContactId::new(now, [0; 10]), OrganizationId::new(now, [0; 10]));
        let (imported, created_at, updated_at) = (None, now, now);
        Box::new(Contact { id, organization_id, profile, imported, created_at, updated_at })
    }

    fn outcome(row: &Row, by: MatchBy, on_match: OnMatch, known: Known) -> Outcome {
        let options = Options { on_match, ..Options::default() };
        let key = row.match_key(by).expect("a key");
        row.outcome(&options, &key, known)
    }

    #[test]
    fn a_phone_finds_its_contact() {
        let ana = row(profile("Ana", "Oakland"));
        let by_phone = |on_match, known| outcome(&ana, MatchBy::Phone, on_match, known);
        let same = contact(profile("Ana", "Oakland"));
        let other = contact(profile("Ana", "Austin"));
        let (update, skip) = (OnMatch::Update, OnMatch::Skip);
        assert_eq!(by_phone(update, Known::None), Outcome::Create(ana.profile.clone()));
        assert_eq!(by_phone(update, Known::One(same.clone())), Outcome::Unchanged(same.clone()));
        let updated = Outcome::Update(other.clone(), ana.profile.clone());
        assert_eq!(by_phone(update, Known::One(other)), updated);
        let ambiguous = by_phone(update, Known::Several);
        assert!(
            matches!(ambiguous, Outcome::Rejected(reason) if reason.starts_with("ambiguous_phone"))
        );
        assert_eq!(by_phone(skip, Known::One(same)), Outcome::Skipped(SkipReason::Matched));
        assert_eq!(by_phone(skip, Known::Several), Outcome::Skipped(SkipReason::Matched));
        assert_eq!(by_phone(skip, Known::None), Outcome::Create(ana.profile.clone()));
    }

    #[test]
    fn a_row_without_what_it_is_matched_by_is_rejected_or_new() {
        let without = row(Profile::default());
        assert!(without.match_key(MatchBy::Phone).is_err());
        for by in [MatchBy::Id, MatchBy::None] {
            let created = Outcome::Create(without.profile.clone());
            assert_eq!(outcome(&without, by, OnMatch::Update, Known::None), created);
        }
        let missing = Row { id: Some(ContactId::new(Timestamp::EPOCH, [1; 10])), ..without };
        let missing = outcome(&missing, MatchBy::Id, OnMatch::Skip, Known::None);
        assert!(matches!(missing, Outcome::Rejected(_)));
    }

    #[test]
    fn what_the_file_has_no_column_for_stays() {
        let mut before = profile("Ana", "Oakland");
        before.email = Some("ana@example.com".to_owned());
        before.last_name = Some("Diaz".to_owned());
        before.attributes.insert("Plan".to_owned(), "gold".into());
        let lacks = Lacks { email: true, ..Lacks::default() };
        let mut after = row(profile("Ann", "Austin"));
        (after.lacks, after.blank_attributes) = (lacks, vec!["Plan".to_owned()]);
        let applied = after.applied_to(&before, &Options::default()).expect("valid");
        let expected = Profile { email: before.email.clone(), ..profile("Ann", "Austin") };
        assert_eq!(applied, expected, "a blank cell clears its field");
        let many = (0..20).map(|place| (format!("a{place}"), "x".into())).collect();
        let full = Profile { attributes: many, ..before };
        assert!(
            after.applied_to(&full, &Options::default()).is_err(),
            "a contact's limits hold for both together"
        );
    }

    #[test]
    fn tags_are_added_and_blank_cells_clear_no_external_id() {
        let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
        let before = Profile {
            external_id: Some("b-1".to_owned()),
            tags: tags(&["vip"]),
            status: Status::Inactive,
            ..profile("Ana", "Oakland")
        };
        let row = row(Profile { tags: tags(&["spring"]), ..profile("Ana", "Oakland") });
        let options = Options { tags: tags(&["2026"]), ..Options::default() };
        let after = row.applied_to(&before, &options).expect("valid");
        assert_eq!(after, Profile { tags: tags(&["2026", "spring", "vip"]), ..before.clone() });
        let active = Row { status: Some(Status::Active), ..row.clone() };
        let after = active.applied_to(&before, &options).expect("valid");
        assert_eq!(after.status, Status::Active);
        let Outcome::Create(new) = row.outcome(&options, &MatchKey::New, Known::None) else {
            panic!("not new");
        };
        assert_eq!(new.tags, tags(&["2026", "spring"]));
        let many = (0..51).map(|tag| tag.to_string()).collect();
        let full = Options { tags: many, ..Options::default() };
        let refused = row.outcome(&full, &MatchKey::New, Known::None);
        assert!(matches!(refused, Outcome::Rejected(reason) if reason.contains("at most 50 tags")));
    }

    #[test]
    fn an_external_id_finds_its_contact_and_has_only_one() {
        let row = row(Profile { external_id: Some("b-1".to_owned()), ..profile("Ana", "Oakland") });
        let known = contact(profile("Ann", "Oakland"));
        let update = |owner| {
            let found = Known::One(known.clone());
            outcome(&row, MatchBy::ExternalId, OnMatch::Update, found).unless_taken(owner)
        };
        assert!(matches!(update(None), Outcome::Update(..)));
        assert!(matches!(update(Some(known.id)), Outcome::Update(..)));
        let other = Some(ContactId::new(Timestamp::EPOCH, [7; 10]));
        let taken = |outcome| match outcome {
            Outcome::Rejected(reason) => reason.starts_with("external_id_taken"),
            _ => false,
        };
        assert!(taken(update(other)));
        let create = outcome(&row, MatchBy::None, OnMatch::Update, Known::None);
        assert!(taken(create.clone().unless_taken(other)));
        assert_eq!(create.clone().unless_taken(None), create);
        let without = Row { profile: profile("Ana", "Oakland"), ..row };
        assert!(without.match_key(MatchBy::ExternalId).is_err());
    }

    #[test]
    fn a_replaced_endpoint_changes_no_contact() {
        let replaced = Row { is_replaced: true, ..row(profile("Ana", "Oakland")) };
        let outcome = |known| outcome(&replaced, MatchBy::Phone, OnMatch::Update, known);
        let skipped = Outcome::Skipped(SkipReason::Inactive);
        assert_eq!(outcome(Known::One(contact(profile("Ann", "Austin")))), skipped);
        assert_eq!(outcome(Known::Several), skipped);
        assert!(matches!(outcome(Known::None), Outcome::Create(_)));
    }

    proptest! {
        /// Each row has exactly one outcome.
        #[test]
        fn rows_are_the_sum_of_their_outcomes(
            rows in vec((0..3_usize, 0..3_usize, "[ab]{0,2}", any::<bool>()), 0..40),
            by in 0..4_usize,
            skips in any::<bool>(),
        ) {
            let by = MatchBy::VARIANTS[by];
            let on_match = if skips { OnMatch::Skip } else { OnMatch::Update };
            let mut progress = Progress::default();
            for (known, id, name, has_phone) in rows {
                let mut row = row(profile(&name, "Oakland"));
                row.profile.phone = row.profile.phone.filter(|_| has_phone);
                row.id = (id > 0).then(|| ContactId::new(Timestamp::EPOCH, [1; 10]));
                let known = match known {
                    0 => Known::None,
                    1 => Known::One(contact(profile("a", "Oakland"))),
                    _ => Known::Several,
                };
                let options = Options { on_match, ..Options::default() };
                match row.match_key(by).map(|key| row.outcome(&options, &key, known)) {
                    Ok(Outcome::Create(_)) => progress.count(Written::Created),
                    Ok(Outcome::Update(..)) => progress.count(Written::Updated),
                    Ok(Outcome::Unchanged(_)) => progress.count(Written::Unchanged),
                    Ok(Outcome::Skipped(reason)) => progress.skipped.add(reason),
                    Ok(Outcome::Rejected(_)) | Err(_) => progress.rejected += 1,
                }
                progress.second_pass.rows += 1;
                prop_assert!(progress.is_balanced());
            }
        }
    }
}
