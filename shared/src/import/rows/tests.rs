use super::*;
use crate::import::row::Content;
use crate::import::{Options, ReadFile};
use crate::phone::{Phone, Region};

pub(super) fn layout_of(content: &[u8]) -> Option<Layout> {
    let options = Options::default();
    ReadFile::of(content, true, &options, Region::default()).ok().map(|(_, layout)| layout)
}

fn layout(content: &[u8]) -> Layout {
    layout_of(content).expect("a header")
}

fn open(content: &str) -> Rows {
    Rows::of(layout(content.as_bytes()), content.as_bytes())
}

/// Moves past the next row, and reads the one after it.
fn pass(rows: &mut Rows) {
    rows.pass();
    assert!(!rows.needs_bytes());
}

fn phones(rows: &mut Rows) -> Vec<String> {
    let mut phones = Vec::new();
    while let Some(reading) = rows.peek() {
        if let Content::Row(row) = reading.expect("well-formed").content {
            phones.extend(row.profile.phone.map(|phone| phone.to_string()));
        }
        pass(rows);
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
            let position = Position { rows: passed, place: None };
            let mut rows = Rows::new(layout(content.as_bytes()), position);
            rows.feed(&content.as_bytes()[usize::try_from(rows.offset()).expect("small")..]);
            rows.end();
            assert!(!rows.needs_bytes());
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
        let mut rows = Rows::of(layout(content), content);
        let mut read = 0;
        while let Some(reading) = rows.peek() {
            let reading = reading.expect("well-formed");
            assert_eq!((reading.number, reading.line), (read + 1, read + 2));
            let Content::Row(row) = reading.content else {
                panic!("no row");
            };
            assert_eq!(row.profile.first_name.as_deref(), Some("Zoë"));
            read += 1;
            pass(&mut rows);
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
    let swallowed = |content: &str| {
        let mut rows = open(content);
        loop {
            match rows.peek() {
                Some(Ok(_)) => pass(&mut rows),
                Some(Err(Malformed::UnclosedQuote { line })) => return Some(line),
                Some(Err(Malformed::TooLong { .. })) | None => return None,
            }
        }
    };
    let (a, b, c) = ("+14153550101", "+14153550102", "+14153550103");
    for rows in [
        format!("phone,size\n{a},\"6 ft\n{b},6\"\n"),
        format!("size,phone\n\"6 ft,{a}\n5,{b}\n6\",{c}\n"),
        format!("name,phone\n\"Ana,{a}\nBo\",{b}\n"),
        format!("name,phone\n\"Ana,{a}\nBo\",\"{b}\"\n"),
        format!("phone,name\n{a},\"Ana\n{b}\",Bo\n"),
        format!("phone,name,x,y\n{a},\"Ana\n{b},Bo\n{c},Cy\"\n"),
        format!("phone,name\n{a},\"Ana\n{b},Bo,x\n{c},Cy,x\"\n"),
        format!("phone,name\n{a},\"Ana\n123 456 7890,Bo\nx,Cy\"\n"),
        format!("phone,name\n{a},\"Ana\n4.1E+10,Bo\n4.1E+10,Cy\"\n"),
        format!("phone,name,note\n{a},Ana,\"hi\n,Bo,x\n,Cy,\"\n"),
        format!("phone,name\r\n{a},\"Ana\r\n{b},Bo\r\n\",x\r\n"),
    ] {
        assert_eq!(swallowed(&rows), Some(2), "{rows}");
    }
    for cell in [
        format!("phone,name,note\n{a},Ana,\"call\n{b}, or {c}\nlater\"\n"),
        format!("phone,address\n{a},\"1 Main Street,\nOakland, CA\"\n"),
        format!("phone,address\n{a},\"1 Main Street\n94110, CA\"\n"),
        format!("name,phone\n\"Smith,\nAna\",{a}\n"),
        format!("phone,name\n\"{a}\n{b}\",Ana\n"),
        format!("name,phone,x\nAna,\"{a}\n{b}\",x\n"),
        format!("phone\n\"{a}\n{b}\"\n"),
        format!("phone,note,x\n{a},\"one,\n\n,two\",x\n"),
        format!("id,phone,city,other\n1,{a},\"Oak\nland\",{b}\n"),
    ] {
        assert_eq!(swallowed(&cell), None, "{cell}");
    }
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

/// Phone and opt-out are read first, so that the opt-out is kept if anything else is wrong with a
/// row.
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
        let first = open(&content).peek_first().expect("a row").expect("well-formed");
        let opt_out = first.opt_out;
        let opt_out = opt_out.unwrap_or_else(|| panic!("{row} has lost its opt-out"));
        let phones: Vec<&str> = opt_out.phones.iter().map(Phone::as_str).collect();
        assert_eq!((phones, opt_out.contact), (expected, None), "{row}");
    }
    for (row, phones) in [("", 0), ("none", 0), ("+1 415 355 0101 (cell)", 1)] {
        let content = format!("phone,OptOut,id\n{row},ALL,{id}\n");
        let first = open(&content).peek_first().expect("a row").expect("well-formed");
        let opt_out = first.opt_out;
        let opt_out = opt_out.expect("the contact's");
        assert_eq!(opt_out.phones.len(), phones, "{row}");
        assert_eq!(opt_out.contact.map(|id| id.to_string()).as_deref(), Some(id), "{row}");
    }
    for row in ["+14153550101,NONE,,", "+14153550101,,,", "+14153550101,perhaps,,", "n/a,ALL,,"] {
        let content = format!("phone,OptOut,email,id\n{row}\n");
        let first = open(&content).peek_first().expect("a row").expect("well-formed");
        let opt_out = first.opt_out;
        assert_eq!(opt_out, None, "{row}");
    }
}

#[test]
fn who_did_not_consent_has_opted_out() {
    for (column, cell, is_out) in [
        ("Accepts SMS Marketing", "no", true),
        ("Accepts SMS Marketing", "yes", false),
        ("Subscribed", "FALSE", true),
        ("SMS Consent", "", false),
        ("Consent", "2024-05-01", false),
        ("Email consent", "no", false),
    ] {
        let content = format!("phone,{column}\n+14153550101,{cell}\n");
        let row = open(&content).peek_first().expect("a row").expect("well-formed");
        assert_eq!(row.opt_out.is_some(), is_out, "{column}: {cell}");
    }
}

#[test]
fn ids_of_another_system_are_an_attribute() {
    let content = |id: &str| format!("Id,phone\n{id},+14153550101\n,+14153550102\n");
    let has_id = |content: &str| {
        let mut rows = open(content);
        let mut has_id = false;
        while let Some(first) = rows.peek_first() {
            has_id |= first.expect("read").has_id;
            pass(&mut rows);
        }
        has_id
    };
    let foreign = content("0035g00000XyZ");
    assert!(layout(foreign.as_bytes()).has_unclear_ids() && !has_id(&foreign));
    let without = layout(foreign.as_bytes()).without_ids().expect("a header");
    let rows = Rows::of(without, foreign.as_bytes());
    let Content::Row(row) = rows.peek().expect("a row").expect("read").content else {
        panic!("no row");
    };
    assert_eq!((row.id, row.profile.attributes.get("Id")), (None, Some(&"0035g00000XyZ".into())));
    let ours = "01890000-0000-7000-8000-000000000001";
    assert!(has_id(&content(ours)));
    let mixed = format!("Id,phone\n77,+14153550101\n{ours},+14153550102\n");
    assert!(has_id(&mixed));
    let refused = open(&mixed).peek().expect("a row").expect("read").content;
    assert!(matches!(refused, Content::Refused(_)), "one of them is an id of ours");
}

/// In a file that only opts people out, an object that doesn't mention opt-outs is refused rather than
/// taken for one. A CSV file without such a column is a list of people who opted out.
#[test]
fn an_object_has_to_say_that_its_person_opted_out() {
    let options = Options { opt_outs_only: true, ..Options::default() };
    let read = |content: &str| {
        let file = ReadFile::of(content.as_bytes(), true, &options, Region::default());
        let mut rows = Rows::of(file.expect("a file").1, content.as_bytes());
        let mut read = Vec::new();
        while let Some(reading) = rows.peek() {
            let first = rows.peek_first().expect("a row").expect("well-formed");
            let refusal = match reading.expect("well-formed").content {
                Content::Refused(error) => Some(error.reason),
                Content::Skipped(_) => None,
                Content::Row(_) => panic!("a contact"),
            };
            read.push((first.opt_out.is_some(), refusal));
            pass(&mut rows);
        }
        read
    };
    let silent = "does not say whether the person opted out; add a field such as \"optOut\": true";
    let lines = concat!(
        r#"{"phone": "+14153550101", "optOut": true}"#,
        "\n",
        r#"{"phone": "+14153550102"}"#,
        "\n",
        r#"{"phone": "+14153550103", "optOut": null, "firstName": "Ana"}"#,
        "\n",
        r#"{"phone": "+14153550104", "optOut": false}"#,
        "\n",
        r#"{"phone": "+14153550105", "unsubscribedAt": "2026-01-02"}"#,
        "\n",
    );
    let [yes, no, refused] = [(true, None), (false, None), (false, Some(silent.to_owned()))];
    assert_eq!(read(lines), [yes.clone(), refused.clone(), refused, no.clone(), yes.clone()]);
    let endpoint = r#"{"ChannelType": "SMS", "Address": "+14153550101"}"#;
    assert_eq!(read(endpoint), std::slice::from_ref(&no), "Pinpoint leaves out what was not set");
    assert_eq!(read("phone\n+14153550101\n+14153550102\n"), [yes.clone(), yes.clone()]);
    assert_eq!(read("phone,opt out\n+14153550101,\n+14153550102,yes\n"), [no, yes]);
}
