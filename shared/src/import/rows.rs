//! Reads the rows of a file, starting at any row.

use super::cell::{clean, is_blank};
use super::columns::Columns;
use super::encoding::Charset;
use super::header::{Header, InvalidHeader};
use super::opt_out::OptOut;
use super::parser::{Malformed, Record};
use super::records::{Records, Separation, separations};
use super::row::Reading;
use super::swallowed::quote_line;
use crate::ids::ContactId;
use crate::phone::Region;

/// A file's rows after its header. A row can be read before moving past it, so that a row that
/// doesn't fit into a batch is the first of the next one.
pub struct Rows<'c> {
    content: &'c [u8],
    charset: Charset,
    separation: Separation,
    region: Region,
    header: Header,
    /// The number of records up to and including the header. Blank ones may precede it.
    header_records: usize,
    records: Records<'c>,
    next: Option<Result<Record, Malformed>>,
    passed: u64,
}

impl<'c> Rows<'c> {
    /// Reads the header of a file. Picks a delimiter that yields a phone column. A column called
    /// `id` without Volley's ids is another system's.
    pub fn open(
        content: &'c [u8],
        charset: Charset,
        columns: &Columns,
        region: Region,
    ) -> Result<Self, InvalidHeader> {
        let open = |separation| Self::separated(content, charset, separation, columns, region);
        let mut opened: Vec<_> = separations(content, charset).into_iter().map(open).collect();
        let is_certain =
            |rows: &Result<Self, _>| rows.as_ref().is_ok_and(|rows| rows.header.is_certain);
        let best = opened
            .iter()
            .position(is_certain)
            .or_else(|| opened.iter().position(Result::is_ok))
            .unwrap_or_default();
        let mut rows = opened.swap_remove(best)?;
        if columns.id.is_some() || rows.header.id.is_none() || rows.has_ids() {
            rows.go_to(0);
            return Ok(rows);
        }
        let columns = Columns { id: Some(String::new()), ..columns.clone() };
        Self::separated(content, charset, rows.separation, &columns, region)
    }

    /// Whether a row has a contact's id. Moves past the rows before it.
    fn has_ids(&mut self) -> bool {
        while let Some(Ok(record)) = &self.next {
            let cell = self.header.id.and_then(|place| record.cells.get(place));
            if cell.is_some_and(|cell| clean(cell).parse::<ContactId>().is_ok()) {
                return true;
            }
            self.pass();
        }
        false
    }

    fn separated(
        content: &'c [u8],
        charset: Charset,
        separation: Separation,
        columns: &Columns,
        region: Region,
    ) -> Result<Self, InvalidHeader> {
        let mut records = Records::new(content, charset, separation);
        let mut header_records = 1;
        let header = loop {
            let record = records.next().ok_or(InvalidHeader::Empty)??;
            if !record.cells.iter().all(|cell| is_blank(cell)) {
                break Header::read(&record.cells, columns, region)?;
            }
            header_records += 1;
        };
        let next = records.next();
        Ok(Self {
            content,
            charset,
            separation,
            region,
            header,
            header_records,
            records,
            next,
            passed: 0,
        })
    }

    /// Moves to where `passed` rows have been passed. Does nothing if that is already the case.
    pub fn go_to(&mut self, passed: u64) {
        if self.passed > passed {
            self.records = Records::new(self.content, self.charset, self.separation);
            self.next = self.records.nth(self.header_records);
            self.passed = 0;
        }
        while self.passed < passed && self.next.is_some() {
            self.pass();
        }
    }

    /// The next row; `None` at the end of the file.
    #[must_use]
    pub fn peek(&self) -> Option<Result<Reading, Malformed>> {
        let reading = |record| self.header.reading(self.passed + 1, record, self.region);
        Some(self.record()?.map(reading))
    }

    /// The number of the next row and the opt-out in it, which counts even if the rest of the row
    /// is invalid.
    #[must_use]
    pub fn peek_opt_out(&self) -> Option<Result<(u64, Option<OptOut>), Malformed>> {
        let opt_out = |record: &Record| OptOut::read(&self.header, &record.cells, self.region);
        Some(self.record()?.map(|record| (self.passed + 1, opt_out(record))))
    }

    /// Whether characters of all phones were lost, so that no row of the file can be used.
    #[must_use]
    pub fn lost_all_phones(mut self) -> bool {
        let mut has_lost = false;
        while let Some(Ok(record)) = &self.next {
            let phones = self.header.phones.iter().filter_map(|place| record.cells.get(*place));
            for phone in phones.filter(|phone| !is_blank(phone)) {
                if !phone.contains(char::REPLACEMENT_CHARACTER) {
                    return false;
                }
                has_lost = true;
            }
            self.pass();
        }
        has_lost
    }

    fn record(&self) -> Option<Result<&Record, Malformed>> {
        let record = self.next.as_ref()?.as_ref().map_err(Malformed::clone);
        let (header, delimiter) = (&self.header, self.separation.delimiter);
        Some(record.and_then(|record| match quote_line(record, header, delimiter, self.region) {
            None => Ok(record),
            Some(line) => Err(Malformed::UnclosedQuote { line }),
        }))
    }

    /// Moves past the next row.
    pub fn pass(&mut self) {
        self.next = self.records.next();
        self.passed += 1;
    }
}

#[cfg(test)]
mod tests;
