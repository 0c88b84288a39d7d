//! Finds every phone that a text names, for opt-outs.
//!
//! A contact never gets a phone that could be another person's. For an opt-out, it is the other way
//! around: an additional phone costs less than a text after an opt-out. But a phone that lost
//! digits is not guessed.

use std::collections::HashSet;

use super::written::{MIN_DIGITS_OF_A_NUMBER, before_extension, digit_count, parse};
use super::{InvalidPhone, Phone, Region};

pub(super) fn all(written: &str, region: Region) -> Vec<Phone> {
    match parse(written, region) {
        Err(
            InvalidPhone::NotANumber
            | InvalidPhone::NotAssignable
            | InvalidPhone::NotE164
            | InvalidPhone::Extension
            | InvalidPhone::Several,
        ) => {
            let number = before_extension(written, region);
            let pieces = number.into_iter().chain(pieces(written));
            let mut phones: Vec<Phone> =
                pieces.flat_map(|piece| meant(parse(&piece, region))).collect();
            let mut known = HashSet::new();
            phones.retain(|phone| known.insert(phone.clone()));
            phones
        }
        parsed @ (Ok(_)
        | Err(
            InvalidPhone::Ambiguous { .. } | InvalidPhone::Scientific | InvalidPhone::Fraction,
        )) => meant(parsed),
    }
}

/// The phones that a parsed text could mean.
fn meant(parsed: Result<Phone, InvalidPhone>) -> Vec<Phone> {
    match parsed {
        Ok(phone) => vec![phone],
        Err(InvalidPhone::Ambiguous { international, national }) => vec![international, national],
        Err(
            InvalidPhone::NotANumber
            | InvalidPhone::NotAssignable
            | InvalidPhone::NotE164
            | InvalidPhone::Extension
            | InvalidPhone::Several
            | InvalidPhone::Scientific
            | InvalidPhone::Fraction,
        ) => Vec::new(),
    }
}

/// The parts of a text that could each be a phone.
fn pieces(written: &str) -> Vec<String> {
    let is_note = |c: char| {
        c.is_alphabetic()
            || matches!(c, '/' | '／' | '\\' | '|' | ';' | ',' | '&' | '#' | ':' | '\n' | '\r')
    };
    let mut pieces = Vec::new();
    for text in written.split(is_note) {
        for (place, number) in text.split(['+', '＋']).enumerate() {
            let plus = if place > 0 { "+" } else { "" };
            pieces.push(format!("{plus}{number}"));
        }
    }
    pieces.retain(|piece| digit_count(piece) >= MIN_DIGITS_OF_A_NUMBER);
    pieces
}
