use super::*;
use crate::import::row::Content;
use crate::phone::Phone;

fn open(content: &str) -> Rows<'_> {
    let content = content.as_bytes();
    let charset = Charset::of(content, None, Region::default());
    Rows::open(content, charset, &Columns::default(), Region::default()).expect("a header")
}

fn phones(rows: &mut Rows<'_>) -> Vec<String> {
    let mut phones = Vec::new();
    while let Some(reading) = rows.peek() {
        if let Content::Row(row) = reading.expect("well-formed").content {
            phones.extend(row.profile.phone.map(|phone| phone.to_string()));
        }
        rows.pass();
    }
    phones
}

#[test]
fn reading_goes_on_from_any_row() {
    for start in ["phone\n", "sep=;\nphone;name\n", ",,\n\nphone,\n"] {
        let content = format!("{start}+14153550101\n+14153550102\n+14153550103\n");
        let mut rows = open(&content);
        let all = phones(&mut rows);
        assert_eq!(all, ["+14153550101", "+14153550102", "+14153550103"]);
        for passed in [1, 0, 2, 3, 9] {
            rows.go_to(passed);
            let rest = all.get(usize::try_from(passed).expect("small")..).unwrap_or_default();
            assert_eq!(phones(&mut rows), rest);
        }
    }
}

#[test]
fn files_longer_than_a_piece_are_read() {
    let count = 20_000;
    let rows: Vec<String> =
        (0..count).map(|row| format!("+1415355{:04},Zoë", row % 10_000)).collect();
    let text = format!("phone,first name\n{}\n", rows.join("\n"));
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for content in [text.as_bytes(), &utf_16] {
        let charset = Charset::of(content, None, Region::default());
        let columns = Columns::default();
        let mut rows = Rows::open(content, charset, &columns, Region::default()).expect("open");
        let mut read = 0;
        while let Some(reading) = rows.peek() {
            let reading = reading.expect("well-formed");
            assert_eq!((reading.number, reading.line), (read + 1, read + 2));
            let Content::Row(row) = reading.content else {
                panic!("no row");
            };
            assert_eq!(row.profile.first_name.as_deref(), Some("Zoë"));
            read += 1;
            rows.pass();
        }
        assert_eq!(read, count);
    }
}

#[test]
fn the_delimiter_is_one_with_a_phone() {
    let mut rows = open("phone|a, b, c, d|name\n+14153550101|x|Ana\n");
    assert_eq!(phones(&mut rows), ["+14153550101"]);
}

#[test]
fn swallowed_rows_are_reported_and_long_cells_are_not() {
    let swallowed = |content| {
        let mut rows = open(content);
        loop {
            match rows.peek() {
                Some(Ok(_)) => rows.pass(),
                Some(Err(Malformed::UnclosedQuote { line })) => return Some(line),
                Some(Err(Malformed::TooLong { .. })) | None => return None,
            }
        }
    };
    let quote = "phone,size\n+14153550101,\"6 ft\n+14153550102,6\"\n";
    assert_eq!(swallowed(quote), Some(2));
    let quote = "size,phone\n\"6 ft,+14153550101\n5,+14153550102\n6\",+14153550103\n";
    assert_eq!(swallowed(quote), Some(2));
    let note = "phone,name,note\n+14153550101,Ana,\"call\n+14153550102, or +14153550103\nlater\"\n";
    assert_eq!(swallowed(note), None, "a note with phones");
    let address = "phone,address\n+14153550101,\"1 Main Street,\nOakland, CA\"\n";
    assert_eq!(swallowed(address), None);
}

#[test]
fn a_file_without_a_readable_phone_is_lost() {
    let is_lost = |content| open(content).lost_all_phones();
    assert!(is_lost("phone,name\n\u{FFFD}1,Ana\n\n,Bob\n"));
    for other in [
        "phone,name\n\u{FFFD},Ana\n+14153550101,Bob\n",
        "phone,name\n+14153550101,Zo\u{FFFD}\n",
        "phone,name\n,Zo\u{FFFD}\n",
        "phone\n",
    ] {
        assert!(!is_lost(other), "{other:?}");
    }
}

/// Phone and opt-out are read first: whatever else keeps a row from becoming a contact, the opt-out is
/// kept.
#[test]
fn an_opt_out_is_kept_whatever_is_wrong_with_its_row() {
    let id = "0190b8f1-3f5e-7c1a-9d2b-5a4c3b2a1f0e";
    for (row, expected) in [
        ("+14153550101,ALL,a@example.com,", vec!["+14153550101"]),
        ("+14153550101,ALL,n/a,", vec!["+14153550101"]),
        ("+14153550101,ALL,a@example.com,not-an-id", vec!["+14153550101"]),
        ("+14153550101,ALL", vec!["+14153550101"]),
        ("+14153550101,ALL,a,b,c,d,e", vec!["+14153550101"]),
        ("+14153550101,all,\u{fffd}\u{1},", vec!["+14153550101"]),
        ("+14153550101/+14153550102,ALL,,", vec!["+14153550101", "+14153550102"]),
        ("\"4153550101, 4153550102\",yes,,", vec!["+14153550101", "+14153550102"]),
        ("+1 415 355 0101 (cell),ALL,,", vec!["+14153550101"]),
        ("+1 415 355 0101 x12,ALL,,", vec!["+14153550101"]),
        ("+5215535423223,ALL,,", vec!["+525535423223"]),
    ] {
        let content = format!("phone,OptOut,email,id\n{row}\n");
        let (_, opt_out) = open(&content).peek_opt_out().expect("a row").expect("well-formed");
        let opt_out = opt_out.unwrap_or_else(|| panic!("{row} has lost its opt-out"));
        let phones: Vec<&str> = opt_out.phones.iter().map(Phone::as_str).collect();
        assert_eq!((phones, opt_out.contact), (expected, None), "{row}");
    }
    for (row, phones) in [("", 0), ("none", 0), ("+1 415 355 0101 (cell)", 1)] {
        let content = format!("phone,OptOut,id\n{row},ALL,{id}\n");
        let (_, opt_out) = open(&content).peek_opt_out().expect("a row").expect("well-formed");
        let opt_out = opt_out.expect("the contact's");
        assert_eq!(opt_out.phones.len(), phones, "{row}");
        assert_eq!(opt_out.contact.map(|id| id.to_string()).as_deref(), Some(id), "{row}");
    }
    for row in ["+14153550101,NONE,,", "+14153550101,,,", "+14153550101,perhaps,,", "n/a,ALL,,"] {
        let content = format!("phone,OptOut,email,id\n{row}\n");
        let (_, opt_out) = open(&content).peek_opt_out().expect("a row").expect("well-formed");
        assert_eq!(opt_out, None, "{row}");
    }
}
