//! Parses CSV: RFC 4180, with the variations of spreadsheets.
//!
//! It exists because a parser that accepts an unclosed quote silently loses the rows after it.

use memchr::{memchr2, memchr3};

/// The maximum length of a record, in bytes. Only an unclosed quote or a file that is not CSV
/// exceeds it.
const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// Why the rest of a file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error(
        "the quote on line {line} is never closed; close it, or double it inside a quoted cell if it \
         is part of the text"
    )]
    UnclosedQuote { line: u64 },
    #[error("the row on line {line} is longer than {MAX_RECORD_BYTES} bytes; shorten it")]
    TooLong { line: u64 },
}

/// A row of a file, as written. Empty lines are not rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) cells: Vec<String>,
    /// The line on which it starts, numbered from 1.
    pub(super) line: u64,
    /// The quoted cells that contain line endings.
    pub(super) long_cells: Vec<LongCell>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LongCell {
    pub(super) index: usize,
    /// The line of its opening quote.
    pub(super) line: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a cell, perhaps after spaces.
    Start,
    Unquoted,
    Quoted,
    /// After a quote that either closes its cell or is the first of two.
    Closed,
}

#[derive(Debug)]
pub(super) struct Parser {
    /// Without one, a line is one cell, in which quotes mean nothing.
    delimiter: Option<char>,
    state: State,
    line: u64,
    /// Whether the last character was a carriage return, which forms a line ending with a newline.
    after_return: bool,
    /// The line of the current cell's opening quote.
    quote_line: u64,
    /// The size of the current record in bytes.
    bytes: usize,
    cell: String,
    record: Record,
}

impl Parser {
    /// A parser that starts on line `line`.
    pub(super) fn new(delimiter: Option<char>, line: u64) -> Self {
        Self {
            delimiter,
            state: State::Start,
            line,
            after_return: false,
            quote_line: line,
            bytes: 0,
            cell: String::new(),
            record: Record { line, ..Record::default() },
        }
    }

    /// The line of the next character.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Adds a line, or a part of one. Returns the record that it ends, if any.
    pub(super) fn push_line(&mut self, text: &str) -> Result<Option<Record>, Malformed> {
        let (mut rest, mut ended) = (text, None);
        loop {
            let (plain, other) = rest.split_at(self.plain_length(rest));
            self.push_plain(plain)?;
            let mut characters = other.chars();
            let Some(c) = characters.next() else { return Ok(ended) };
            let record = self.push(c)?;
            ended = ended.or(record);
            rest = characters.as_str();
        }
    }

    /// The length of what only adds to the current cell.
    fn plain_length(&self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let end = match (self.state, self.delimiter.map(u8::try_from)) {
            (State::Quoted, _) => memchr3(b'"', b'\r', b'\n', bytes),
            (State::Start | State::Unquoted, None) => memchr2(b'\r', b'\n', bytes),
            (State::Unquoted, Some(Ok(delimiter))) if delimiter.is_ascii() => {
                memchr3(delimiter, b'\r', b'\n', bytes)
            }
            (State::Start | State::Unquoted, Some(_)) | (State::Closed, _) => Some(0),
        };
        end.unwrap_or(bytes.len())
    }

    fn push_plain(&mut self, text: &str) -> Result<(), Malformed> {
        if text.is_empty() {
            return Ok(());
        }
        self.after_return = false;
        self.lengthen(text.len())?;
        self.cell.push_str(text);
        if self.state == State::Start {
            self.state = State::Unquoted;
        }
        Ok(())
    }

    /// Adds the next character. Returns the record that it ends, if any.
    pub(super) fn push(&mut self, c: char) -> Result<Option<Record>, Malformed> {
        let completes_line_end = c == '\n' && self.after_return;
        self.after_return = c == '\r';
        let is_line_end = matches!(c, '\r' | '\n');
        if is_line_end && !completes_line_end {
            self.line += 1;
        }
        self.lengthen(c.len_utf8())?;
        match self.state {
            State::Quoted if c == '"' => self.state = State::Closed,
            State::Quoted => self.cell.push(c),
            State::Closed if c == '"' => {
                self.cell.push(c);
                self.state = State::Quoted;
            }
            State::Start if c == '"' && self.delimiter.is_some() => {
                self.quote_line = self.line;
                self.state = State::Quoted;
                self.cell.clear();
            }
            State::Start | State::Unquoted | State::Closed if Some(c) == self.delimiter => {
                self.end_cell();
            }
            State::Start if completes_line_end && self.record.cells.is_empty() => self.bytes = 0,
            State::Start | State::Unquoted | State::Closed if is_line_end => {
                return Ok(self.end_record());
            }
            // What follows belongs to the next quoted cell, so this one was never closed.
            State::Closed if self.cell.contains(['\r', '\n']) => {
                return Err(Malformed::UnclosedQuote { line: self.quote_line });
            }
            State::Start if c == ' ' => self.cell.push(c),
            State::Start | State::Unquoted | State::Closed => {
                self.cell.push(c);
                self.state = State::Unquoted;
            }
        }
        Ok(None)
    }

    /// Ends the file. Returns the last record if it had no line ending.
    pub(super) fn finish(&mut self) -> Result<Option<Record>, Malformed> {
        match self.state {
            State::Quoted => Err(Malformed::UnclosedQuote { line: self.quote_line }),
            State::Start | State::Unquoted | State::Closed => Ok(self.end_record()),
        }
    }

    /// Counts bytes of the current record.
    fn lengthen(&mut self, bytes: usize) -> Result<(), Malformed> {
        self.bytes += bytes;
        if self.bytes <= MAX_RECORD_BYTES {
            return Ok(());
        }
        Err(match self.state {
            State::Quoted => Malformed::UnclosedQuote { line: self.quote_line },
            State::Start | State::Unquoted | State::Closed => {
                Malformed::TooLong { line: self.record.line }
            }
        })
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        // An unquoted cell can't contain a line ending.
        if memchr2(b'\r', b'\n', cell.as_bytes()).is_some() {
            let index = self.record.cells.len();
            self.record.long_cells.push(LongCell { index, line: self.quote_line });
        }
        self.record.cells.push(cell);
        self.state = State::Start;
    }

    /// The record so far; `None` for an empty line.
    fn end_record(&mut self) -> Option<Record> {
        let is_empty =
            self.state == State::Start && self.record.cells.is_empty() && self.cell.is_empty();
        self.end_cell();
        self.bytes = 0;
        let next = Record { line: self.line, ..Record::default() };
        let record = std::mem::replace(&mut self.record, next);
        (!is_empty).then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Vec<Record>, Malformed> {
        let mut parser = Parser::new(Some(','), 1);
        let mut records = Vec::new();
        for c in text.chars() {
            records.extend(parser.push(c)?);
        }
        records.extend(parser.finish()?);
        Ok(records)
    }

    proptest! {
        #[test]
        fn whole_lines_are_read_like_their_characters(
            text in "[a\" ,;\r\né]{0,40}",
            cut in 0..40_usize,
            delimiter in prop::sample::select(vec![None, Some(','), Some(';'), Some('é')]),
        ) {
            let mut parser = Parser::new(delimiter, 1);
            let by_character = text.chars().map(|c| parser.push(c)).collect::<Result<Vec<_>, _>>();
            let by_character = by_character.and_then(|found| {
                Ok((found.into_iter().flatten().chain(parser.finish()?).collect(), parser.line()))
            });
            let mut parser = Parser::new(delimiter, 1);
            let lines = text.split_inclusive(['\r', '\n']);
            let parts = lines.flat_map(|line| {
                let cut = line.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(line.len());
                let (first, second) = line.split_at(cut);
                [first, second]
            });
            let by_line = parts.map(|part| parser.push_line(part)).collect::<Result<Vec<_>, _>>();
            let by_line: Result<(Vec<Record>, u64), _> = by_line.and_then(|found| {
                Ok((found.into_iter().flatten().chain(parser.finish()?).collect(), parser.line()))
            });
            prop_assert_eq!(by_line, by_character);
        }
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        parse(text).expect("well-formed").into_iter().map(|record| record.cells).collect()
    }

    #[test]
    fn line_ends_of_every_system_are_read() {
        for end in ["\n", "\r\n", "\r", "\r\r\n", "\n\n"] {
            let text = ["a,b", "c,d"].join(end);
            assert_eq!(cells(&text), [["a", "b"], ["c", "d"]], "{end:?}");
            assert_eq!(cells(&(text + end)), [["a", "b"], ["c", "d"]], "{end:?}");
        }
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_ends() {
        assert_eq!(cells("\"a,b\",\"c\"\"d\",\"e\r\nf\"\r\n"), [["a,b", "c\"d", "e\r\nf"]]);
        assert_eq!(cells("\"\",\n\"\""), [vec!["", ""], vec![""]]);
    }

    #[test]
    fn a_quote_may_follow_spaces() {
        assert_eq!(cells("a, \"b, c\"\n  \"d\" , \"e\"\n"), [["a", "b, c"], ["d ", "e"]]);
        assert_eq!(cells("a, b\n \n"), [vec!["a", " b"], vec![" "]]);
        assert_eq!(parse("a\nb, \"c\nd"), Err(Malformed::UnclosedQuote { line: 2 }));
    }

    #[test]
    fn a_stray_quote_is_text() {
        assert_eq!(cells("5\" nail,b\nc,\"d\""), [["5\" nail", "b"], ["c", "d"]]);
        assert_eq!(cells("\"a\"b,c\n"), [["ab", "c"]]);
    }

    #[test]
    fn an_unclosed_quote_is_reported_where_it_opens() {
        let unclosed = |line| Err(Malformed::UnclosedQuote { line });
        assert_eq!(parse("a,b\n\"c,d\ne,f\n"), unclosed(2));
        assert_eq!(parse("\"a,b\nc,d"), unclosed(1));
        assert_eq!(parse("a,b\r\nc,\"d"), unclosed(2));
        assert_eq!(parse("a,\"b\n\nc,\"d\"\n"), unclosed(1), "the next quote is another cell's");
        assert_eq!(parse("a\r\"b\rc\"\r\"d"), unclosed(4));
        let endless = format!("a\n\"{}", "b\n".repeat(MAX_RECORD_BYTES / 2));
        assert_eq!(parse(&endless), unclosed(2));
        let endless = format!("a\n{}", "b".repeat(MAX_RECORD_BYTES + 1));
        assert_eq!(parse(&endless), Err(Malformed::TooLong { line: 2 }));
    }

    #[test]
    fn lines_are_counted_as_editors_do() {
        let records = parse("a\r\n\r\n\"b\r\nc\"\r\nd\n\ne").expect("well-formed");
        let lines: Vec<u64> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 3, 5, 7]);
        assert_eq!(records[1].long_cells, [LongCell { index: 0, line: 3 }]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n;é ]{0,6}", 1..4), 1..5),
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\r\n");
            prop_assert_eq!(cells(&text), rows);
        }
    }
}
