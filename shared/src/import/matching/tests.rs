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
    let (id, organization_id) = (ContactId::new(now, [0; 10]), OrganizationId::new(now, [0; 10]));
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
    let several = || Known::Several(vec![*same.clone(), *contact(profile("Ann", "Oakland"))]);
    let ambiguous = by_phone(update, several());
    assert!(
        matches!(ambiguous, Outcome::Rejected(reason) if reason.starts_with("ambiguous_phone"))
    );
    for known in [Known::One(same.clone()), several()] {
        let Outcome::Skipped(SkipReason::Matched, found) = by_phone(skip, known.clone()) else {
            panic!("not skipped");
        };
        assert!(known == Known::Several(found.clone()) || found == [*same.clone()]);
    }
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
    let taken = |outcome| matches!(outcome, Outcome::Rejected(reason) if reason.starts_with("external_id_taken"));
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
    let ann = contact(profile("Ann", "Austin"));
    let skipped = Outcome::Skipped(SkipReason::Inactive, vec![*ann.clone()]);
    assert_eq!(outcome(Known::One(ann.clone())), skipped);
    assert_eq!(outcome(Known::Several(vec![*ann])), skipped);
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
                _ => Known::Several(vec![*contact(profile("a", "Oakland"))]),
            };
            let options = Options { on_match, ..Options::default() };
            match row.match_key(by).map(|key| row.outcome(&options, &key, known)) {
                Ok(Outcome::Create(_)) => progress.count(Written::Created),
                Ok(Outcome::Update(..)) => progress.count(Written::Updated),
                Ok(Outcome::Unchanged(_)) => progress.count(Written::Unchanged),
                Ok(Outcome::Skipped(reason, _)) => progress.skipped.add(reason),
                Ok(Outcome::Rejected(_)) | Err(_) => progress.rejected += 1,
            }
            progress.second_pass.rows += 1;
            prop_assert!(progress.is_balanced());
        }
    }
}
