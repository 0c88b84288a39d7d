//! The rows of a file, one after the other, from any row on.

use std::iter::Peekable;

use csv::{ReaderBuilder, StringRecord, StringRecordsIntoIter};

use super::{Columns, Header, InvalidHeader, Row, RowError};
use crate::phone::Region;

/// A file's rows behind its header. A row is looked at before it is taken, so that one that does
/// not fit into a batch is the first of the next.
pub struct Rows<'c> {
    content: &'c [u8],
    header: Header,
    records: Peekable<StringRecordsIntoIter<&'c [u8]>>,
    taken: u64,
}

impl<'c> Rows<'c> {
    /// Reads the header of a file: comma or semicolon, whichever it has more of; a byte order mark
    /// is no part of the first name.
    pub fn open(content: &'c [u8], columns: &Columns) -> Result<Self, InvalidHeader> {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let mut reader = reader(content);
        let unreadable = |error: csv::Error| InvalidHeader::Unreadable(error.to_string());
        let names = reader.headers().map_err(unreadable)?;
        let header = Header::read(&names.iter().collect::<Vec<_>>(), columns)?;
        Ok(Self { content, header, records: reader.into_records().peekable(), taken: 0 })
    }

    /// Goes to where `taken` rows are behind. It costs nothing where this is so already.
    pub fn go_to(&mut self, taken: u64) {
        if self.taken > taken {
            self.records = reader(self.content).into_records().peekable();
            self.taken = 0;
        }
        while self.taken < taken {
            self.take();
        }
    }

    /// The next row with its number, which counts from 1; `None` at the end.
    pub fn look(&mut self, region: Region) -> Option<(u64, Result<Row, RowError>)> {
        let number = self.taken + 1;
        let row = match self.records.peek()? {
            Ok(record) => self.header.row(number, &values(record), region),
            Err(error) => Err(RowError { row: number, column: None, reason: error.to_string() }),
        };
        Some((number, row))
    }

    pub fn take(&mut self) {
        self.records.next();
        self.taken += 1;
    }
}

fn values(record: &StringRecord) -> Vec<&str> {
    record.iter().collect()
}

/// Rows with too few or too many values are refused one by one, with their reason.
fn reader(content: &[u8]) -> csv::Reader<&[u8]> {
    let header = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted| memchr::memchr_iter(wanted, header).count();
    let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
    ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(rows: &mut Rows<'_>, count: usize) -> Vec<String> {
        let mut phones = Vec::new();
        while phones.len() < count
            && let Some((_, row)) = rows.look(Region::default())
        {
            let phone = row.ok().and_then(|row| row.profile.phone);
            phones.push(phone.map(|phone| phone.to_string()).unwrap_or_default());
            rows.take();
        }
        phones
    }

    #[test]
    fn files_of_spreadsheets_are_read() {
        let content = "\u{feff}phone;note\n+14153550123;\"two\nlines; and more\"\n".as_bytes();
        let mut rows = Rows::open(content, &Columns::default()).expect("a header");
        let (number, row) = rows.look(Region::default()).expect("a row");
        assert_eq!(number, 1);
        let note = &row.expect("valid").profile.attributes["note"];
        assert_eq!(note, "two\nlines; and more");
        rows.take();
        assert!(rows.look(Region::default()).is_none());
    }

    #[test]
    fn reading_goes_on_from_any_row() {
        let content = b"phone\n+14153550101\n+14153550102\n+14153550103\n";
        let mut rows = Rows::open(content, &Columns::default()).expect("a header");
        let all = phones(&mut rows, 9);
        assert_eq!(all, ["+14153550101", "+14153550102", "+14153550103"]);
        for taken in [1, 0, 2, 3] {
            rows.go_to(taken);
            assert_eq!(phones(&mut rows, 9), all[usize::try_from(taken).expect("small")..]);
        }
    }
}
