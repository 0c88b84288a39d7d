use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::audience::{LeftOut, Skipped, Tally};
use crate::body::{Body, Format};
use crate::chunk_state::ChunkState;
use crate::contact::{Contact, Presence, Profile, Status};
use crate::ids::{ContactId, OrganizationId, SegmentId};
use crate::phone::Phone;
use crate::segment::Filter;
use crate::sender::{Provider, Sender};
use crate::target::{FrozenTarget, Target};
use crate::time::Timestamp;
use crate::zone::Zone;
use serde_json::json;

mod properties;

fn moment() -> Timestamp {
    Timestamp::from_millis(1_000_000).expect("in range")
}

fn entry(phone: Option<u64>, contact: u64) -> Entry {
    let phone = phone.map(|n| Phone::from_e164(&format!("+1415{n:07}")).expect("valid"));
    let bound = phone
        .as_ref()
        .map_or_else(|| format!("CONTACT#-#{contact:06}"), |phone| format!("CONTACT#{phone}$"));
    Entry {
        bound,
        contact: ContactId(Uuid::from_u128(contact.into())),
        phone,
        dialed: None,
        status: Status::Active,
        presence: Presence::default(),
        counts_elsewhere: false,
        is_named: true,
        person: None,
    }
}

/// A contact with one tag.
fn tagged(id: ContactId, tag: u64) -> Contact {
    Contact {
        id,
        organization_id: OrganizationId(Uuid::nil()),
        profile: Profile { tags: [tag.to_string()].into(), ..Profile::default() },
        imported: None,
        created_at: moment(),
        updated_at: moment(),
    }
}

/// Includes one tag and excludes another.
fn target(include: u8, exclude: u8) -> FrozenTarget {
    let filter = |tag: u8| {
        let filter = json!({"field": "tags", "op": "eq", "value": tag.to_string()});
        Filter::parse(&filter).expect("a filter")
    };
    let id = |n: u8| SegmentId(Uuid::from_u128(n.into()));
    let segments = [(id(0), filter(include)), (id(1), filter(exclude))];
    let target = Target { include: [id(0)].into(), exclude: [id(1)].into() };
    let find = |id| segments.iter().find(|(own, _)| *own == id).map(|(_, filter)| filter);
    target.frozen(Zone::default(), &find).expect("frozen")
}

fn greeting() -> Body {
    Body::parse("Hi {{ firstName }}", Format::Template).expect("a template")
}

fn sender() -> Sender {
    Sender::new(Phone::from_e164("+14153550100").expect("valid"), Provider::default())
}

fn cut(entries: &[Entry], unsubscribed: &BTreeSet<Phone>, from: &ChainEnd) -> Vec<Chunk> {
    let mut cutter = Cutter::new(moment(), from.clone());
    let rest = entries.iter().filter(|e| Some(&e.bound) > from.through.as_ref());
    let mut chunks: Vec<Chunk> = rest
        .filter_map(|e| {
            let opted_out = e.phone.as_ref().is_some_and(|phone| unsubscribed.contains(phone));
            cutter.push(e.clone(), opted_out)
        })
        .collect();
    chunks.push(cutter.finish());
    chunks
}

fn audiences() -> impl Strategy<Value = (Vec<Entry>, BTreeSet<Phone>)> {
    let contact = prop_oneof![4 => (0_u64..400).prop_map(Some), 1 => Just(None)];
    (
        proptest::collection::vec(contact, 0..1_200),
        proptest::collection::btree_set(0_u64..400, 0..60),
    )
        .prop_map(|(phones, unsubscribed)| {
            let mut entries: Vec<Entry> =
                phones.into_iter().zip(0..).map(|(phone, n)| entry(phone, n)).collect();
            entries.sort_by(|a, b| a.bound.cmp(&b.bound));
            let unsubscribed =
                unsubscribed.into_iter().filter_map(|n| entry(Some(n), 0).phone).collect();
            (entries, unsubscribed)
        })
}

#[test]
fn an_empty_shard_is_one_empty_end_chunk() {
    let chunks = cut(&[], &BTreeSet::new(), &ChainEnd::default());
    assert_eq!(chunks.len(), 1);
    assert!(chunks[0].ends && chunks[0].recipients.is_empty() && chunks[0].through.is_none());
}

#[test]
fn a_long_run_of_skipped_contacts_leaves_marks() {
    let entries: Vec<Entry> = (0..5_000).map(|n| entry(None, n)).collect();
    let chunks = cut(&entries, &BTreeSet::new(), &ChainEnd::default());
    assert_eq!(chunks.len(), 3);
    assert_eq!(chunks[2].totals.skipped.no_phone, 5_000);
}

/// A target that includes few of many contacts fills its chunks all the same, and leaves marks on the
/// way.
#[test]
fn a_sparse_target_leaves_marks_instead_of_small_chunks() {
    let tag = |n: u64| u64::from(n.is_multiple_of(1_000));
    let entries = (0..150_000_u64).map(|n| {
        let person = tagged(ContactId(Uuid::from_u128(n.into())), tag(n));
        Entry { person: Some(Box::new(person)), ..entry(Some(n), n) }
    });
    let judge = Judge { target: Some(target(1, 2)), ..Judge::from(moment()) };
    let mut cutter = Cutter::new(judge, ChainEnd::default());
    let (mut chunks, mut marks) = (Vec::new(), Vec::new());
    for entry in entries {
        chunks.extend(cutter.push(entry, false));
        marks.extend(cutter.take_mark().map(|Mark(chunk)| (chunk.number, chunk.recipients.len())));
    }
    chunks.push(cutter.finish());
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.recipients.len()).collect();
    assert_eq!(sizes, [100, 50]);
    assert_eq!(marks, [(0, 20), (0, 40), (0, 60), (0, 80), (1, 20), (1, 40)]);
    assert_eq!(chunks[1].totals.skipped.not_in_target, 149_850);
}

/// A slow sender reads a chunk of a body with merge fields once per slice, so it has few parts.
#[test]
fn a_slow_senders_chunk_with_merge_fields_is_short() {
    let entries = (0..40).map(|n| {
        let mut person = tagged(ContactId(Uuid::from_u128(n.into())), 0);
        person.profile.first_name = Some("x".repeat(400));
        Entry { person: Some(Box::new(person)), ..entry(Some(n), n) }
    });
    let judge = Judge::from(moment()).merging(&greeting(), &sender());
    let mut cutter = Cutter::new(judge, ChainEnd::default());
    let mut chunks: Vec<Chunk> = entries.filter_map(|entry| cutter.push(entry, false)).collect();
    chunks.push(cutter.finish());
    // Three parts each, and ten parts in a slice.
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.recipients.len()).collect();
    assert_eq!(sizes, [17, 17, 6]);
    assert_eq!(chunks[1].totals.parts, 102);
    let state = ChunkState::of(&chunks[1], 0, moment());
    assert_eq!((state.recipients, state.parts), (17, Some(51)));
}

/// Contacts of one line are one recipient, who is texted at the current form if any contact has it.
#[test]
fn contacts_of_one_line_are_one_recipient() {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    let (today, other) = (phone("+5491123456789"), phone("+541123456789"));
    let id = |number| ContactId(Uuid::from_u128(number));
    let of_line = |dialed: Option<&Phone>| Entry {
        bound: format!("CONTACT#{today}$"),
        contact: id(0),
        phone: Some(today.clone()),
        dialed: dialed.cloned(),
        status: Status::Active,
        presence: Presence::default(),
        counts_elsewhere: false,
        is_named: true,
        person: None,
    };
    for (entries, texted) in [
        (vec![of_line(Some(&other))], &other),
        (vec![of_line(Some(&other)), of_line(Some(&other))], &other),
        (vec![of_line(Some(&other)), of_line(None), of_line(Some(&other))], &today),
        (vec![of_line(None), of_line(Some(&other))], &today),
    ] {
        let numbered = entries.iter().cloned().zip(1..);
        let entries: Vec<Entry> =
            numbered.map(|(entry, number)| Entry { contact: id(number), ..entry }).collect();
        let chunk = &cut(&entries, &BTreeSet::new(), &ChainEnd::default())[0];
        // The first contact is the recipient, no matter which contact's form is dialed.
        assert_eq!(chunk.recipients, [Recipient::new(texted.clone(), id(1))]);
        assert_eq!(chunk.totals.contacts(), entries.len() as u64);
    }
}

/// Recipients with long values make a chunk that is still far below an item's limit.
#[test]
fn a_chunk_has_limited_merge_fields() {
    let body = "Hi {% if firstName %}you{% endif %}";
    let body = Body::parse(body, Format::Template).expect("a template");
    let judge = Judge::from(moment()).merging(&body, &sender());
    let entries = (0..100_u64).map(|n| {
        let mut person = tagged(ContactId(Uuid::from_u128(n.into())), 0);
        person.profile.first_name = Some("x".repeat(2_000));
        Entry { person: Some(Box::new(person)), ..entry(Some(n), n) }
    });
    let mut cutter = Cutter::new(judge, ChainEnd::default());
    let mut chunks: Vec<Chunk> = entries.filter_map(|it| cutter.push(it, false)).collect();
    chunks.push(cutter.finish());
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.recipients.len()).collect();
    assert_eq!(sizes, [33, 33, 33, 1]);
}

/// The line's shard counts no contact that the other form's shard counts. That shard judges all of
/// them together, even those who are excluded or have no text.
#[test]
fn the_other_forms_shard_counts_a_whole_line() {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    let (today, other) = (phone("+525535423223"), phone("+5215535423223"));
    let stored = |form: &Phone, n: u64, tag: u64, first_name: Option<&str>| {
        let mut person = tagged(ContactId(Uuid::from_u128(n.into())), tag);
        person.profile.first_name = first_name.map(str::to_owned);
        Entry {
            bound: format!("CONTACT#{form}$"),
            phone: Some(form.clone()),
            person: Some(Box::new(person)),
            ..entry(None, n)
        }
    };
    let judge = Judge { target: Some(target(1, 2)), ..Judge::from(moment()) };
    let judge = judge.merging(&greeting(), &sender());
    let count = |entries: &[Entry]| {
        let mut cutter = Cutter::new(judge.clone(), ChainEnd::default());
        for entry in entries {
            assert_eq!(cutter.push(entry.clone(), false), None);
        }
        cutter.finish()
    };
    for (first_name, twin_tag, texted, skipped) in [
        (Some("Ana"), 1, Some(1), Skipped { duplicate: 1, ..Skipped::default() }),
        (None, 1, Some(2), Skipped { unrenderable: 1, ..Skipped::default() }),
        (Some("Ana"), 2, None, Skipped { not_in_target: 2, ..Skipped::default() }),
    ] {
        let former = stored(&other, 1, 1, first_name);
        let twin = stored(&today, 2, twin_tag, Some("Bo"));
        let counted = twin.clone().counted_under(&other, &former.bound);
        let chunk = count(&[former.clone(), counted]);
        let dialed = chunk.recipients.first().map(|it| (it.contact, it.phone().cloned()));
        let texted =
            texted.map(|n: u128| (Some(ContactId(Uuid::from_u128(n))), Some(today.clone())));
        assert_eq!((dialed, chunk.totals.skipped), (texted, skipped));
        assert_eq!((chunk.totals.contacts(), chunk.through), (2, Some(former.bound)));
        let elsewhere = count(&[Entry { counts_elsewhere: true, ..twin }]);
        assert_eq!(elsewhere.totals.contacts(), 0);
    }
}

/// An inactive contact is skipped, and its twin is texted.
#[test]
fn inactive_contacts_are_skipped() {
    let inactive = |n| Entry { status: Status::Inactive, ..entry(Some(1), n) };
    let chunk = &cut(&[inactive(1), entry(Some(1), 2)], &BTreeSet::new(), &ChainEnd::default())[0];
    assert_eq!((chunk.recipients.len(), chunk.totals.skipped.inactive), (1, 1));
}
