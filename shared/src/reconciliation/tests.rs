use uuid::Uuid;

use super::*;
use crate::phone::Phone;
use crate::sender::aws::AwsSender;
use crate::sender::{Provider, Sender};
use crate::unsubscribe::Source;

fn at(second: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(second)
}

fn phone() -> Phone {
    Phone::from_e164("+14155550123").expect("valid")
}

fn listed(second: i64, by_person: bool) -> ListedOptOut {
    ListedOptOut { phone: phone(), at: at(second), by_person }
}

fn name(name: &str) -> ListName {
    name.parse().expect("a name")
}

fn organization(id: u128, provider: Provider, list: Option<&str>) -> Organization {
    let sender = Sender::new(phone(), provider);
    let id = OrganizationId(Uuid::from_u128(id));
    let organization = Organization::new(id, "Ferry".to_owned(), sender, at(0));
    Organization { opt_out_list: list.map(name), ..organization }
}

fn aws() -> Provider {
    Provider::Aws(AwsSender::default())
}

#[test]
fn a_phone_is_settled_only_where_it_is_known() {
    let unknown = |has_contact| Known { has_contact, newest: None };
    for (has_contact, is_exclusive, expected) in [
        (false, false, Verdict::Foreign),
        (true, false, Verdict::Suppress),
        (false, true, Verdict::Suppress),
        (true, true, Verdict::Suppress),
    ] {
        assert_eq!(judge(&listed(5, true), unknown(has_contact), is_exclusive), expected);
    }
}

#[test]
fn the_newest_preference_counts() {
    let of = |subscribed, second, source, is_lift| {
        let newest = Newest { subscribed, changed_at: at(second), source, is_lift };
        Known { has_contact: true, newest: Some(newest) }
    };
    let listed_at_5 = listed(5, true);
    for (known, expected) in [
        (of(false, 1, Source::Keyword, false), Verdict::Known),
        (of(false, 9, Source::Erasure, false), Verdict::Known),
        (of(false, 9, Source::Import, false), Verdict::Confirm),
        (of(true, 9, Source::Keyword, false), Verdict::Resubscribed),
        (of(true, 9, Source::Api, true), Verdict::Resubscribed),
        // A key that did not know of the opt-out.
        (of(true, 9, Source::Api, false), Verdict::Suppress),
        (of(true, 4, Source::Keyword, false), Verdict::Suppress),
        (of(true, 5, Source::Keyword, false), Verdict::Suppress),
    ] {
        assert_eq!(judge(&listed_at_5, known, false), expected, "{known:?}");
    }
    let by_account = judge(&listed(5, false), of(false, 9, Source::Import, false), false);
    assert_eq!(by_account, Verdict::Known, "the person did not say so");
}

#[test]
fn evidence_names_the_list() {
    let id = OrganizationId(Uuid::nil());
    let preference = listed(5, true).preference(id, &name("Default"));
    assert_eq!(preference.evidence.as_deref(), Some("opt-out list Default"));
    assert_eq!((preference.source, preference.changed_at), (Source::Provider, at(5)));
    let preference = listed(5, false).preference(id, &name("Default"));
    assert_eq!(preference.evidence.as_deref(), Some("opt-out list Default, added by the account"));
}

#[test]
fn a_list_belongs_to_the_only_organization_that_it_is_named_for() {
    let own = organization(1, aws(), Some("Ferry"));
    let same = |id| organization(id, aws(), Some("Ferry"));
    assert!(is_exclusive(&own, &[same(1), organization(2, aws(), Some("Bakery"))]));
    assert!(!is_exclusive(&own, &[same(2)]));
    assert!(!is_exclusive(&organization(1, aws(), None), &[]), "no list was named for it");
    // The default list is used by all that name none.
    let default = organization(1, aws(), Some("Default"));
    assert!(!is_exclusive(&default, &[organization(2, aws(), None)]));
    assert!(is_exclusive(&default, &[organization(2, Provider::default(), None)]));
    assert!(!is_exclusive(&organization(1, Provider::default(), Some("Ferry")), &[]));
}

#[test]
fn only_a_named_list_is_read_every_day() {
    let done = |organization: &Organization| {
        let begun = Reconciliation::begin(organization.id, None, Actor::System, at(0));
        begun.reading(name("Ferry"), true, at(1)).walked(0, None, at(10)).owed_at(organization)
    };
    assert_eq!(done(&organization(1, aws(), Some("Ferry"))), Some(at(10 + EVERY_SECONDS)));
    assert_eq!(done(&organization(1, aws(), None)), None);
    assert_eq!(done(&organization(1, Provider::default(), Some("Ferry"))), None);
}

#[test]
fn the_counts_add_up() {
    let verdicts = [
        Some(Verdict::Suppress),
        Some(Verdict::Known),
        Some(Verdict::Confirm),
        Some(Verdict::Resubscribed),
        Some(Verdict::Foreign),
        None,
    ];
    let counts = verdicts.into_iter().fold(Counts::default(), Counts::plus);
    let Counts { listed, suppressed, known, resubscribed, foreign, .. } = counts;
    assert_eq!(listed, suppressed + known + resubscribed + foreign);
    assert_eq!((suppressed, known, foreign), (1, 2, 2));
    assert_eq!(Counts { registered: 7, ..counts }.only_here(), 4);
    assert_eq!(Counts { registered: 1, ..counts }.only_here(), 0);
}

#[test]
fn a_failure_keeps_when_it_was_last_done() {
    let id = OrganizationId(Uuid::nil());
    let done = Reconciliation::begin(id, None, Actor::System, at(0)).walked(3, None, at(10));
    assert_eq!((done.status(), done.last_done_at), (Status::Done, Some(at(10))));
    let next = Reconciliation::begin(id, Some(&done), Actor::System, at(20));
    assert_eq!((next.status(), next.ended_at()), (Status::Running, None));
    let failed = next.failed(NOT_FOUND, at(30));
    assert_eq!((failed.status(), failed.last_done_at), (Status::Failed, Some(at(10))));
    assert_eq!(failed.ended_at(), Some(at(30)));
}

#[test]
fn names_are_those_of_aws() {
    for good in ["Default", "a", "My_list-2"] {
        assert!(good.parse::<ListName>().is_ok(), "{good}");
    }
    for bad in ["", "a b", "arn:aws:sms-voice:us-east-1:1:opt-out-list/a", &"a".repeat(65)] {
        assert_eq!(bad.parse::<ListName>(), Err(InvalidListName), "{bad}");
    }
}
