//! The rows of a file that arrives piece by piece, one after the other, from any row on.

use std::sync::Arc;

use super::cell::{clean, is_blank};
use super::header::Header;
use super::layout::{Layout, Shape};
use super::objects::Objects;
use super::opt_out::OptOut;
use super::parser::{Malformed, Record};
use super::pinpoint::Endpoint;
use super::place::{Place, Position};
use super::records::{Next, Records};
use super::row::Reading;
use super::swallowed::quote_line;
use crate::ids::ContactId;
use crate::phone::Region;

/// A file's rows after its header. A row can be read before moving past it, so that a row that
/// doesn't fit into a batch is the first of the next one.
#[derive(Debug)]
pub struct Rows {
    layout: Layout,
    records: Records,
    objects: Objects,
    next: Option<Result<Entry, Malformed>>,
    is_at_end: bool,
    passed: u64,
    /// Rows before this number are passed over.
    begin: u64,
    /// Where the next row begins, and where the one after it does.
    here: Place,
    behind: Place,
}

/// A row with the header that says what its cells are. A JSON object has its own.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) header: Arc<Header>,
    pub(super) record: Record,
    pub(super) sheet_row: u64,
    /// Why the row is refused, regardless of its cells.
    pub(super) refusal: Option<String>,
}

/// What the first pass learns from a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstReading {
    pub number: u64,
    pub opt_out: Option<OptOut>,
    /// Whether the row has the id of a contact.
    pub has_id: bool,
}

impl Rows {
    /// The rows from `position` on, of which no byte has arrived yet.
    #[must_use]
    pub fn new(layout: Layout, position: Position) -> Self {
        let Position { rows, place } = position;
        let (passed, here) = place.map_or((0, layout.first), |place| (rows, place));
        let delimiter = match &layout.shape {
            Shape::Csv { delimiter, .. } => Some(*delimiter),
            Shape::Lines { .. } => None,
        };
        Self {
            records: Records::new(layout.charset, delimiter, here),
            objects: Objects::default(),
            next: None,
            is_at_end: false,
            passed,
            begin: rows,
            here,
            behind: here,
            layout,
        }
    }

    /// The rows of a file that is at hand as a whole.
    #[must_use]
    pub fn of(layout: Layout, content: &[u8]) -> Self {
        let mut rows = Self::new(layout, Position::default());
        let first = usize::try_from(rows.here.offset).unwrap_or(usize::MAX);
        rows.feed(content.get(first..).unwrap_or_default());
        rows.end();
        rows.needs_bytes();
        rows
    }

    /// Where in the file the first byte is that must be fed.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.here.offset
    }

    /// Takes the bytes that follow those that have arrived.
    pub fn feed(&mut self, piece: &[u8]) {
        self.records.feed(piece);
    }

    /// Says that the file has no more bytes.
    pub fn end(&mut self) {
        self.records.end();
    }

    /// Reads the next row if it has arrived, and returns whether more bytes are needed for that.
    pub fn needs_bytes(&mut self) -> bool {
        while self.next.is_none() && !self.is_at_end {
            let record = match self.records.next() {
                Next::Starved => return true,
                Next::End => {
                    self.is_at_end = true;
                    return false;
                }
                Next::Ready(record) => record,
            };
            self.next = Some(record.and_then(|record| {
                self.behind = self.here.behind(&record, self.records.position());
                self.entry(record)
            }));
            if self.passed < self.begin && self.next.as_ref().is_some_and(Result::is_ok) {
                self.pass();
            }
        }
        false
    }

    fn entry(&mut self, record: Record) -> Result<Entry, Malformed> {
        let sheet_row = self.here.sheet_row(record.line);
        let Layout { columns, region, shape, .. } = &self.layout;
        match shape {
            Shape::Csv { delimiter, header } => {
                if let Some(line) = quote_line(&record, header, *delimiter, *region) {
                    return Err(Malformed::UnclosedQuote { line });
                }
                Ok(Entry { header: Arc::clone(header), record, sheet_row, refusal: None })
            }
            Shape::Lines { .. } => Ok(self.objects.entry(&record, sheet_row, columns, *region)),
        }
    }

    /// The next row. `None` at the end of the file, and where more bytes are needed.
    #[must_use]
    pub fn peek(&self) -> Option<Result<Reading, Malformed>> {
        let next = self.next.as_ref()?.as_ref().map_err(Malformed::clone);
        let region = self.layout.region;
        Some(next.map(|entry| {
            let number = self.passed + 1;
            if self.layout.are_opt_outs_only {
                entry.reading_of_opt_out(number, region, self.layout.is_list_of_opt_outs())
            } else {
                entry.reading(number, region)
            }
        }))
    }

    /// The next row's cells with their header. `None` also if it is malformed.
    pub(super) fn peek_entry(&self) -> Option<&Entry> {
        self.next.as_ref()?.as_ref().ok()
    }

    /// The number of the next row and the opt-out in it, which counts even if the rest of the row
    /// is invalid.
    #[must_use]
    pub fn peek_first(&self) -> Option<Result<FirstReading, Malformed>> {
        let next = self.next.as_ref()?.as_ref().map_err(Malformed::clone);
        Some(next.map(|entry| FirstReading {
            number: self.passed + 1,
            opt_out: entry.opt_out(self.layout.region, self.layout.is_list_of_opt_outs()),
            has_id: entry.has_id(),
        }))
    }

    /// Moves past the next row.
    pub fn pass(&mut self) {
        self.next = None;
        self.here = self.behind;
        self.passed += 1;
    }

    /// How far the rows are passed.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { rows: self.passed, place: Some(self.here) }
    }

    /// Whether characters of all phones were lost, so that no row of the file can be used.
    #[must_use]
    pub fn lost_all_phones(mut self) -> bool {
        let mut has_lost = false;
        while let Some(Ok(entry)) = &self.next {
            let phones = self.layout.phones().iter();
            let phones = phones.filter_map(|place| entry.record.cells.get(*place));
            for phone in phones.filter(|phone| !is_blank(phone)) {
                if !phone.contains(char::REPLACEMENT_CHARACTER) {
                    return false;
                }
                has_lost = true;
            }
            self.pass();
            self.needs_bytes();
        }
        has_lost
    }
}

impl Entry {
    /// The region whose national forms the row may use.
    pub(super) fn region(&self, default: Region) -> Region {
        let endpoint = self.header.endpoint.as_ref();
        endpoint.map_or(default, |endpoint| endpoint.region(&self.record.cells, default))
    }

    /// The opt-out in the row. In a list of people who opted out, each row is one.
    pub(super) fn opt_out(&self, region: Region, is_list_of_opt_outs: bool) -> Option<OptOut> {
        let Self { header, record, .. } = self;
        let is_phones = |endpoint: &Endpoint| endpoint.has_phone(&record.cells);
        if !header.endpoint.as_ref().is_none_or(is_phones) {
            return None;
        }
        let region = self.region(region);
        if is_list_of_opt_outs {
            return OptOut::of_any(header, &record.cells, region);
        }
        OptOut::read(header, &record.cells, region)
    }

    fn has_id(&self) -> bool {
        let cell = self.header.id.and_then(|place| self.record.cells.get(place));
        cell.is_some_and(|cell| clean(cell).parse::<ContactId>().is_ok())
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
