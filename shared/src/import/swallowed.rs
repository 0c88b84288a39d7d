//! Detects rows that a stray quote has swallowed.
//!
//! The next stray quote closes the first one, so the cell between them is well-formed. It is
//! recognized because its lines look like rows of the file.

use super::cell::{clean, is_blank, is_rounded};
use super::header::Header;
use super::parser::{LongCell, Record};
use super::row::phone_of;
use crate::phone::Region;

/// Fewer digits than this in a phone column may be part of an address.
const MIN_PHONE_DIGITS: usize = 7;
/// With fewer columns than this, a line of prose may have as many cells as a row by chance.
const MIN_WIDTH_WITHOUT_PHONE: usize = 3;

/// The line of an opening quote that has swallowed rows.
pub(super) fn quote_line(
    record: &Record,
    header: &Header,
    delimiter: char,
    region: Region,
) -> Option<u64> {
    let has_swallowed = |long: &&LongCell| {
        let lines = lines(record, long.index, delimiter);
        let lines: Vec<Line> = lines.map(|cells| Line::read(&cells, header, region)).collect();
        are_rows(&lines, header.names.len(), record.cells.len())
    };
    record.long_cells.iter().find(has_swallowed).map(|long| long.line)
}

/// A line as it would be without the quote, and how many of its cells are inside the quote.
struct Cells<'r> {
    cells: Vec<&'r str>,
    inside: std::ops::Range<usize>,
}

/// The lines of a cell. The first includes the cells before it, and the last those after it.
fn lines(record: &Record, index: usize, delimiter: char) -> impl Iterator<Item = Cells<'_>> {
    let before = record.cells[..index].iter().map(String::as_str);
    let behind = record.cells[index + 1..].iter().map(String::as_str);
    let texts = record.cells[index].split('\n');
    let texts: Vec<&str> = texts.flat_map(|text| text.trim_end_matches('\r').split('\r')).collect();
    let last = texts.len() - 1;
    texts.into_iter().enumerate().map(move |(place, text)| {
        let mut cells: Vec<&str> = Vec::new();
        if place == 0 {
            cells.extend(before.clone());
        }
        let start = cells.len();
        cells.extend(text.split(delimiter));
        let inside = start..cells.len();
        if place == last {
            cells.extend(behind.clone());
        }
        Cells { cells, inside }
    })
}

/// The signs that a line is a row.
#[expect(clippy::struct_excessive_bools, reason = "observations that do not exclude each other")]
struct Line {
    has_all_columns: bool,
    has_delimiter: bool,
    has_phone: bool,
    /// A phone inside the quote, with a delimiter that is also inside the quote.
    has_phone_inside: bool,
    is_without_phone: bool,
}

impl Line {
    fn read(line: &Cells<'_>, header: &Header, region: Region) -> Self {
        let Cells { cells, inside } = line;
        let phones = || header.phones.iter().filter(|place| **place < cells.len());
        let is_phone = |place: &&usize| is_phone(cells[**place], region);
        let is_without_phone = phones().all(|place| is_blank(cells[*place]));
        Self {
            has_all_columns: cells.len() == header.names.len(),
            has_delimiter: cells.len() > 1,
            has_phone: phones().any(|place| is_phone(&place)),
            has_phone_inside: inside.len() > 1
                && phones().filter(|place| inside.contains(*place)).any(|place| is_phone(&place)),
            is_without_phone: is_without_phone && !cells.iter().all(|cell| is_blank(cell)),
        }
    }
}

fn are_rows(lines: &[Line], width: usize, cells: usize) -> bool {
    let [_, rest @ ..] = lines else {
        return false;
    };
    if width < 2 {
        return false;
    }
    let between = rest.split_last().map_or(rest, |(_, between)| between);
    let is_row_without_phone = |line: &Line| {
        width >= MIN_WIDTH_WITHOUT_PHONE && line.has_all_columns && line.is_without_phone
    };
    let with_phone = lines.iter().filter(|line| line.has_all_columns && line.has_phone).count();
    rest.iter().any(|line| line.has_all_columns && line.has_phone_inside)
        || with_phone > 1
        || lines.iter().all(|line| line.has_delimiter && line.has_phone)
            // In a row of the right width, a phone behind the quote may belong to another column.
            && (cells != width || rest.iter().all(|line| line.has_phone_inside))
        || between.iter().any(is_row_without_phone)
}

/// Whether a cell contains a phone, even one that would be refused.
fn is_phone(cell: &str, region: Region) -> bool {
    let cell = clean(cell.trim_matches('"'));
    let may_be = |c: char| c.is_ascii_digit() || " +-./()".contains(c);
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    (digits >= MIN_PHONE_DIGITS && cell.chars().all(may_be))
        || is_rounded(cell)
        || phone_of(cell, region).is_ok()
}
