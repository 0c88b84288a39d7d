//! How we read phones, judged for every region by `phonenumbers`, the Python port of
//! libphonenumber. Readings may differ only where one of our rules says so.

use std::collections::{BTreeMap, BTreeSet};

use conformance::{Runner, ask, say};
use serde::Deserialize;
use serde_json::json;
use shared::phone::{InvalidPhone, Phone, Region};

const SEED: u64 = 20_412;
const MIN_CASES: usize = 100_000;

/// A text, its region, the number that the judge reads, and whether that has an extension.
#[derive(Debug, Deserialize)]
struct Case(String, String, Option<String>, bool);

/// Why our reading of a text may differ from the judge's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// A mobile number that has lost its plus is not read as a landline.
    LostPlus,
    /// A number with two readings, because it may have lost its plus, is refused: the judge reads the
    /// national one, and the digits behind a plus are valid as well.
    Ambiguous,
    /// A mobile number of Mexico's or Brazil's former plan is converted to its current form.
    FormerForm,
    /// Trailing decimal zeros are not digits. They are refused if they could be either.
    Fraction,
    /// We accept 7 to 15 digits. A few plans list longer or shorter numbers, which can't be texted.
    Length,
    /// Numbers with an extension are refused.
    Extension,
}

fn rule(case: &Case, ours: &Result<Phone, InvalidPhone>) -> Option<Rule> {
    let Case(written, region, theirs, has_extension) = case;
    let is_national = !written.contains(['+', '＋']);
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let is_textable =
        |phone: &Phone| Phone::parse(phone.as_str(), home(region)).as_ref() == Ok(phone);
    match ours {
        Err(InvalidPhone::Ambiguous { international, national }) => {
            let is_theirs = Some(national.as_str()) == theirs.as_deref();
            (is_national && is_theirs && is_textable(international)).then_some(Rule::Ambiguous)
        }
        Err(_) if *has_extension => Some(Rule::Extension),
        Err(InvalidPhone::Fraction) if ends_with_zeros(written) => Some(Rule::Fraction),
        Err(InvalidPhone::NotAssignable)
            if theirs.as_ref().is_some_and(|it| !(8..=16).contains(&it.len())) =>
        {
            Some(Rule::Length)
        }
        Err(_) => None,
        Ok(phone) => {
            let is_former = theirs.is_none() && phone.has_other_form();
            let is_lost = is_national && phone.as_str() == format!("+{digits}");
            match (is_former, is_lost) {
                (true, _) => Some(Rule::FormerForm),
                (false, true) => Some(Rule::LostPlus),
                (false, false) => None,
            }
        }
    }
}

fn ends_with_zeros(written: &str) -> bool {
    written.rsplit_once('.').is_some_and(|(_, end)| end.chars().all(|c| c == '0'))
}

fn home(region: &str) -> Region {
    region.parse().expect("a region")
}

#[test]
fn phones_of_every_region_are_read_as_by_phonenumbers() {
    let cases: Vec<Case> = ask(Runner::Python, "phones.py", &json!({ "seed": SEED }));
    let regions: BTreeSet<&str> = cases.iter().map(|case| case.1.as_str()).collect();
    let mut valid = 0;
    let mut rules = BTreeMap::<Rule, (usize, String)>::new();
    let mut unexplained = Vec::new();
    for case in &cases {
        let Case(written, region, theirs, has_extension) = case;
        let ours = Phone::parse(written, home(region));
        valid += usize::from(theirs.is_some());
        if ours.as_ref().ok().map(Phone::as_str) == theirs.as_deref() && !has_extension {
            continue;
        }
        match rule(case, &ours) {
            Some(rule) => {
                let (count, example) = rules.entry(rule).or_default();
                *count += 1;
                if example.is_empty() {
                    *example = format!("{written:?} in {region}: {ours:?}, not {theirs:?}");
                }
            }
            None => unexplained.push(format!("{case:?}: we read {ours:?}")),
        }
    }
    say(&format!("phones: {} texts of {} regions, {valid} valid", cases.len(), regions.len()));
    for (rule, (count, example)) in &rules {
        say(&format!("phones: we differ by {rule:?} {count} times, as in {example}"));
    }
    assert!(
        unexplained.is_empty(),
        "{}: {:#?}",
        unexplained.len(),
        unexplained.iter().take(20).collect::<Vec<_>>()
    );
    assert!(cases.len() >= MIN_CASES && regions.len() >= 245, "{} cases", cases.len());
    assert!(valid > cases.len() / 3 && valid < cases.len() * 9 / 10, "{valid} valid");
}
