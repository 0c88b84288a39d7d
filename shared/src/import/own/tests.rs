//! What is exported can be imported again, in either format.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use crate::contact::{Attribute, Contact, Profile, Status};
use crate::export::{self, Encoder, Export, Kind, of_contact};
use crate::ids::{ContactId, ExportId, OrganizationId};
use crate::import::{Content, Options, ReadFile, Rows};
use crate::phone::{Phone, Region};
use crate::time::Timestamp;

/// A text as a contact has it: trimmed, and without control characters other than line feeds.
fn text() -> impl Strategy<Value = String> {
    let text = "[='+@\t\",;\\[\\]a-cé\n -]{0,8}";
    let text = text.prop_map(|text: String| text.trim().to_owned());
    text.prop_filter("not blank", |text| !text.is_empty())
}

/// A name, which has no tabs.
fn name() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\t', "_"))
}

fn tag() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace(['\n', '\t'], "_").trim().to_owned())
}

/// Lists of two elements at least: a list of one means the same as its element.
fn attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![text().prop_map(Attribute::Text), vec(text(), 2..4).prop_map(Attribute::List)]
        .prop_filter("no text that is a list", |attribute| match attribute {
            Attribute::Text(text) => super::list(text).is_none(),
            Attribute::List(_) => true,
        })
}

/// Names that would be fields if they were columns of another file.
fn attribute_names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("City".to_owned()),
        Just("Mobile".to_owned()),
        Just("opt out".to_owned()),
        Just("status".to_owned()),
        Just("phone".to_owned()),
        Just("attributes.x".to_owned()),
    ]
}

fn contact() -> impl Strategy<Value = Contact> {
    let names = (option::of(name()), option::of(name()), option::of(tag()));
    let others = (btree_set(tag(), 0..4), btree_map(attribute_names(), attribute(), 0..4));
    (any::<u128>(), option::of(0..10_000_u32), names, others, any::<bool>()).prop_map(
        |(id, phone, (first_name, last_name, external_id), (tags, attributes), is_active)| {
            Contact {
                id: ContactId(Uuid::from_u128(id)),
                organization_id: OrganizationId(Uuid::nil()),
                profile: Profile {
                    phone: phone.and_then(|n| Phone::from_e164(&format!("+1415355{n:04}")).ok()),
                    first_name,
                    last_name,
                    external_id,
                    email: Some("ana@example.com".to_owned()),
                    status: if is_active { Status::Active } else { Status::Inactive },
                    tags,
                    time_zone: "America/New_York".parse().ok(),
                    language: Some("es-419".to_owned()),
                    attributes,
                },
                imported: None,
                created_at: Timestamp::EPOCH,
                updated_at: Timestamp::EPOCH,
            }
        },
    )
}

fn exported(contacts: &[Contact], format: export::Format) -> Vec<u8> {
    let what = (Kind::Contacts, format, None);
    let (id, organization) = (ExportId(Uuid::nil()), OrganizationId(Uuid::nil()));
    let export = Export::new(id, organization, what, None, Timestamp::EPOCH);
    let names = contacts.iter().flat_map(|it| it.profile.attributes.keys().cloned());
    let export = Export { attributes: names.collect::<BTreeSet<_>>(), ..export };
    let encoder = Encoder::of(&export);
    let rows = encoder.rows(contacts.iter().cloned().map(of_contact).collect());
    [encoder.header(), rows.expect("known attributes")].concat()
}

type Found = Vec<(Option<ContactId>, Profile)>;

fn imported(file: &[u8]) -> Result<Found, String> {
    let options = Options::default();
    let (_, layout) =
        ReadFile::of(file, true, &options, Region::default()).map_err(|error| error.to_string())?;
    let mut rows = Rows::of(layout, file);
    let mut found = Vec::new();
    while let Some(reading) = rows.peek() {
        match reading.map(|it| it.content) {
            Ok(Content::Row(row)) => {
                let status = row.status.unwrap_or_default();
                found.push((row.id, Profile { status, ..row.profile }));
            }
            other => return Err(format!("{other:?}")),
        }
        rows.pass();
        rows.needs_bytes();
    }
    Ok(found)
}

proptest! {
    #[test]
    fn contacts_come_back_from_both_formats(contacts in vec(contact(), 1..5)) {
        let expected: Found =
            contacts.iter().map(|it| (Some(it.id), it.profile.clone())).collect();
        let csv = exported(&contacts, export::Format::Csv);
        prop_assert_eq!(&imported(&csv), &Ok(expected.clone()), "{}", String::from_utf8_lossy(&csv));
        let lines = exported(&contacts, export::Format::Jsonl);
        prop_assert_eq!(&imported(&lines), &Ok(expected), "{}", String::from_utf8_lossy(&lines));
    }
}

/// A file that only looks alike keeps its meaning.
#[test]
fn other_files_are_read_as_before() {
    let csv = "id,phone,status,createdAt,updatedAt,Mobile\n,+14153550101,lead,x,y,+14153550102\n";
    let found = imported(csv.as_bytes()).expect("rows");
    let (_, profile) = &found[0];
    assert_eq!(profile.phone.as_ref().map(Phone::as_str), Some("+14153550102"));
    assert_eq!(profile.attributes["status"], "lead".into());
}
