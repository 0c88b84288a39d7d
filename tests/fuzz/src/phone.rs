//! Phones as people write them.

use shared::phone::{Phone, Region};

use crate::choice_and_text;

const REGIONS: [&str; 8] = ["US", "DE", "MX", "AR", "BR", "IT", "GB", "IN"];

/// A phone that is accepted is in E.164, and stays itself when it is read again.
pub(crate) fn check(input: &[u8]) {
    let Some((choice, written)) = choice_and_text(input) else { return };
    let region: Region =
        REGIONS[usize::from(choice) % REGIONS.len()].parse().expect("a known region");
    if let Ok(phone) = Phone::parse(written, region) {
        assert_eq!(Phone::from_e164(phone.as_str()).as_ref(), Ok(&phone));
        assert_eq!(Phone::parse(phone.as_str(), region).as_ref(), Ok(&phone));
    }
    for phone in Phone::all_in(written, region) {
        assert_eq!(Phone::from_e164(phone.as_str()), Ok(phone));
    }
}
