//! Looks for a phone in a file, however it is written there.
//!
//! Files are read in blocks of any encoding, so this looks at digits only: a run of digits, with the
//! signs between them that people write in phones, which ends with the phone's national digits. Another
//! number that ends the same counts as found. The file is deleted then, which loses nothing that the
//! organization does not have elsewhere.

use crate::phone::Phone;

/// The last digits of the phone, which have to match. National numbers have at least as many, and in
/// Argentina the digits before these differ with the way of writing. Shorter ones match as a whole.
const MAX_DIGITS: usize = 8;
/// A run of digits that is longer is not a phone, so only this many are kept.
const MAX_RUN: usize = 32;

/// What is looked for, and the run of digits so far.
#[derive(Clone, Debug)]
pub struct PhoneSearch {
    endings: Vec<Vec<u8>>,
    run: Vec<u8>,
    is_found: bool,
}

impl PhoneSearch {
    #[must_use]
    pub fn new(phone: &Phone) -> Self {
        let endings = phone.forms().iter().map(ending).collect();
        Self { endings, run: Vec::new(), is_found: false }
    }

    /// Reads the next block of a file.
    pub fn read(&mut self, block: &[u8]) {
        for byte in block {
            match byte {
                b'0'..=b'9' => {
                    if self.run.len() == MAX_RUN {
                        self.run.remove(0);
                    }
                    self.run.push(*byte);
                    self.is_found |= self.endings.iter().any(|end| self.run.ends_with(end));
                }
                // Signs within phones. Half of UTF-16's bytes are zero, and a no-break space has two
                // bytes in UTF-8 and one in Latin-1.
                b' ' | b'(' | b')' | b'-' | b'.' | b'/' | b'+' | 0 | 0xa0 | 0xc2 => {}
                _ => self.run.clear(),
            }
        }
    }

    #[must_use]
    pub fn is_found(&self) -> bool {
        self.is_found
    }
}

fn ending(phone: &Phone) -> Vec<u8> {
    let digits = phone.as_str().trim_start_matches('+').as_bytes();
    digits[digits.len().saturating_sub(MAX_DIGITS)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(file: &[u8]) -> bool {
        let phone = Phone::from_e164("+14155550123").expect("valid");
        // In blocks, because a phone may be cut anywhere.
        let mut search = PhoneSearch::new(&phone);
        file.chunks(3).for_each(|block| search.read(block));
        search.is_found()
    }

    #[test]
    fn a_phone_is_found_however_it_is_written() {
        for file in [
            "Ana,+14155550123\n",
            "Ana,(415) 555-0123,x",
            "1.415.555.0123",
            "001 415 555 0123",
            "a\u{a0}415\u{a0}555\u{a0}0123",
        ] {
            assert!(is_in(file.as_bytes()), "{file}");
        }
        let utf16: Vec<u8> = "x,415-555-0123".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_in(&utf16));
    }

    #[test]
    fn another_phone_is_not() {
        for file in ["+14155550124", "4155550,123", "+14155650123", "415555\n0123", "", "0123"] {
            assert!(!is_in(file.as_bytes()), "{file}");
        }
    }

    #[test]
    fn either_form_of_a_line_is_found() {
        let phone = Phone::from_e164("+5491123456789").expect("valid");
        for file in ["+541123456789", "11 15 2345-6789", "+54 9 11 2345-6789"] {
            let mut search = PhoneSearch::new(&phone);
            search.read(file.as_bytes());
            assert!(search.is_found(), "{file}");
        }
    }
}
