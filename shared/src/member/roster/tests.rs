use uuid::Uuid;

use super::*;
use crate::member::PersonKey;

const ORGANIZATION: OrganizationId = OrganizationId(Uuid::nil());

fn id(number: u128) -> MemberId {
    MemberId(Uuid::from_u128(number))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

fn email(text: &str) -> MemberEmail {
    MemberEmail::parse(text).expect("valid")
}

fn by() -> Actor {
    Actor::Member { id: Uuid::max(), name: "Bo".to_owned() }
}

fn person(subject: &str, address: Option<&str>) -> Person {
    Person {
        key: PersonKey::new("https://id.example", subject),
        name: Some(subject.to_owned()),
        email: address.map(email),
    }
}

/// A roster to which these people were invited, and which they joined.
fn joined(people: &[(u128, &str, Role)]) -> Roster {
    let mut roster = Roster { organization_id: ORGANIZATION, version: 0, members: Vec::new() };
    for (number, name, role) in people {
        let address = format!("{name}@example.com");
        let invited = roster.invite(id(*number), email(&address), *role, by(), at(0));
        roster.members.extend(invited.expect("invited").after);
        let change = roster.join(id(*number), &person(name, Some(&address)), at(1));
        let after = change.expect("joined").after.expect("present");
        *roster.members.last_mut().expect("invited") = after;
    }
    roster
}

fn invited() -> Roster {
    let mut roster = joined(&[(1, "ana", Role::Admin)]);
    let change = roster.invite(id(2), email("Cy@example.com"), Role::Viewer, by(), at(10));
    roster.members.extend(change.expect("invited").after);
    roster
}

#[test]
fn an_invitation_is_accepted_once_by_the_verified_address() {
    let roster = invited();
    let cy = person("cy", Some("cy@example.com"));
    let change = roster.join(id(2), &cy, at(11)).expect("joined");
    let after = change.after.expect("present");
    assert_eq!((after.person(), after.role), (Some(&cy.key), Role::Viewer));
    assert_eq!(after.actor().name(), Some("cy"));
    for stranger in [person("cy", None), person("cy", Some("di@example.com"))] {
        assert_eq!(roster.join(id(2), &stranger, at(11)), None);
    }
    let end = 10 + INVITATION_SECONDS;
    assert!(roster.join(id(2), &cy, at(end - 1)).is_some());
    assert_eq!(roster.join(id(2), &cy, at(end)), None, "expired");
    // Once joined, the address means nothing.
    let taken = person("another", Some("ana@example.com"));
    assert_eq!(roster.join(id(1), &taken, at(11)), None);
    // A member cannot join a second time.
    let ana = person("ana", Some("cy@example.com"));
    assert_eq!(roster.join(id(2), &ana, at(11)), None);
}

#[test]
fn inviting_again_renews_the_invitation() {
    let roster = invited();
    let change = roster.invite(id(3), email("cy@example.com"), Role::Sender, by(), at(50));
    let after = change.expect("renewed").after.expect("present");
    assert_eq!((after.id, after.role, after.created_at), (id(2), Role::Sender, at(10)));
    assert_eq!(after.standing, Standing::Invited { until: at(50 + INVITATION_SECONDS) });
    let member = roster.invite(id(3), email("ana@example.com"), Role::Sender, by(), at(50));
    assert_eq!(member, Err(Refusal::AlreadyMember));
}

#[test]
fn an_admin_stays() {
    let roster = invited();
    assert_eq!(roster.remove(id(1), &by()), Err(Refusal::LastAdmin));
    assert_eq!(roster.set_role(id(1), Role::Sender, by()), Err(Refusal::LastAdmin));
    assert!(roster.set_role(id(1), Role::Admin, by()).is_ok());
    assert!(roster.remove(id(1), &Actor::Deployment).is_ok());
    assert!(roster.remove(id(2), &by()).is_ok());
    // An invitation is not an admin yet.
    let mut hopeful = roster;
    let change = hopeful.set_role(id(2), Role::Admin, by()).expect("changed");
    hopeful.members[1] = change.after.expect("present");
    assert_eq!(hopeful.remove(id(1), &by()), Err(Refusal::LastAdmin));
    let two = joined(&[(1, "ana", Role::Admin), (2, "bo", Role::Admin)]);
    assert!(two.remove(id(1), &by()).is_ok());
    assert_eq!(two.remove(id(3), &by()), Err(Refusal::Missing));
}

#[test]
fn a_roster_has_a_limit() {
    let mut roster = invited();
    let change = roster.invite(id(3), email("x@example.com"), Role::Viewer, by(), at(0));
    let one = change.expect("invited").after.expect("present");
    roster.members.resize(MAX_MEMBERS, one);
    let full = roster.invite(id(4), email("y@example.com"), Role::Viewer, by(), at(0));
    assert_eq!(full, Err(Refusal::Full));
    let renewed = roster.invite(id(4), email("cy@example.com"), Role::Viewer, by(), at(0));
    assert!(renewed.is_ok());
}
