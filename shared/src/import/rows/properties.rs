//! For any content of a file, reading it ends, takes bounded memory, and gives the same rows, in any
//! pieces and from any row on.

use proptest::collection::vec;
use proptest::prelude::*;

use super::tests::layout_of;
use super::*;
use crate::import::{Content, Reading};

/// The rows of a file that arrives in pieces of these sizes, each with where the next one begins.
/// Nothing is read behind an error.
fn rows(layout: &Layout, content: &[u8], from: Position, sizes: &[usize]) -> Vec<Read> {
    let mut rows = Rows::new(layout.clone(), from);
    let mut rest =
        content.get(usize::try_from(rows.offset()).expect("small")..).unwrap_or_default();
    let mut sizes = sizes.iter().copied().cycle();
    let mut read = Vec::new();
    loop {
        while rows.needs_bytes() {
            if rest.is_empty() {
                rows.end();
                continue;
            }
            let (piece, behind) = rest.split_at(sizes.next().unwrap_or(1).clamp(1, rest.len()));
            rows.feed(piece);
            rest = behind;
        }
        match (rows.peek(), rows.peek_first()) {
            (Some(Ok(reading)), Some(Ok(first))) => {
                rows.pass();
                read.push(Read::Row(Box::new((reading, first, rows.position()))));
            }
            (Some(Err(malformed)), _) => {
                read.push(Read::Malformed(malformed));
                return read;
            }
            (None | Some(Ok(_)), _) => return read,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Read {
    Row(Box<(Reading, FirstReading, Position)>),
    Malformed(Malformed),
}

/// Bytes that are likely to mean something, in any order.
fn csv() -> impl Strategy<Value = Vec<u8>> {
    let tokens = prop_oneof![
        4 => Just(&b"\n"[..]),
        1 => Just(&b"\r\n"[..]),
        1 => Just(&b"\r"[..]),
        3 => Just(&b","[..]),
        2 => Just(&b"\""[..]),
        1 => Just(&b"\"\""[..]),
        3 => Just(&b"+14153550101"[..]),
        1 => Just("Zoë".as_bytes()),
        1 => Just(&b"\xff\xc3"[..]),
        1 => Just(&b" "[..]),
        1 => Just(&b"ALL"[..]),
    ];
    vec(tokens, 0..60).prop_map(|tokens| tokens.concat())
}

fn jsonl() -> impl Strategy<Value = Vec<u8>> {
    let tokens = prop_oneof![
        4 => Just(&b"{\"phone\": \"+14153550101\", \"optOut\": \"ALL\"}\n"[..]),
        1 => Just(&b"{\"phone\": [1, {\"a\": null}], \"a\": {\"b\": {}}}\r\n"[..]),
        1 => Just(&b"{\"phone\":"[..]),
        1 => Just(&b"\n"[..]),
        1 => Just(&b"}"[..]),
        1 => Just(&b"[[[[\"\\ud800"[..]),
        1 => Just(&b"\xff\xc3\n"[..]),
        1 => Just(&b" "[..]),
    ];
    vec(tokens, 0..10).prop_map(|tokens| [&b"{}\n"[..], &tokens.concat()].concat())
}

fn check(content: &[u8], sizes: &[usize]) -> Result<(), TestCaseError> {
    let Some(layout) = layout_of(content) else {
        return Ok(());
    };
    let start = Position::default();
    let whole = rows(&layout, content, start, &[content.len().max(1)]);
    prop_assert!(whole.len() <= content.len() + 1);
    prop_assert_eq!(&rows(&layout, content, start, sizes), &whole, "in pieces");
    for (place, read) in whole.iter().enumerate() {
        let Read::Row(read) = read else { continue };
        let position = read.2;
        prop_assert_eq!(position.rows, place as u64 + 1);
        let rest = rows(&layout, content, position, sizes);
        prop_assert_eq!(&rest, &whole[place + 1..], "from {:?}", position);
        let skipping = Position { place: None, ..position };
        prop_assert_eq!(&rows(&layout, content, skipping, sizes), &rest, "by counting");
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_csv_file_has_the_same_rows_in_any_pieces(
        body in csv(),
        header in prop_oneof![
            Just("phone,name,opt out\n"),
            Just("\u{feff}phone;name\r\n"),
            Just("sep=,\r\n\"phone\",\"a\nb\"\r"),
            Just(""),
        ],
        sizes in vec(1_usize..40, 1..4),
    ) {
        check(&[header.as_bytes(), &body].concat(), &sizes)?;
    }

    #[test]
    fn json_lines_have_the_same_rows_in_any_pieces(
        body in jsonl(),
        sizes in vec(1_usize..40, 1..4),
    ) {
        check(&body, &sizes)?;
    }

    #[test]
    fn utf_16_has_the_same_rows_in_any_pieces(
        cells in vec("[a,\"\r\nਊ਍ë+1-9 ]{0,12}", 0..12),
        sizes in vec(1_usize..40, 1..4),
    ) {
        let text = format!("\u{feff}phone,name\n{}", cells.join("\n"));
        let content: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&content, &sizes)?;
    }

    #[test]
    fn any_bytes_are_read_to_an_end(
        content in vec(any::<u8>(), 0..400),
        sizes in vec(1_usize..40, 1..4),
    ) {
        check(&content, &sizes)?;
        check(&[&b"phone,name\n"[..], &content].concat(), &sizes)?;
    }
}

/// A row that is refused says which, so that people find it.
#[test]
fn rows_are_numbered_as_in_a_spreadsheet() {
    let content = b"sep=,\r\nphone,note\r\n+14153550101,\"two\nlines\"\r\n\r\n12,x\r\n";
    let layout = layout_of(content).expect("a header");
    let read = rows(&layout, content, Position::default(), &[7]);
    let [Read::Row(_), Read::Row(second)] = &read[..] else { panic!("{read:?}") };
    let Content::Refused(error) = &second.0.content else { panic!("{second:?}") };
    assert_eq!((error.row, error.line, error.sheet_row), (2, Some(6), Some(4)));
    assert_eq!((error.column.as_deref(), error.value.as_deref()), (Some("phone"), Some("12")));
}
