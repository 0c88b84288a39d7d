//! The records of a file, whose bytes are decoded and parsed piece by piece.

use super::delimiter;
use super::encoding::{Charset, Decoder};
use super::parser::{Malformed, Parser, Record};

/// How many bytes are decoded at once. The first piece decides how the file's first line is parsed.
const PIECE: usize = 64 * 1024;

/// A file's records in order. Nothing is read after an error.
pub(super) struct Records<'c> {
    rest: &'c [u8],
    decoder: Decoder,
    /// The decoded text. `parsed` is how much of it has been parsed.
    text: String,
    parsed: usize,
    parser: Parser,
    is_at_end: bool,
}

/// How the cells of a file are separated, and where its records begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separation {
    pub(super) delimiter: char,
    /// The length of Excel's hint in the decoded text, in bytes.
    hint: usize,
}

/// The ways in which the cells of a file may be separated, most likely first.
pub(super) fn separations(content: &[u8], charset: Charset) -> Vec<Separation> {
    let piece = &content[..content.len().min(PIECE)];
    let text = charset.decoder().decode(piece, false);
    match delimiter::hint(&text) {
        Some((delimiter, hint)) => vec![Separation { delimiter, hint }],
        None => delimiter::candidates(&text)
            .into_iter()
            .map(|delimiter| Separation { delimiter, hint: 0 })
            .collect(),
    }
}

impl<'c> Records<'c> {
    pub(super) fn new(content: &'c [u8], charset: Charset, separation: Separation) -> Self {
        let line = if separation.hint > 0 { 2 } else { 1 };
        let mut records = Self {
            rest: content,
            decoder: charset.decoder(),
            text: String::new(),
            parsed: 0,
            parser: Parser::new(separation.delimiter, line),
            is_at_end: false,
        };
        if separation.hint > 0 {
            records.decode_piece();
            records.parsed = separation.hint;
        }
        records
    }

    fn decode_piece(&mut self) {
        let (piece, rest) = self.rest.split_at(self.rest.len().min(PIECE));
        self.rest = rest;
        self.text = self.decoder.decode(piece, rest.is_empty());
        self.parsed = 0;
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            for c in self.text[self.parsed..].chars() {
                self.parsed += c.len_utf8();
                match self.parser.push(c) {
                    Ok(None) => {}
                    Ok(Some(record)) => return Some(Ok(record)),
                    Err(malformed) => return Some(Err(self.end_with(malformed))),
                }
            }
            if self.is_at_end {
                return None;
            }
            if self.rest.is_empty() {
                self.is_at_end = true;
                self.text.clear();
                self.parsed = 0;
                return self.parser.finish().transpose();
            }
            self.decode_piece();
        }
    }
}

impl Records<'_> {
    fn end_with(&mut self, malformed: Malformed) -> Malformed {
        self.is_at_end = true;
        self.rest = &[];
        self.text.clear();
        self.parsed = 0;
        malformed
    }
}
