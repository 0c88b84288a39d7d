//! Requests as patterns: what one is made of, part by part.
//!
//! Parts may be written together or apart, as in "bórrame", "borra me" and "don't text", so only the
//! end of a request has to be the end of a word.

use super::phrases::{POLITE_AFTER, TAIL};
use super::text::after;

/// A part of a request. The phrases are normalized as those of the tables are.
pub(super) enum Part {
    One(&'static [&'static str]),
    Maybe(&'static [&'static str]),
    /// Up to [`MOST`] of these.
    Few(&'static [&'static str]),
    /// Only polite phrases follow.
    End,
}

pub(super) type Pattern = &'static [Part];

/// How far a text is searched for a request.
const WINDOW: usize = 24;
/// The number of fillers in a row.
const MOST: usize = 5;

/// Whether a text begins with one of the requests.
pub(super) fn begins(words: &[String], patterns: &[Pattern]) -> bool {
    let window = &words[..words.len().min(WINDOW)];
    let text = Text { words, all: window.concat(), ends: ends(window) };
    patterns.iter().any(|parts| text.fits(&text.all, parts, MOST))
}

/// The places, in bytes, where a request may end.
fn ends(words: &[String]) -> Vec<usize> {
    let add = |end: &mut usize, word: &String| {
        *end += word.len();
        Some(*end)
    };
    words.iter().scan(0, add).collect()
}

struct Text<'a> {
    words: &'a [String],
    all: String,
    ends: Vec<usize>,
}

impl Text<'_> {
    /// Whether the rest of the text begins with the parts, with up to `more` of the first one.
    fn fits(&self, rest: &str, parts: &[Part], more: usize) -> bool {
        let Some((part, others)) = parts.split_first() else {
            return self.words_after(rest).is_some();
        };
        let has = |phrases: &[&str], parts: &[Part], more: usize| {
            let mut rests = phrases.iter().filter_map(|phrase| rest.strip_prefix(phrase));
            rests.any(|rest| self.fits(rest, parts, more))
        };
        match part {
            Part::One(phrases) => has(phrases, others, MOST),
            Part::Maybe(phrases) => self.fits(rest, others, MOST) || has(phrases, others, MOST),
            Part::Few(phrases) => {
                self.fits(rest, others, MOST) || (more > 0 && has(phrases, parts, more - 1))
            }
            Part::End => self.words_after(rest).is_some_and(is_polite),
        }
    }

    /// What follows a request, unless it ends within one.
    fn words_after(&self, rest: &str) -> Option<&[String]> {
        let end = self.all.len() - rest.len();
        let place = self.ends.iter().position(|known| *known == end)?;
        Some(&self.words[place + 1..])
    }
}

fn is_polite(mut words: &[String]) -> bool {
    while !words.is_empty() {
        match after(words, POLITE_AFTER).or_else(|| after(words, TAIL)) {
            Some(rest) => words = rest,
            None => return false,
        }
    }
    true
}
