//! Detects which Western European encoding a file has.
//!
//! In all of them each byte is a character, so only the text shows which one is meant. With the
//! wrong one, there are symbols or capital letters inside words.

const LOWER: &str = "äöüßéèêëàâçîïìíôòóõûùúñáãåæœøýðþ";
/// Symbols that are written separately or at the end of a word.
const SYMBOLS: &str = "°²³±½¼¾×÷µ®™©§¶·€£…–—’”»º°\u{a0}\u{ad}";
/// Symbols at the start of a word.
const OPENING: &str = "‘“„«¿¡‚";
/// No Western language has more accented letters in a row than this.
const MAX_ACCENTED_RUN: usize = 2;

/// The number of characters beyond ASCII, and how many of them are where Western languages have
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) plausible: usize,
    pub(super) total: usize,
}

impl Fit {
    pub(super) fn of(text: &str) -> Self {
        let mut fit = Self::default();
        let mut before = None;
        let (mut run, mut plausible_of_run) = (0, 0);
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            if c.is_ascii() || !c.is_alphabetic() {
                (run, plausible_of_run) = (0, 0);
            } else {
                run += 1;
            }
            if !c.is_ascii() {
                fit.total += 1;
                let is_plausible = is_plausible(before, c, characters.peek().copied());
                fit.plausible += usize::from(is_plausible);
                plausible_of_run += usize::from(is_plausible);
            }
            if run > MAX_ACCENTED_RUN {
                fit.plausible -= std::mem::take(&mut plausible_of_run);
            }
            before = Some(c);
        }
        fit
    }

    pub(super) fn is_good(self) -> bool {
        self.plausible * 10 >= self.total * 9
    }

    pub(super) fn is_doubtful(self) -> bool {
        self.plausible * 2 <= self.total
    }

    pub(super) fn is_bad(self) -> bool {
        self.plausible * 2 < self.total
    }
}

fn is_plausible(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_lower = |c: Option<char>| c.is_some_and(char::is_lowercase);
    if LOWER.contains(c) {
        return true;
    }
    if c.to_lowercase().any(|lower| LOWER.contains(lower)) {
        return !is_lower(before);
    }
    if OPENING.contains(c) {
        return !is_letter(before);
    }
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || !c.is_ascii());
    let is_inside_a_word = match c {
        '’' | '\u{a0}' | '\u{ad}' | '·' => false,
        '–' | '—' => is_lower(before) && is_lower(after),
        _ => is_letter(before) && is_word(after),
    };
    SYMBOLS.contains(c) && !is_inside_a_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_no_symbols_inside() {
        for good in
            ["Jürgen", "ÉLODIE", "Élodie", "O’Brien", "5 €", "“Hi”", "¿Qué?", "Noël…", "l·l"]
        {
            assert!(Fit::of(good).is_good(), "{good}");
        }
        for bad in ["JŸrgen", "H‚lŠne", "Zo‘", "Gie§en", "N£¤ez", "JoÆo", "Fran‡ois", "Èâàí"]
        {
            assert!(Fit::of(bad).is_bad(), "{bad}");
        }
    }
}
