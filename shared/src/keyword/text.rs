//! Texts as keywords are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The words of a text in capitals, in compatibility forms, without marks and invisible characters.
/// A word ends at any other character that is not a letter or a digit.
#[must_use]
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.nfkd() {
        if is_combining_mark(c) || c.general_category() == GeneralCategory::Format {
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
