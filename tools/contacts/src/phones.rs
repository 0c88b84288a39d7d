//! Phone numbers that could exist, and the ways in which people write them.

use simulator::fates::Fate;

use crate::chance::Chance;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Country {
    Us,
    Gb,
    Fr,
    De,
}

#[derive(Clone)]
pub(crate) struct Number {
    pub(crate) country: Country,
    /// The digits after the country code.
    digits: String,
}

/// There are fewer numbers of each country with few prefixes than people in it above this.
pub(crate) const MAX_PEOPLE: usize = 4_000_000;

const US_AREAS: [&str; 40] = [
    "201", "202", "206", "212", "213", "214", "215", "216", "303", "305", "310", "312", "323",
    "347", "404", "408", "415", "469", "503", "510", "512", "602", "612", "617", "619", "646",
    "702", "713", "718", "720", "773", "786", "801", "813", "816", "832", "858", "917", "919",
    "972",
];
const GB_MOBILE: [&str; 6] = ["7400", "7711", "7733", "7855", "7912", "7960"];
const FR_MOBILE: [&str; 5] = ["612", "667", "682", "745", "778"];
const DE_MOBILE: [&str; 5] = ["1512", "1605", "1713", "1726", "1759"];

/// Endings whose fate settles at once, in the order in which they are assigned.
const QUICK: [&str; 14] = [
    "9001", "9002", "9003", "9004", "9005", "9006", "9007", "9008", "9014", "9015", "9016", "9017",
    "9020", "9005",
];
/// Endings whose fate takes time: throttles, lost responses, errors, silence.
const SLOW: [&str; 8] = ["9009", "9010", "9011", "9012", "9013", "9019", "9021", "9022"];

impl Number {
    /// A number without a scripted fate.
    pub(crate) fn new(country: Country, chance: &mut Chance) -> Self {
        loop {
            let digits = match country {
                Country::Us => {
                    // An exchange from 220 to 989, but not a service code or the 555 of films.
                    let exchange = 220 + chance.below(770);
                    if exchange % 100 == 11 || exchange == 555 {
                        continue;
                    }
                    format!("{}{exchange}{}", chance.one_of(&US_AREAS), chance.digits(4))
                }
                Country::Gb => format!("{}{}", chance.one_of(&GB_MOBILE), chance.digits(6)),
                Country::Fr => format!("{}{}", chance.one_of(&FR_MOBILE), chance.digits(6)),
                Country::De => {
                    let prefix = chance.one_of(&DE_MOBILE);
                    // Numbers with the prefix 1512 have one more digit.
                    let rest = if prefix == "1512" { 7 } else { 6 };
                    format!("{prefix}{}", chance.digits(rest))
                }
            };
            let number = Self { country, digits };
            if Fate::of_number(&number.digits).is_none() {
                return number;
            }
        }
    }

    /// The number of the `nth` person. Those of different people differ, below [`MAX_PEOPLE`].
    pub(crate) fn nth(country: Country, nth: usize) -> Self {
        /// Coprime to ten and to the number of lines, so that neighbors look unlike each other.
        const STRIDE: usize = 7_919;
        /// Behind these, endings script an outcome.
        const LINES: usize = 9_000;
        let (prefixes, digits): (&[&str], _) = match country {
            Country::Us => {
                let exchanges = nth / US_AREAS.len();
                // No service code and not the 555 of films.
                let exchange = [2, 3, 4, 6, 7, 8, 9][exchanges / 10 % 7] * 10 + exchanges % 10;
                let exchange = (2 + exchanges / 70 % 8) * 100 + exchange;
                let line = exchanges / 560 * STRIDE % LINES;
                let digits = format!("{}{exchange}{line:04}", US_AREAS[nth % US_AREAS.len()]);
                return Self { country, digits };
            }
            Country::Gb => (&GB_MOBILE, 6),
            Country::Fr => (&FR_MOBILE, 6),
            // The first prefix has one more digit than the others.
            Country::De => (&DE_MOBILE[1..], 6),
        };
        let rest = nth / prefixes.len() * STRIDE % 1_000_000;
        Self { country, digits: format!("{}{rest:0digits$}", prefixes[nth % prefixes.len()]) }
    }

    /// The digits as they are dialed within the country.
    pub(crate) fn national(&self) -> String {
        let trunk = if self.country == Country::Us { "" } else { "0" };
        format!("{trunk}{}", self.digits)
    }

    /// Ends the number in the digits of the `nth` scripted fate. Each slow fate comes once in three
    /// rounds of the quick ones.
    pub(crate) fn script(&mut self, nth: usize) {
        let round = nth % (3 * QUICK.len() + SLOW.len());
        let ending = match round.checked_sub(SLOW.len()) {
            None => SLOW[round],
            Some(place) => QUICK[place % QUICK.len()],
        };
        self.digits.truncate(self.digits.len() - 4);
        self.digits.push_str(ending);
    }

    fn code(&self) -> &'static str {
        match self.country {
            Country::Us => "1",
            Country::Gb => "44",
            Country::Fr => "33",
            Country::De => "49",
        }
    }

    pub(crate) fn e164(&self) -> String {
        format!("+{}{}", self.code(), self.digits)
    }

    /// The number as a person in the United States would write it down.
    pub(crate) fn written(&self, chance: &mut Chance) -> String {
        let text = match self.country {
            Country::Us => self.written_in_us(chance),
            Country::Gb | Country::De => {
                let (prefix, rest) = self.digits.split_at(4 - usize::from(self.code() == "49"));
                self.written_abroad(prefix, &[rest], chance)
            }
            Country::Fr => {
                let pairs = [1, 3, 5, 7].map(|start| &self.digits[start..start + 2]);
                self.written_abroad(&self.digits[..1], &pairs, chance)
            }
        };
        match chance.below(40) {
            0 => format!(" {text}"),
            1 => format!("{text}  "),
            // A leftover from copying from a web page.
            2 => format!("{text}\u{a0}"),
            _ => text,
        }
    }

    fn written_in_us(&self, chance: &mut Chance) -> String {
        let (area, rest) = self.digits.split_at(3);
        let (exchange, line) = rest.split_at(3);
        match chance.below(11) {
            0 | 1 => format!("({area}) {exchange}-{line}"),
            2 | 3 => format!("{area}-{exchange}-{line}"),
            4 => format!("{area}.{exchange}.{line}"),
            5 => format!("{area} {exchange} {line}"),
            6 => format!("{area}{exchange}{line}"),
            7 => format!("1-{area}-{exchange}-{line}"),
            8 => format!("+1 ({area}) {exchange}-{line}"),
            9 => format!("+1 {area}-{exchange}-{line}"),
            _ => self.e164(),
        }
    }

    fn written_abroad(&self, prefix: &str, rest: &[&str], chance: &mut Chance) -> String {
        let code = self.code();
        match chance.below(7) {
            0 => self.e164(),
            1 => format!("+{code} {prefix} {}", rest.join(" ")),
            2 => format!("+{code}-{prefix}-{}", rest.join("-")),
            3 => format!("+{code} (0){prefix} {}", rest.join(" ")),
            4 => format!("+{code}.{prefix}.{}", rest.join(".")),
            5 => format!("011 {code} {prefix} {}", rest.join(" ")),
            _ => format!("011{code}{}", self.digits),
        }
    }
}

/// An entry in the phone's column that can't be dialed from the United States. The international
/// prefix 00 is European.
pub(crate) fn bad(chance: &mut Chance) -> String {
    let (four, six) = (chance.digits(4), chance.digits(6));
    match chance.below(14) {
        0 => "N/A".to_owned(),
        1 => "unknown".to_owned(),
        2 => "call the office".to_owned(),
        3 => "1-800-FLOWERS".to_owned(),
        4 => "0000000000".to_owned(),
        5 => "1.41536E+10".to_owned(),
        6 => "-".to_owned(),
        7 => format!("1{four}"),
        8 => format!("(212) 355-{}", &four[..2]),
        9 => format!("+1 415 355 {four}{six}"),
        10 => format!("212-055-{four}"),
        11 => format!("+44 7911 {}", &four[..2]),
        12 => format!("0044 7911 {six}"),
        _ => format!("{} (mobile)", &six[..3]),
    }
}
