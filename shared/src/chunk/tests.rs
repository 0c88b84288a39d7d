use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::contact::Presence;
use crate::ids::ContactId;

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
        presence: Presence::default(),
        former: Vec::new(),
    }
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

/// Contacts of one line are one recipient, who is texted at the current form if any contact has it.
#[test]
fn contacts_of_one_line_are_one_recipient() {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    let (today, other) = (phone("+5491123456789"), phone("+541123456789"));
    let id = |number| ContactId(Uuid::from_u128(number));
    let of_line = |dialed: Option<&Phone>| Entry {
        contact: id(0),
        bound: format!("CONTACT#{today}$"),
        phone: Some(today.clone()),
        dialed: dialed.cloned(),
        presence: Presence::default(),
        former: Vec::new(),
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

/// A contact that is still stored under the line's other form counts in its own shard.
#[test]
fn a_former_contact_counts_instead_while_it_is_there() {
    let with = |former| Entry { former, ..entry(Some(1), 1) };
    let recipients = |former| {
        let chunk = &cut(&[with(former)], &BTreeSet::new(), &ChainEnd::default())[0];
        assert_eq!(chunk.totals.contacts(), 1);
        chunk.recipients.len()
    };
    assert_eq!(recipients(vec![Presence::default()]), 0);
    assert_eq!(recipients(vec![Presence::default().leave(moment())]), 1);
    assert_eq!(recipients(vec![Presence::default().leave(moment().plus_seconds(1))]), 0);
}

proptest! {
    /// Everyone is a recipient once or is skipped for a reason, and the totals agree.
    #[test]
    fn each_contact_is_counted_once((entries, unsubscribed) in audiences()) {
        let chunks = cut(&entries, &unsubscribed, &ChainEnd::default());
        let recipients = chunks.iter().flat_map(|c| &c.recipients);
        let recipients: Vec<&Phone> = recipients.map(|recipient| &recipient.phone).collect();
        let distinct: BTreeSet<&Phone> = recipients.iter().copied().collect();
        let expected: BTreeSet<&Phone> = entries
            .iter()
            .filter_map(|e| e.phone.as_ref())
            .filter(|phone| !unsubscribed.contains(phone))
            .collect();
        prop_assert_eq!(recipients.len(), distinct.len());
        prop_assert_eq!(distinct, expected);
        let totals = chunks.last().expect("an end chunk").totals;
        prop_assert_eq!(totals.contacts(), entries.len() as u64);
        prop_assert_eq!(totals.recipients, recipients.len() as u64);
        prop_assert!(chunks.iter().all(|c| c.recipients.len() <= MAX_RECIPIENTS));
        prop_assert!(chunks.iter().rev().skip(1).all(|c| !c.ends));
    }

    /// Each recipient is the first contact of its phone that counts.
    #[test]
    fn a_recipient_is_a_contact_of_its_phone((entries, unsubscribed) in audiences()) {
        for chunk in cut(&entries, &unsubscribed, &ChainEnd::default()) {
            for Recipient { phone, contact } in chunk.recipients {
                let first = entries.iter().find(|entry| entry.phone.as_ref() == Some(&phone));
                prop_assert_eq!(contact, first.map(|entry| entry.contact));
            }
        }
    }

    /// A run that takes over after any chunk continues the same chain.
    #[test]
    fn a_replay_cuts_the_same_chunks((entries, unsubscribed) in audiences(), stop in 0_usize..20) {
        let chunks = cut(&entries, &unsubscribed, &ChainEnd::default());
        let stop = stop.min(chunks.len() - 1);
        if !chunks[stop].ends {
            let again = cut(&entries, &unsubscribed, &ChainEnd::after(&chunks[stop]));
            prop_assert_eq!(&again[..], &chunks[stop + 1..]);
        }
    }
}
