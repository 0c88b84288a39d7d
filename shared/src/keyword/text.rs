//! Texts as keywords are compared.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The words of a text in capitals, in compatibility forms, without marks and invisible characters.
/// A word ends at any other character that is not a letter or a digit.
#[must_use]
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let is_ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    for c in text.nfkd().map(letter_of_symbol) {
        let is_format = c.general_category() == GeneralCategory::Format;
        // Hangul fillers are letters that show nothing.
        if is_combining_mark(c) || is_format || is_ignorable.contains(c) {
            continue;
        }
        if c.is_alphanumeric() {
            word.extend(c.to_uppercase());
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The letter in a filled circle or square. Unicode has no compatibility form for these.
fn letter_of_symbol(c: char) -> char {
    let first = match c {
        '\u{1f150}'..='\u{1f169}' => '\u{1f150}',
        '\u{1f170}'..='\u{1f189}' => '\u{1f170}',
        _ => return c,
    };
    u8::try_from(u32::from(c) - u32::from(first)).map_or(c, |place| char::from(b'A' + place))
}

/// What follows the one of `phrases` that `words` begin with, the longest such phrase.
pub(super) fn after<'a>(words: &'a [String], phrases: &[&str]) -> Option<&'a [String]> {
    let longest = phrases.iter().map(|phrase| phrase.len()).max().unwrap_or_default();
    let mut begin = String::new();
    let mut rest = None;
    for (index, word) in words.iter().enumerate() {
        begin.push_str(word);
        if begin.len() > longest {
            break;
        }
        if phrases.contains(&begin.as_str()) {
            rest = Some(&words[index + 1..]);
        }
    }
    rest
}

/// The words before the polite ones at their end.
pub(super) fn without_end<'a>(mut words: &'a [String], phrases: &[&str]) -> &'a [String] {
    let ends = |words: &[String]| {
        (1..words.len()).find(|from| phrases.contains(&words[*from..].concat().as_str()))
    };
    while let Some(from) = ends(words) {
        words = &words[..from];
    }
    words
}
