//! People who don't exist.

use crate::chance::Chance;
use crate::names::{
    DE_CITIES, DE_FIRST, DE_LAST, FR_CITIES, FR_FIRST, FR_LAST, GB_CITIES, GB_FIRST, GB_LAST,
    PLANS, US_CITIES, US_FIRST, US_LAST,
};
use crate::phones::Country;

#[derive(Clone, Default)]
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) plan: String,
}

/// Domains that are reserved for examples.
const DOMAINS: [&str; 4] = ["example.com", "example.org", "example.net", "mail.example.com"];

/// A country's first names, last names and cities.
fn names(
    country: Country,
) -> (&'static [&'static str], &'static [&'static str], &'static [&'static str]) {
    match country {
        Country::Us => (&US_FIRST, &US_LAST, &US_CITIES),
        Country::Gb => (&GB_FIRST, &GB_LAST, &GB_CITIES),
        Country::Fr => (&FR_FIRST, &FR_LAST, &FR_CITIES),
        Country::De => (&DE_FIRST, &DE_LAST, &DE_CITIES),
    }
}

impl Person {
    pub(crate) fn new(country: Country, chance: &mut Chance) -> Self {
        let (firsts, lasts, cities) = names(country);
        let first = match chance.below(60) {
            0 => "",
            1 => "👩‍👩‍👧 The Family",
            _ => chance.one_of(firsts),
        };
        let last = match chance.below(40) {
            0 => "",
            _ => chance.one_of(lasts),
        };
        Self {
            first: first.to_owned(),
            last: last.to_owned(),
            email: email(first, last, chance),
            city: chance.one_of(cities).to_owned(),
            plan: chance.one_of(&PLANS).to_owned(),
        }
    }

    /// Some are on the newsletter's list and a few are staff. It follows from their names, so that the
    /// same person always has the same tags.
    pub(crate) fn tags(&self) -> String {
        let letters: u32 = self.last.chars().chain(self.city.chars()).map(u32::from).sum();
        let tags = [("newsletter", letters.is_multiple_of(3)), ("staff", letters % 80 == 7)];
        let tags = tags.iter().filter(|(_, has)| *has).map(|(tag, _)| *tag);
        tags.collect::<Vec<_>>().join(", ")
    }

    /// The same person, as entered in a second form or by another salesperson.
    pub(crate) fn again(mut self, chance: &mut Chance) -> Self {
        match chance.below(4) {
            0 => self.first = self.first.to_uppercase(),
            1 => self.email = String::new(),
            2 => {
                self.first = self.first.chars().next().map_or(String::new(), |c| format!("{c}."));
            }
            _ => {}
        }
        self
    }

    /// A member of the same household.
    pub(crate) fn relative(&self, country: Country, chance: &mut Chance) -> Self {
        let mut relative = Self::new(country, chance);
        relative.last.clone_from(&self.last);
        relative.city.clone_from(&self.city);
        relative
    }
}

fn email(first: &str, last: &str, chance: &mut Chance) -> String {
    if chance.below(100) < 8 {
        return String::new();
    }
    let mut name: String = format!("{first}.{last}")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect();
    if chance.below(5) > 0 {
        name.make_ascii_lowercase();
    }
    let name = name.replace("..", ".");
    let name = name.trim_matches('.');
    let name = if name.is_empty() { "hello" } else { name };
    format!("{name}{}@{}", chance.below(1_000), chance.one_of(&DOMAINS))
}
