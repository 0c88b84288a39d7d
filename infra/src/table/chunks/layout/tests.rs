use shared::chunk::MAX_RECIPIENTS;
use shared::ids::CampaignId;

use super::*;

fn campaign() -> CampaignId {
    CampaignId(Uuid::from_u128(7))
}

fn key(number: u32) -> Key {
    keys::chunk(campaign(), 31, number)
}

fn phone(text: &str) -> Phone {
    Phone::from_e164(text).expect("valid")
}

fn chunk(recipients: Vec<Recipient>) -> Chunk {
    let count = recipients.len() as u64;
    Chunk {
        number: 12_345,
        recipients,
        through: Some(format!("CONTACT#{}~", "+123456789012345")),
        totals: Totals { recipients: count * 1_000, ..Totals::default() },
        ends: false,
    }
}

/// An upper bound of the size in bytes, as DynamoDB counts them.
fn size(item: &Item) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::S(text) => text.len(),
        AttributeValue::M(map) => map.len() * 32,
        _ => 12,
    };
    item.iter().map(|(name, of)| name.len() + value(of)).sum()
}

/// A chunk as the previous release stored it.
fn stored_v1() -> Item {
    let stored: HashMap<String, serde_json::Value> =
        serde_json::from_str(include_str!("stored_v1.json")).expect("JSON");
    serde_dynamo::to_item(stored).expect("an item")
}

#[test]
fn a_chunk_of_the_first_format_is_read_with_unknown_contacts() {
    let chunk = read(stored_v1()).expect("a chunk");
    let phones = ["+14155550123", "+5491123456789"].map(phone);
    assert_eq!(chunk.recipients, phones.map(Recipient::of_phone));
    assert_eq!((chunk.number, chunk.ends), (3, true));
    assert_eq!(chunk.through.as_deref(), Some("CONTACT#+5491123456789$"));
    assert_eq!((chunk.totals.recipients, chunk.totals.skipped.duplicate), (302, 7));
    let mut empty = stored_v1();
    empty.insert("recipients".to_owned(), AttributeValue::S(String::new()));
    assert!(read(empty).expect("a chunk").recipients.is_empty());
}

#[test]
fn a_chunk_of_a_newer_format_is_refused_by_name() {
    let known = write(&key(0), &chunk(Vec::new())).expect("an item");
    for format in [FORMAT + 1, 99] {
        let mut newer = known.clone();
        newer.insert("format".to_owned(), AttributeValue::N(format.to_string()));
        // Nothing else in it is even parsed.
        newer.remove("totals");
        let refused = read(newer).expect_err("refused");
        assert!(
            matches!(refused, TableError::NewerFormat { format: found, .. } if found == format),
            "{refused}"
        );
    }
}

/// The previous release parsed `recipients` and failed without it.
#[test]
fn code_of_the_first_format_cannot_parse_a_chunk_of_today() {
    let recipient = Recipient::new(phone("+14155550123"), ContactId(Uuid::from_u128(1)));
    for recipients in [Vec::new(), vec![recipient]] {
        let item = write(&key(0), &chunk(recipients)).expect("an item");
        assert!(!item.contains_key("recipients"));
    }
}

#[test]
fn what_does_not_match_is_malformed() {
    let recipient = Recipient::new(phone("+14155550123"), ContactId(Uuid::from_u128(1)));
    let stored = write(&key(0), &chunk(vec![recipient; 3])).expect("an item");
    let cases: [(&str, Option<AttributeValue>); 5] = [
        (PHONES, None),
        (CONTACTS, None),
        (CONTACTS, Some(AttributeValue::B(Blob::new([0; 47])))),
        (PHONES, Some(AttributeValue::B(Blob::new([0; 24])))),
        (PHONES, Some(AttributeValue::S("+14155550123".to_owned()))),
    ];
    for (name, value) in cases {
        let mut item = stored.clone();
        item.remove(name);
        item.extend(value.map(|value| (name.to_owned(), value)));
        assert!(matches!(read(item), Err(TableError::Malformed { .. })), "{name}");
    }
}

#[test]
fn a_recipient_whose_contact_is_unknown_is_never_written() {
    let unknown = chunk(vec![Recipient::of_phone(phone("+14155550123"))]);
    assert!(matches!(write(&key(0), &unknown), Err(TableError::Malformed { .. })));
}

/// A full chunk and its state take eight write units, for phones of any length.
#[test]
fn a_full_chunk_is_less_than_three_kilobytes() {
    let longest = Recipient::new(phone("+123456789012345"), ContactId(Uuid::max()));
    let item = write(&key(u32::MAX), &chunk(vec![longest; MAX_RECIPIENTS])).expect("an item");
    let others = size(&item) - MAX_RECIPIENTS * (PHONE_BYTES + CONTACT_BYTES);
    assert!(others <= OTHER_BYTES, "{others}");
    for (recipients, units) in [(0, 1), (1, 4), (32, 4), (33, 6), (74, 6), (75, 8), (100, 8)] {
        assert_eq!(chunk_write_units(recipients), units, "{recipients} recipients");
    }
}

/// Phones of every length, and contacts of every kind, in order.
#[test]
fn chunks_survive_the_table() {
    let phones = (7..=15).map(|digits| phone(&format!("+{}", &"102030405060709"[..digits])));
    let ids = [0, 1, u128::MAX].into_iter().cycle().map(|id| ContactId(Uuid::from_u128(id)));
    let all: Vec<Recipient> =
        phones.zip(ids).map(|(phone, id)| Recipient::new(phone, id)).collect();
    for (count, through, ends) in [(0, None, true), (1, None, false), (9, Some("-#x"), true)] {
        let recipients = all[..count].to_vec();
        let through = through.map(str::to_owned);
        let chunk = Chunk { through, ends, ..chunk(recipients) };
        let item = write(&key(chunk.number), &chunk).expect("an item");
        assert_eq!(read(item).expect("a chunk"), chunk);
    }
}
