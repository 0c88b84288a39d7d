//! Normalizes texts for comparison with keywords.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Splits a text into words in capitals, in compatibility forms, without marks or invisible
/// characters. Any other character that is not a letter or a digit ends a word.
#[must_use]
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let is_ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    for c in text.nfkd().map(letter_of_symbol) {
        let is_format = c.general_category() == GeneralCategory::Format;
        // Hangul fillers are letters, but invisible.
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

/// The letter in a filled circle or square, which has no compatibility form in Unicode.
fn letter_of_symbol(c: char) -> char {
    let first = match c {
        '\u{1f150}'..='\u{1f169}' => '\u{1f150}',
        '\u{1f170}'..='\u{1f189}' => '\u{1f170}',
        _ => return c,
    };
    u8::try_from(u32::from(c) - u32::from(first)).map_or(c, |place| char::from(b'A' + place))
}

/// What follows the longest of `phrases` at the beginning of a text.
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

/// Removes the polite phrases at the end of a text.
pub(super) fn without_end<'a>(mut words: &'a [String], phrases: &[&str]) -> &'a [String] {
    // No phrase is longer. A long text must not be compared from each place on.
    let ends = |words: &[String]| {
        (words.len().saturating_sub(4).max(1)..words.len())
            .find(|from| phrases.contains(&words[*from..].concat().as_str()))
    };
    while let Some(from) = ends(words) {
        words = &words[..from];
    }
    words
}
