use shared::ids::ImportId;
use uuid::Uuid;

use super::super::super::dynamo::{item, parse};
use super::super::super::keys;
use super::*;

fn contact(profile: Profile) -> Contact {
    let at = |second: i64| Timestamp::from_millis(second * 1_000).expect("in range");
    Contact {
        id: ContactId(Uuid::from_u128(2)),
        organization_id: OrganizationId(Uuid::from_u128(1)),
        profile,
        imported: Some(Imported::new(ImportId(Uuid::from_u128(3)))),
        created_at: at(1),
        updated_at: at(2),
    }
}

fn full() -> Contact {
    contact(Profile {
        phone: Phone::from_e164("+14155550123").ok(),
        first_name: Some("Ana".to_owned()),
        last_name: Some("Ruiz".to_owned()),
        email: Some("ana@example.com".to_owned()),
        external_id: Some("007".to_owned()),
        status: Status::Inactive,
        tags: ["new", "vip"].map(str::to_owned).into(),
        time_zone: "America/Denver".parse().ok(),
        language: Some("es-419".to_owned()),
        attributes: [
            ("City".to_owned(), Attribute::from("Austin")),
            ("Stores".to_owned(), Attribute::List(vec!["a".to_owned(), "b".to_owned()])),
        ]
        .into(),
    })
}

#[test]
fn rows_are_contacts() {
    for contact in [full(), contact(Profile::default())] {
        let key = keys::contact(contact.organization_id, contact.id, None, 1.into());
        let row = Row::of(&contact, Presence::default());
        let item = item("a contact", &key, row).expect("an item");
        assert!(!is_tombstone(&item));
        let read: Row = parse("a contact", item).expect("a row");
        assert_eq!(read.into_contact(contact.organization_id), contact);
    }
}

/// The version before statuses and tags requires `createdAt`, and a presence that is a list.
#[test]
fn older_code_reads_only_contacts_that_it_knows_all_of() {
    #[derive(Deserialize)]
    struct OlderTrace {
        #[serde(default)]
        presence: Presence,
    }
    let stored = |contact: &Contact| {
        let key = keys::contact(contact.organization_id, contact.id, None, 1.into());
        item("a contact", &key, Row::of(contact, Presence::default())).expect("an item")
    };
    let is_cut = |item: &Item| {
        parse::<OlderTrace>("a contact", item.clone()).is_ok_and(|it| it.presence.is_simple())
    };
    let plain = Contact { imported: None, ..contact(Profile::default()) };
    assert!(stored(&plain).contains_key("createdAt") && is_cut(&stored(&plain)));
    let tagged = Profile { tags: ["vip".to_owned()].into(), ..Profile::default() };
    let inactive = Profile { status: Status::Inactive, ..Profile::default() };
    for (profile, cut) in [(tagged, true), (inactive, false)] {
        let contact = Contact { profile, ..plain.clone() };
        let item = stored(&contact);
        assert!(!item.contains_key("createdAt"));
        assert_eq!(is_cut(&item), cut);
        let read: Row = parse("a contact", item).expect("a row");
        assert_eq!(read.into_contact(contact.organization_id), contact);
    }
    assert!(!stored(&full()).contains_key("createdAt"));
}

#[test]
fn a_tombstone_keeps_the_whole_profile() {
    let contact = full();
    let presence = Presence::default().leave(contact.updated_at);
    let row = Row::tombstone(&contact, presence, contact.updated_at, contact.updated_at);
    let key = keys::contact(contact.organization_id, contact.id, None, 1.into());
    let item = item("a contact", &key, row).expect("an item");
    assert!(is_tombstone(&item));
    assert!(item["expiresAt"].as_n().is_ok());
    let read: Row = parse("a contact", item).expect("a row");
    assert_eq!(read.into_contact(contact.organization_id), contact);
}

#[test]
fn a_contact_within_its_limit_is_at_most_4_kilobytes() {
    let text = |length: usize| Some("x".repeat(length));
    let tags = (10..39).map(|n| format!("{n}{}", "x".repeat(62))).collect();
    let attributes = [("a".to_owned(), Attribute::from("x".repeat(1_000)))].into();
    let profile = Profile {
        phone: Phone::from_e164("+141555501234567").ok(),
        first_name: text(200),
        last_name: text(200),
        tags,
        attributes,
        ..Profile::default()
    };
    let contact = contact(profile.checked().expect("just small enough"));
    let moves = (0..9).fold(Presence::default(), |it, _| it.arrive(contact.created_at));
    let row = Row::tombstone(&contact, moves, contact.updated_at, contact.updated_at);
    let key = keys::contact(
        contact.organization_id,
        contact.id,
        contact.profile.phone.as_ref(),
        32.into(),
    );
    let item = item("a contact", &key, row).expect("an item");
    let bytes: usize = item.iter().map(|(name, value)| name.len() + stored_bytes(value)).sum();
    assert!(bytes <= 4_096, "{bytes}");
}

/// The size of a value as AWS documents it ("DynamoDB item sizes and formats").
fn stored_bytes(value: &aws_sdk_dynamodb::types::AttributeValue) -> usize {
    use aws_sdk_dynamodb::types::AttributeValue::{L, M, N, S};
    match value {
        S(text) => text.len(),
        N(number) => number.len() / 2 + 2,
        L(values) => 3 + values.iter().map(|value| stored_bytes(value) + 1).sum::<usize>(),
        M(map) => {
            let bytes = map.iter().map(|(name, value)| name.len() + stored_bytes(value) + 1);
            3 + bytes.sum::<usize>()
        }
        _ => 1,
    }
}

/// A row of the version before tags, and a tombstone of it, which knew only its moves.
#[test]
fn a_row_of_an_older_version_is_read() {
    let old = r#"{"id": "00000000-0000-0000-0000-000000000002", "phone": "+14155550123",
        "firstName": "Ana", "attributes": {"City": "Austin"},
        "createdAt": "1970-01-01T00:00:01.000Z", "updatedAt": "1970-01-01T00:00:02.000Z"}"#;
    let row: Row = serde_json::from_str(old).expect("understood");
    let contact = row.into_contact(OrganizationId(Uuid::nil()));
    assert_eq!(contact.profile.status, Status::Active);
    assert_eq!(contact.profile.attributes["City"], Attribute::from("Austin"));
    let old = r#"{"presence": [], "movedAt": "1970-01-01T00:00:02.000Z", "expiresAt": 5}"#;
    assert!(serde_json::from_str::<Trace>(old).is_ok());
}
