//! The people behind the endpoints.

use std::collections::BTreeMap;

use super::endpoint::{Channel, Demographic, Endpoint, Lists, Location, OptOut, Status, User};
use crate::chance::Chance;
use crate::people::Person;
use crate::phones::{Country, Number};

const APPLICATION: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// Odd, so that neighbors have unlike seeds.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Someone with a phone.
pub(super) struct Member {
    seed: u64,
    nth: usize,
    country: Country,
    phone: Number,
    person: Person,
}

impl Member {
    pub(super) fn new(seed: u64, nth: usize) -> Self {
        let own = seed ^ (nth as u64 + 1).wrapping_mul(SPREAD);
        let mut chance = Chance(own);
        let country = chance.country();
        let (phone, person) = (Number::nth(country, nth), Person::new(country, &mut chance));
        Self { seed: own, nth, country, phone, person }
    }

    pub(super) fn number(&self) -> usize {
        self.nth
    }

    /// Some have none.
    pub(super) fn email(&self) -> String {
        let email = &self.person.email;
        if email.is_empty() { format!("member{}@example.com", self.nth) } else { email.clone() }
    }

    /// An endpoint with the person's phone, as one of several systems wrote it.
    pub(super) fn endpoint(
        &self,
        channel: Channel,
        status: Status,
        chance: &mut Chance,
    ) -> Endpoint {
        let (address, is_national) = self.address(chance);
        let opt_out = match chance.below(100) {
            0..3 => Some(OptOut::All),
            3..13 => None,
            _ => Some(OptOut::None),
        };
        Endpoint {
            channel_type: Some(channel),
            address: Some(address),
            status: Some(status).filter(|_| status == Status::Inactive || chance.happens(95)),
            opt_out,
            location: self.location(is_national, chance),
            demographic: chance.happens(70).then(|| self.demographic()),
            effective_date: chance.happens(97).then(|| date(2_025, chance)),
            attributes: self.attributes(chance),
            metrics: chance.happens(50).then(|| self.metrics()),
            user: chance.happens(95).then(|| self.user()),
            application_id: Some(APPLICATION),
            id: Some(id(chance)),
            cohort_id: Some((self.seed % 100).to_string()),
            creation_date: Some(date(2_023, chance)),
        }
    }

    pub(super) fn user_only(&self) -> Endpoint {
        Endpoint { user: Some(self.user()), ..Endpoint::default() }
    }

    /// Whether the address can only be read with the country.
    fn address(&self, chance: &mut Chance) -> (String, bool) {
        let e164 = self.phone.e164();
        match chance.below(20) {
            0 | 1 => (self.phone.national(), true),
            // Without its plus. Elsewhere, such digits may be a landline of the country.
            2 if self.country == Country::Us => (e164[1..].to_owned(), true),
            3 => (format!("{} {}", &e164[..4], &e164[4..]), false),
            4 => (format!(" {e164}"), false),
            _ => (e164, false),
        }
    }

    /// Exports have codes of three letters, import files of two.
    fn location(&self, is_needed: bool, chance: &mut Chance) -> Option<Location> {
        let (long, short) = match self.country {
            Country::Us => ("USA", "US"),
            Country::Gb => ("GBR", "GB"),
            Country::Fr => ("FRA", "FR"),
            Country::De => ("DEU", "DE"),
        };
        let country = if chance.happens(90) { long } else { short };
        (is_needed || chance.happens(80))
            .then(|| Location { country: Some(country), city: self.person.city.clone() })
    }

    fn demographic(&self) -> Demographic {
        let (timezone, locale) = match self.country {
            // Not an IANA name, which some applications sent.
            Country::Us if self.nth.is_multiple_of(17) => ("PST", "en_US"),
            Country::Us => ("America/Los_Angeles", "en_US"),
            Country::Gb => ("Europe/London", "en_GB"),
            Country::Fr => ("Europe/Paris", "fr_FR"),
            Country::De => ("Europe/Berlin", "de_DE"),
        };
        let platform = if self.nth.is_multiple_of(2) { "ios" } else { "android" };
        Demographic { timezone, locale, platform }
    }

    fn attributes(&self, chance: &mut Chance) -> Option<Lists> {
        let mut attributes = Lists::new();
        if !self.person.plan.is_empty() {
            attributes.insert("Plan".to_owned(), vec![self.person.plan.clone()]);
        }
        if chance.happens(30) {
            let values = ["bread", "cake", "coffee, to go"].map(str::to_owned);
            attributes.insert("Interests".to_owned(), values[..=chance.below(3)].to_vec());
        }
        (!attributes.is_empty()).then_some(attributes)
    }

    fn metrics(&self) -> BTreeMap<&'static str, f64> {
        let orders = u8::try_from(self.nth % 40).unwrap_or_default();
        BTreeMap::from([("Orders", orders.into())])
    }

    fn user(&self) -> User {
        let names = [("FirstName", &self.person.first), ("LastName", &self.person.last)];
        let names = names.into_iter().filter(|(_, value)| !value.is_empty());
        let user_attributes =
            names.map(|(name, value)| (name.to_owned(), vec![value.clone()])).collect();
        User { user_id: format!("bakery-{:07}", self.nth), user_attributes }
    }
}

/// Pinpoint's own IDs have slashes and plus signs, and applications sent UUIDs in upper case.
fn id(chance: &mut Chance) -> String {
    const LETTERS: [&str; 12] = ["a", "c", "e", "j", "k", "m", "q", "w", "y", "0", "/", "+"];
    if chance.happens(25) {
        let groups = [8, 4, 4, 4, 12].map(|length| chance.digits(length));
        return groups.join("-").replace('1', "A").replace('7', "F");
    }
    (0..26).map(|_| chance.one_of(&LETTERS)).collect()
}

fn date(year: usize, chance: &mut Chance) -> String {
    let (month, day) = (1 + chance.below(12), 1 + chance.below(28));
    let (hour, minute, second) = (chance.below(24), chance.below(60), chance.below(60));
    let millisecond = chance.below(1_000);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}
