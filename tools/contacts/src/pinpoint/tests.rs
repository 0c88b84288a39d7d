use std::io::Read;

use flate2::read::{GzDecoder, MultiGzDecoder};
use shared::phone::{Phone, Region};

use super::*;

fn dump(count: usize) -> (String, Balance) {
    let mut made = Vec::new();
    let balance = write(count, 1, &mut made).unwrap();
    (String::from_utf8(made).unwrap(), balance)
}

#[test]
fn every_endpoint_has_one_outcome() {
    let (text, balance) = dump(5_000);
    assert_eq!(text.lines().count(), 5_000);
    let Balance { read, made, merged, without_address, rejected, .. } = balance;
    assert_eq!(read, made + merged + balance.skipped_count() + without_address + rejected);
    assert_eq!(balance.skipped.len(), 4, "{balance:?}");
    let all = [made, merged, without_address, rejected, balance.opted_out_people];
    assert!(all.iter().all(|count| *count > 0), "{balance:?}");
    assert!(balance.opt_outs > balance.opted_out_people, "someone opts out twice");
}

#[test]
fn a_seed_makes_one_file() {
    assert_eq!(dump(300), dump(300));
    let mut other = Vec::new();
    write(300, 2, &mut other).unwrap();
    assert_ne!(dump(300).0.into_bytes(), other);
}

#[test]
fn phones_are_read_as_they_are_meant_and_differ() {
    let mut generator = Generator::new(1);
    let mut phones = HashSet::new();
    for nth in (0..20_000).chain(MAX_PEOPLE - 2_000..MAX_PEOPLE) {
        let person = Member::new(1, nth);
        let endpoint = person.endpoint(Channel::Sms, Status::Active, &mut generator.chance);
        let country = endpoint.location.and_then(|location| location.country);
        let region = country.map_or_else(Region::default, |code| {
            // The alpha-2 codes of these countries begin the alpha-3 codes, but for Germany's.
            let code = if code == "DEU" { "DE" } else { &code[..2] };
            code.parse().unwrap()
        });
        let address = endpoint.address.unwrap();
        let phone = Phone::parse(&address, region).map(|phone| phone.to_string());
        let phone = phone.unwrap_or_else(|error| panic!("{address:?}: {error}"));
        assert!(phones.insert(phone), "{address:?} repeats");
    }
}

#[test]
fn unreadable_addresses_are_not_phones() {
    let mut generator = Generator::new(1);
    for _ in 0..2_000 {
        let address = generator.unreadable().address.unwrap();
        assert!(Phone::parse(&address, Region::default()).is_err(), "{address:?}");
    }
}

#[test]
fn an_archive_has_several_members() {
    let mut members = Members::new(Vec::new());
    write(300, 1, &mut members).unwrap();
    let packed = members.finish().unwrap();
    let (mut all, mut first) = (String::new(), String::new());
    MultiGzDecoder::new(&*packed).read_to_string(&mut all).unwrap();
    GzDecoder::new(&*packed).read_to_string(&mut first).unwrap();
    assert_eq!(all, dump(300).0);
    assert!(first.len() < all.len() / 4);
}
