//! Realistic contacts: a CSV file as a team keeps it, and a dump of Amazon Pinpoint.
//!
//! The same arguments generate the same file. The numbers may belong to real people, so use these files
//! only with the provider simulator.

mod chance;
#[rustfmt::skip]
mod names;
mod people;
mod phones;
pub mod pinpoint;

use std::collections::{HashSet, VecDeque};
use std::io::Write;

use chance::Chance;
use people::Person;
use phones::Number;

const HEADER: [&str; 7] = ["phone", "first_name", "last_name", "email", "city", "plan", "tags"];
/// The seed of the files in the repository.
pub const SEED: u64 = 2_026;
/// How many of the most recent people a row may repeat or share a household with.
const REMEMBERED: usize = 5_000;

struct Row {
    person: Person,
    written: String,
    /// The number that should be read from it.
    number: Option<Number>,
}

/// Generates the rows one after the other.
struct Generator {
    chance: Chance,
    used: HashSet<String>,
    known: VecDeque<(Person, Number)>,
    scripted: usize,
}

impl Generator {
    fn new(seed: u64) -> Self {
        Self { chance: Chance(seed), used: HashSet::new(), known: VecDeque::new(), scripted: 0 }
    }

    fn row(&mut self) -> Row {
        match self.chance.below(1_000) {
            0..3 => Row { person: Person::default(), written: String::new(), number: None },
            3..40 => self.without_number(""),
            40..70 => {
                let bad = phones::bad(&mut self.chance);
                self.without_number(&bad)
            }
            70..135 => self.again(),
            135..175 => self.household(),
            _ => self.newcomer(),
        }
    }

    fn without_number(&mut self, written: &str) -> Row {
        let country = self.chance.country();
        Row {
            person: Person::new(country, &mut self.chance),
            written: written.to_owned(),
            number: None,
        }
    }

    fn newcomer(&mut self) -> Row {
        let country = self.chance.country();
        let number = loop {
            let mut number = Number::new(country, &mut self.chance);
            if self.chance.below(100) < 3 {
                number.script(self.scripted);
                self.scripted += 1;
            }
            if self.used.insert(number.e164()) {
                break number;
            }
        };
        let person = Person::new(country, &mut self.chance);
        self.remember(person.clone(), number.clone());
        self.with_number(person, number)
    }

    /// A person who is already on the list, with the number written in any way.
    fn again(&mut self) -> Row {
        match self.earlier() {
            Some((person, number)) => {
                let person = person.again(&mut self.chance);
                self.with_number(person, number)
            }
            None => self.newcomer(),
        }
    }

    /// A person who shares an earlier one's phone.
    fn household(&mut self) -> Row {
        match self.earlier() {
            Some((person, number)) => {
                let person = person.relative(number.country, &mut self.chance);
                self.with_number(person, number)
            }
            None => self.newcomer(),
        }
    }

    fn earlier(&mut self) -> Option<(Person, Number)> {
        let place = self.chance.below(self.known.len().max(1));
        self.known.get(place).cloned()
    }

    fn remember(&mut self, person: Person, number: Number) {
        if self.known.len() == REMEMBERED {
            self.known.pop_front();
        }
        self.known.push_back((person, number));
    }

    fn with_number(&mut self, person: Person, number: Number) -> Row {
        Row { person, written: number.written(&mut self.chance), number: Some(number) }
    }
}

/// Writes a CSV file of contacts.
pub fn write_contacts(rows: usize, seed: u64, mut out: impl Write) -> anyhow::Result<()> {
    // As spreadsheets save it: with a byte order mark and Windows line endings.
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(HEADER)?;
    let mut generator = Generator::new(seed);
    for _ in 0..rows {
        let Row { person, written, .. } = generator.row();
        let tags = person.tags();
        let Person { first, last, email, city, plan } = person;
        csv.write_record([&written, &first, &last, &email, &city, &plan, &tags])?;
    }
    csv.flush()?;
    Ok(())
}

/// Writes the E.164 number that should be read from each row, or an empty line.
pub fn write_numbers(rows: usize, seed: u64, mut out: impl Write) -> anyhow::Result<()> {
    let mut generator = Generator::new(seed);
    for _ in 0..rows {
        let number = generator.row().number;
        writeln!(out, "{}", number.map_or(String::new(), |n| n.e164()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
