use shared::phone::{Phone, Region};

use super::*;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/contacts.csv");

fn rows(count: usize) -> Vec<Row> {
    let mut generator = Generator::new(SEED);
    (0..count).map(|_| generator.row()).collect()
}

#[test]
fn the_fixture_is_what_the_generator_makes() {
    let mut made = Vec::new();
    write_contacts(2_000, SEED, &mut made).unwrap();
    let kept = std::fs::read(FIXTURE).unwrap();
    assert!(made == kept, "make it anew: contacts 2000 > {FIXTURE}");
}

#[test]
fn numbers_are_read_as_they_are_meant() {
    for row in rows(10_000) {
        let read = Phone::parse(&row.written, Region::default()).ok();
        let read = read.map(|phone| phone.to_string());
        assert_eq!(read, row.number.map(|number| number.e164()), "{:?}", row.written);
    }
}

#[test]
fn every_quick_and_slow_fate_has_its_numbers() {
    use simulator::fates::{Fate, TABLE};
    let numbers: Vec<String> =
        rows(2_000).into_iter().filter_map(|row| Some(row.number?.e164())).collect();
    for (suffix, name, _) in TABLE.iter().filter(|(_, name, _)| *name != "slow-answer") {
        let suffix = suffix.to_string();
        assert!(numbers.iter().any(|number| number.ends_with(&suffix)), "{name}");
    }
    let scripted = numbers.iter().filter(|number| Fate::of_number(number).is_some()).count();
    assert!((40..80).contains(&scripted), "{scripted} of {}", numbers.len());
    assert!(!numbers.iter().any(|number| number.ends_with("9018")));
}
