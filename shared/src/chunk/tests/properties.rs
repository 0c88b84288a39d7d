use super::*;

proptest! {
    /// Everyone is a recipient once or is skipped for a reason, and the totals agree.
    #[test]
    fn each_contact_is_counted_once((entries, unsubscribed) in audiences()) {
        let chunks = cut(&entries, &unsubscribed, &ChainEnd::default());
        let recipients = chunks.iter().flat_map(|c| &c.recipients);
        let recipients: Vec<&Phone> = recipients.filter_map(Recipient::phone).collect();
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

    /// A preview counts as the fan-out does, with any target.
    #[test]
    fn a_preview_is_what_a_fan_out_would_cut(
        (mut entries, unsubscribed) in audiences(), (one, other) in (0_u8..4, 0_u8..4),
        merges in any::<bool>()
    ) {
        entries.truncate(120);
        for (entry, n) in entries.iter_mut().zip(0_u64..) {
            entry.status = if n % 7 == 0 { Status::Inactive } else { Status::Active };
            let mut person = tagged(entry.contact, n % 4);
            person.profile.first_name = (n % 3 > 0).then(|| "x".repeat(if n % 2 == 0 { 3 } else { 170 }));
            entry.person = Some(Box::new(person));
        }
        let judge = Judge { target: Some(target(one, other)), ..Judge::from(moment()) };
        let judge = if merges { judge.merging(&greeting(), &sender()) } else { judge };
        let mut cutter = Cutter::new(judge.clone(), ChainEnd::default());
        let mut tally = Tally::new(judge.clone(), 5);
        let (mut left_out, mut absent) = (LeftOut::new(judge), 0);
        let mut chunks = Vec::new();
        let is_out = |entry: &Entry| entry.phone.as_ref().is_some_and(|it| unsubscribed.contains(it));
        for entry in &entries {
            tally.push(entry.clone(), is_out(entry));
            chunks.extend(cutter.push(entry.clone(), is_out(entry)));
            absent += left_out.push(entry.clone()).map_or(0, |phone| phone.contacts.len());
        }
        absent += left_out.end().map_or(0, |phone| phone.contacts.len());
        let (totals, samples) = tally.finish();
        chunks.push(cutter.finish());
        prop_assert_eq!(Some(totals), chunks.last().map(|chunk| chunk.totals));
        // Every skipped contact is recorded, or found again.
        prop_assert_eq!(absent as u64, totals.skipped.not_in_target);
        let recorded: usize = chunks.iter().map(|chunk| chunk.skipped.len()).sum();
        prop_assert_eq!((recorded + absent) as u64, totals.skipped.total());
        let parts: u64 = chunks.iter().map(|it| greeting().parts_of_all(&it.recipients)).sum();
        prop_assert_eq!(totals.parts, if merges { parts } else { 0 });
        prop_assert_eq!(merges || totals.skipped.unrenderable == 0, true);
        prop_assert_eq!(totals.contacts(), entries.len() as u64);
        prop_assert_eq!(samples.len() as u64, totals.recipients.min(5));
    }

    /// Each recipient is the first contact of its phone that counts.
    #[test]
    fn a_recipient_is_a_contact_of_its_phone((entries, unsubscribed) in audiences()) {
        for chunk in cut(&entries, &unsubscribed, &ChainEnd::default()) {
            for recipient in chunk.recipients {
                let first = entries.iter().find(|entry| entry.phone.as_ref() == recipient.phone());
                prop_assert_eq!(recipient.contact, first.map(|entry| entry.contact));
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

    /// A run that takes over at any mark cuts the same chunks, and marks of earlier chunks are ignored.
    #[test]
    fn a_run_that_resumes_from_a_mark_cuts_the_same_chunks(
        (mut entries, unsubscribed) in audiences(), one in 0_u8..4, stop in 0_usize..40,
        recipients in 1_usize..8, marked_every in 1_usize..12
    ) {
        entries.truncate(150);
        for (entry, n) in entries.iter_mut().zip(0_u64..) {
            let mut person = tagged(entry.contact, n % 4);
            person.profile.first_name = (n % 5 > 0).then(|| "x".repeat(3));
            entry.person = Some(Box::new(person));
        }
        let judge = Judge { target: Some(target(one, 9)), ..Judge::from(moment()) };
        let judge = judge.merging(&greeting(), &sender());
        let sizes = Sizes { recipients, marked_every, ..Sizes::default() };
        let is_out = |entry: &Entry| entry.phone.as_ref().is_some_and(|it| unsubscribed.contains(it));
        // Cuts to the end, or until this number of marks.
        let cut = |from: ChainEnd, mark: Option<Mark>, stop: usize| {
            let mut cutter = Cutter::resume(judge.clone(), from, mark).sized(sizes);
            let from = cutter.through().map(str::to_owned);
            let (mut chunks, mut marks) = (Vec::new(), Vec::new());
            for entry in entries.iter().filter(|entry| Some(&entry.bound) > from.as_ref()) {
                chunks.extend(cutter.push(entry.clone(), is_out(entry)));
                marks.extend(cutter.take_mark());
                if marks.len() == stop {
                    return (chunks, marks);
                }
            }
            chunks.push(cutter.finish());
            (chunks, marks)
        };
        let (whole, all) = cut(ChainEnd::default(), None, usize::MAX);
        let (begun, marks) = cut(ChainEnd::default(), None, stop + 1);
        prop_assert_eq!(&begun[..], &whole[..begun.len()]);
        prop_assert_eq!(&marks[..], &all[..marks.len()]);
        let end = begun.last().map(ChainEnd::after).unwrap_or_default();
        if !begun.last().is_some_and(|chunk| chunk.ends) {
            for mark in [marks.last(), marks.first(), None] {
                let (rest, _) = cut(end.clone(), mark.cloned(), usize::MAX);
                prop_assert_eq!(&rest[..], &whole[begun.len()..]);
            }
        }
    }
}
