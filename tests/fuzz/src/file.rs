//! Files of contacts.

use shared::import::{
    Charset, Columns, Description, Format, Layout, Malformed, Position, Reading, Rows,
};
use shared::phone::Region;

pub(crate) fn csv(input: &[u8]) {
    check(input, Format::Csv);
}

pub(crate) fn jsonl(input: &[u8]) {
    check(input, Format::Jsonl);
}

/// A file gives the same rows as a whole, in pieces, and when its reading goes on after a row.
fn check(input: &[u8], format: Format) {
    let Some((choice, content)) = input.split_first() else { return };
    let region: Region = "US".parse().expect("a known region");
    let Ok(charset) = Charset::of(content, None, region) else { return };
    let description = Description {
        format,
        charset,
        delimiter: None,
        columns: Columns::default(),
        region,
        are_opt_outs_only: choice & 0x80 != 0,
    };
    let Ok(layout) = Layout::read(content, true, &description) else { return };
    let all = read(&layout, content, Position::default(), content.len().max(1));
    let piece = usize::from(choice & 0x7f) + 1;
    assert_eq!(read(&layout, content, Position::default(), piece), all);
    let middle = all.rows.len() / 2;
    if let Some((_, position)) = all.rows.get(middle) {
        let rest = read(&layout, content, *position, piece);
        assert_eq!(rest.rows, all.rows[middle + 1..]);
        assert_eq!(rest.malformed, all.malformed);
    }
}

#[derive(Debug, PartialEq)]
struct Read {
    /// Each with the position after it.
    rows: Vec<(Reading, Position)>,
    malformed: Option<Malformed>,
}

fn read(layout: &Layout, content: &[u8], from: Position, piece: usize) -> Read {
    let mut rows = Rows::new(layout.clone(), from);
    let start = usize::try_from(rows.offset()).expect("within the file");
    let mut pieces = content.get(start..).unwrap_or_default().chunks(piece);
    let mut read = Read { rows: Vec::new(), malformed: None };
    loop {
        while rows.needs_bytes() {
            match pieces.next() {
                Some(piece) => rows.feed(piece),
                None => rows.end(),
            }
        }
        match rows.peek() {
            Some(Ok(reading)) => {
                rows.pass();
                read.rows.push((reading, rows.position()));
            }
            Some(Err(malformed)) => {
                read.malformed = Some(malformed);
                return read;
            }
            None => return read,
        }
    }
}
