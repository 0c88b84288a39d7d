use shared::body::{Merge, TextHash};
use shared::chunk::MAX_RECIPIENTS;
use shared::ids::CampaignId;
use shared::template::MergeField;

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
        skipped: Vec::new(),
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
    let of = |count| chunk(vec![longest.clone(); count]);
    let item = write(&key(u32::MAX), &of(MAX_RECIPIENTS)).expect("an item");
    let others = size(&item) - MAX_RECIPIENTS * (PHONE_BYTES + CONTACT_BYTES);
    assert!(others <= OTHER_BYTES, "{others}");
    for (recipients, units) in [(0, 1), (1, 4), (32, 4), (33, 6), (74, 6), (75, 8), (100, 8)] {
        assert_eq!(chunk_write_units(&of(recipients)), units, "{recipients} recipients");
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

/// Skipped contacts are read back with their reasons. Reasons of newer versions are left out.
#[test]
fn skipped_contacts_are_recorded() {
    let skipped = |id, code| SkippedContact::of_code(ContactId(Uuid::from_u128(id)), code);
    let all: Vec<SkippedContact> = [(1, 0), (2, 4), (u128::MAX, 16)]
        .into_iter()
        .filter_map(|(id, code)| skipped(id, code))
        .collect();
    let chunk = Chunk { skipped: all, ..chunk(Vec::new()) };
    assert_eq!(chunk.skipped.len(), 3);
    let mut item = write(&key(chunk.number), &chunk).expect("an item");
    assert_eq!(read(item.clone()).expect("a chunk"), chunk);
    let mut stored = bytes(&mut item, SKIPPED).expect("bytes");
    stored[SKIPPED_BYTES - 1] = 200;
    let mut newer = item.clone();
    newer.insert(SKIPPED.to_owned(), AttributeValue::B(Blob::new(stored.clone())));
    assert_eq!(read(newer).expect("a chunk").skipped, chunk.skipped[1..]);
    item.insert(SKIPPED.to_owned(), AttributeValue::B(Blob::new(&stored[1..])));
    assert!(matches!(read(item), Err(TableError::Malformed { .. })));
    let many = Chunk { skipped: vec![chunk.skipped[0]; 2_000], ..chunk };
    assert_eq!(chunk_write_units(&many), 34);
}

fn merging(fields: &[(&str, &str)], parts: u32) -> Recipient {
    let fields = fields.iter().map(|(name, value)| {
        (name.parse().unwrap_or(MergeField::Attribute((*name).to_owned())), (*value).to_owned())
    });
    let hash = TextHash::of(&parts.to_string());
    let merge = Merge { fields: fields.collect(), parts, hash, text: None };
    let recipient = Recipient::new(phone("+14155550123"), ContactId(Uuid::from_u128(1)));
    Recipient { merge: Some(Box::new(merge)), ..recipient }
}

/// Only bodies with merge fields need the third format, which older code refuses.
#[test]
fn merge_fields_are_frozen_in_the_third_format() {
    let recipients = vec![
        merging(&[("firstName", "Ana"), ("Store name", "Au\"stin")], 1),
        merging(&[("firstName", "Bo")], 11),
        merging(&[], 300),
    ];
    let whole = chunk(recipients.clone());
    let item = write(&key(whole.number), &whole).expect("an item");
    assert_eq!(item["format"].as_n().map(String::as_str), Ok("3"));
    assert_eq!(read(item.clone()).expect("a chunk"), whole);
    let plain = chunk(vec![Recipient::new(phone("+14155550123"), ContactId(Uuid::nil()))]);
    let plain = write(&key(0), &plain).expect("an item");
    assert_eq!(plain["format"].as_n().map(String::as_str), Ok("2"));
    for name in ["mergeFields", "parts", "hashes", PHONES] {
        let mut broken = item.clone();
        broken.remove(name);
        assert!(matches!(read(broken), Err(TableError::Malformed { .. })), "{name}");
    }
    let mixed = [recipients, vec![Recipient { merge: None, ..merging(&[], 1) }]].concat();
    assert!(matches!(write(&key(0), &chunk(mixed)), Err(TableError::Malformed { .. })));
}

/// Fields of 30 bytes make a full chunk of less than 8 KB.
#[test]
fn a_chunk_is_spaced_by_the_size_of_its_fields() {
    let recipient = merging(&[("firstName", "Maximiliana"), ("City", "San Buenaventura Ca")], 2);
    let full = chunk(vec![recipient; MAX_RECIPIENTS]);
    let item = write(&key(0), &full).expect("an item");
    assert!(size(&item) <= 8 * 1_024, "{}", size(&item));
    assert_eq!(chunk_write_units(&full), 18);
}

/// A mark is a chunk under another key, so it has the same formats and is refused in the same cases.
#[test]
fn a_mark_is_stored_like_its_chunk() {
    let key = keys::mark(campaign(), 31);
    for recipients in [Vec::new(), vec![merging(&[("firstName", "Ana")], 1)]] {
        let mark = Mark(chunk(recipients));
        let item = write_mark(&key, &mark).expect("an item");
        assert_eq!(read_mark(item.clone()).expect("a mark"), mark);
        assert!(mark_write_units(&mark) <= 1);
        let mut newer = item.clone();
        newer.insert("format".to_owned(), AttributeValue::N("99".to_owned()));
        assert!(matches!(read_mark(newer), Err(TableError::NewerFormat { .. })));
        let mut broken = item;
        broken.remove(NUMBER);
        assert!(matches!(read_mark(broken), Err(TableError::Malformed { .. })));
    }
}

/// A member who was erased keeps their place and the id of their message, and older code refuses the chunk.
#[test]
fn an_erased_member_keeps_their_place() {
    let message = MessageId(Uuid::from_u128(9));
    let plain = Recipient::new(phone("+14155550123"), ContactId(Uuid::from_u128(1)));
    for one in [plain, merging(&[("firstName", "Ana")], 3)] {
        let gone = one.erased(message);
        let parts = |recipient: &Recipient| recipient.merge.as_ref().map(|merge| merge.parts);
        assert_eq!(parts(&gone), parts(&one));
        let whole = chunk(vec![one.clone(), gone, one]);
        let item = write(&key(whole.number), &whole).expect("an item");
        assert_eq!(item["format"].as_n().map(String::as_str), Ok("4"));
        let read = read(item).expect("a chunk");
        assert_eq!(read, whole);
        assert_eq!(read.recipients[1].to, Addressee::Erased(message));
        assert!(read.recipients[1].merge.as_ref().is_none_or(|merge| merge.fields.bytes() == 0));
    }
}
