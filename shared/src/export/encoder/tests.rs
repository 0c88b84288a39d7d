use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::{of_contact, unmarked};
use super::*;
use crate::contact::{Contact, Profile};
use crate::ids::{ContactId, ExportId, OrganizationId};
use crate::phone::Phone;
use crate::time::Timestamp;

fn export(kind: Kind, format: Format, attributes: BTreeSet<String>) -> Export {
    let (id, organization) = (ExportId(Uuid::nil()), OrganizationId(Uuid::nil()));
    let export = Export::new(id, organization, (kind, format, None), None, Timestamp::EPOCH);
    Export { attributes, ..export }
}

fn contact(profile: Profile) -> Contact {
    Contact {
        id: ContactId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        profile,
        imported: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[='+@\t\",;\r\n a-cé]{0,8}", any::<String>()]
}

fn profiles() -> impl Strategy<Value = Profile> {
    let attribute = prop_oneof![
        texts().prop_map(Attribute::Text),
        vec(texts(), 1..4).prop_map(Attribute::List)
    ];
    let attributes = btree_map("[a-e]", attribute, 0..4);
    (option::of(texts()), option::of(texts()), btree_set(texts(), 0..4), attributes).prop_map(
        |(first_name, email, tags, attributes)| Profile {
            phone: Phone::from_e164("+14153550101").ok(),
            first_name,
            email,
            tags,
            attributes,
            ..Profile::default()
        },
    )
}

/// The records of a file by the names of its columns.
fn read(file: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = file.strip_prefix(BYTE_ORDER_MARK.as_bytes()).expect("a mark");
    let mut reader = csv::Reader::from_reader(text);
    reader.deserialize().map(|record| record.expect("a record")).collect()
}

fn listed(cell: &str) -> Option<Vec<String>> {
    serde_json::from_str(cell).ok()
}

proptest! {
    #[test]
    fn a_csv_file_says_what_went_in(profiles in vec(profiles(), 0..6)) {
        let names = profiles.iter().flat_map(|profile| profile.attributes.keys().cloned());
        let encoder = Encoder::of(&export(Kind::Contacts, Format::Csv, names.collect()));
        let rows = profiles.iter().cloned().map(|profile| of_contact(contact(profile)));
        let file = [encoder.header(), encoder.rows(rows.collect()).expect("known")].concat();
        let records = read(&file);
        prop_assert_eq!(records.len(), profiles.len());
        for (record, profile) in records.iter().zip(&profiles) {
            let cell = |name: &str| unmarked(&record[name]).to_owned();
            prop_assert_eq!(&record["phone"], "+14153550101", "phones are not marked");
            prop_assert_eq!(cell("firstName"), profile.first_name.clone().unwrap_or_default());
            prop_assert_eq!(cell("email"), profile.email.clone().unwrap_or_default());
            let tags = cell("tags");
            let tags = listed(&tags).unwrap_or_else(|| tags.split(';').map(str::to_owned).collect());
            let expected: Vec<String> = profile.tags.iter().cloned().collect();
            prop_assert!(tags == expected || (expected.is_empty() && tags == [""]), "{:?}", tags);
            for name in &encoder.attributes {
                let cell = cell(&format!("attributes.{name}"));
                match profile.attributes.get(name) {
                    None => prop_assert_eq!(cell, ""),
                    Some(Attribute::Text(text)) => prop_assert_eq!(&cell, text),
                    Some(Attribute::List(list)) => prop_assert_eq!(listed(&cell), Some(list.clone())),
                }
            }
            for (name, cell) in record.iter().filter(|(name, _)| *name != "phone") {
                let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                prop_assert!(!is_formula, "{} {:?}", name, cell);
            }
        }
    }

    #[test]
    fn json_lines_say_what_went_in(profiles in vec(profiles(), 0..6)) {
        let encoder = Encoder::of(&export(Kind::Contacts, Format::Jsonl, BTreeSet::new()));
        let rows = profiles.iter().cloned().map(|profile| of_contact(contact(profile)));
        let file = encoder.rows(rows.collect()).expect("JSON has no columns");
        let text = String::from_utf8(file).expect("UTF-8");
        let lines: Vec<Value> =
            text.split_terminator('\n').map(|line| serde_json::from_str(line).expect("JSON")).collect();
        prop_assert_eq!(lines.len(), profiles.len());
        for (line, profile) in lines.iter().zip(&profiles) {
            let Profile { first_name, tags, attributes, .. } = profile;
            let expected = serde_json::json!([first_name, tags, attributes]);
            let found = ["firstName", "tags", "attributes"].map(|name| line[name].clone());
            prop_assert_eq!(Value::from(found.to_vec()), expected);
        }
    }
}

#[test]
fn an_attribute_without_a_column_is_not_left_out() {
    let encoder = Encoder::of(&export(Kind::Contacts, Format::Csv, ["City".to_owned()].into()));
    let attributes = [("City".to_owned(), "Oakland".into()), ("Plan".to_owned(), "gold".into())];
    let profile = Profile { attributes: attributes.into(), ..Profile::default() };
    let unknown = encoder.rows(vec![of_contact(contact(profile))]).expect_err("unknown");
    assert_eq!(unknown, UnknownAttributes(["Plan".to_owned()].into()));
}

/// Every kind has as many names as cells.
#[test]
fn columns_have_names() {
    let row = of_contact(contact(Profile::default()));
    assert_eq!(row.len(), Kind::Contacts.columns().len() + 1);
    let encoder = Encoder::of(&export(Kind::Unsubscribes, Format::Csv, BTreeSet::new()));
    let header = String::from_utf8(encoder.header()).expect("UTF-8");
    assert!(header.ends_with("\r\n") && header.starts_with("\u{feff}phone,unsubscribedAt,"));
}
