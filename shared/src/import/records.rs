//! The records of a CSV file that arrives piece by piece.
//!
//! The file is decoded line by line, so the place in the file at which each record begins is known
//! exactly, in any encoding. A reader that starts at such a place finds the same records.

use super::delimiter;
use super::encoding::{Charset, Decoder};
use super::parser::{Malformed, Parser, Record};
use super::place::Place;

/// The first line of a file is judged by this many bytes.
const SAMPLE: usize = 64 * 1024;
/// A line that is longer is decoded before its end has arrived. All but its last bytes are, since
/// they may be half of a line end.
const MAX_BUFFERED: usize = 64 * 1024;

/// What comes next in a file of which a part has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    Ready(T),
    /// More of the file must arrive first.
    Starved,
    End,
}

/// The records of a file, or of its part from some place on. Nothing is read behind an error.
#[derive(Debug)]
pub(super) struct Records {
    charset: Charset,
    decoder: Decoder,
    parser: Parser,
    /// What has arrived; everything before `read` is parsed.
    bytes: Vec<u8>,
    read: usize,
    /// Where `read` is in the file.
    offset: u64,
    /// Whether the beginning of the current line is parsed already.
    is_inside_line: bool,
    has_all: bool,
    is_at_end: bool,
}

/// How the cells of a file are separated, and where its records begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separation {
    pub(super) delimiter: char,
    pub(super) start: Place,
}

/// The ways in which the cells of a file may be separated, the most likely one first.
pub(super) fn separations(head: &[u8], charset: Charset, named: Option<char>) -> Vec<Separation> {
    let mark = Charset::mark_length(head);
    let start = Place::beginning(mark as u64);
    let sample = &head[mark..head.len().min(mark + SAMPLE)];
    let text = charset.decoder().decode(sample, false);
    let hint = delimiter::hint(&text);
    let start = if hint.is_some() {
        // A spreadsheet does not show the line of the hint.
        let length = charset.line_length(sample, true).unwrap_or(sample.len());
        Place { offset: start.offset + length as u64, line: start.line + 1, surplus_lines: 1 }
    } else {
        start
    };
    match (named, hint) {
        (Some(delimiter), _) | (None, Some(delimiter)) => vec![Separation { delimiter, start }],
        (None, None) => {
            let candidates = delimiter::candidates(&text).into_iter();
            candidates.map(|delimiter| Separation { delimiter, start }).collect()
        }
    }
}

impl Records {
    /// The records from `place` on, of which no byte has arrived yet. Without a delimiter, each line
    /// is a record of one cell.
    pub(super) fn new(charset: Charset, delimiter: Option<char>, place: Place) -> Self {
        Self {
            charset,
            decoder: charset.decoder(),
            parser: Parser::new(delimiter, place.line),
            bytes: Vec::new(),
            read: 0,
            offset: place.offset,
            is_inside_line: false,
            has_all: false,
            is_at_end: false,
        }
    }

    /// Takes the bytes that follow those that have arrived.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.read);
        self.read = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// Says that the file has no more bytes.
    pub(super) fn end(&mut self) {
        self.has_all = true;
    }

    /// The offset and the line of what has not been parsed. Between two records, that is where the
    /// next one begins.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.offset, self.parser.line())
    }

    pub(super) fn next(&mut self) -> Next<Result<Record, Malformed>> {
        while !self.is_at_end {
            let rest = &self.bytes[self.read..];
            let line = self.charset.line_length(rest, self.has_all);
            let record = match line {
                Some(length) => self.parse(length, false),
                None if self.has_all => self.parse_rest(),
                None if rest.len() > MAX_BUFFERED => self.parse((rest.len() - 2) & !1, false),
                None => return Next::Starved,
            };
            self.is_inside_line = line.is_none();
            match record {
                Ok(None) => {}
                Ok(Some(record)) => return Next::Ready(Ok(record)),
                Err(malformed) => {
                    self.is_at_end = true;
                    return Next::Ready(Err(malformed));
                }
            }
        }
        Next::End
    }

    fn parse_rest(&mut self) -> Result<Option<Record>, Malformed> {
        self.is_at_end = true;
        let length = self.bytes.len() - self.read;
        let record = self.parse(length, true)?;
        Ok(record.or(self.parser.finish()?))
    }

    /// Parses a line, or a part of one; either ends one record at most.
    fn parse(&mut self, length: usize, is_last: bool) -> Result<Option<Record>, Malformed> {
        let piece = &self.bytes[self.read..self.read + length];
        self.read += length;
        self.offset += length as u64;
        let plain = if self.charset.is_utf_8() && !self.is_inside_line {
            std::str::from_utf8(piece).ok()
        } else {
            None
        };
        let decoded;
        let text = if let Some(plain) = plain {
            plain
        } else {
            decoded = self.decoder.decode(piece, is_last);
            &decoded
        };
        self.parser.push_line(text)
    }
}
