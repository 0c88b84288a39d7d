use axum::extract::FromRequestParts;
use http::Request;
use shared::import::{Columns, Format, MatchBy, OnMatch};

use super::*;
use crate::problem::tests::code;

async fn options(query: &str) -> Result<Options, Problem> {
    let request = Request::builder().uri(format!("/?{query}")).body(()).expect("a request");
    FileQuery::from_request_parts(&mut request.into_parts().0, &()).await?.options()
}

async fn checked(
    content: &[u8],
    is_text: bool,
    query: &str,
) -> Result<(String, String), (u16, String)> {
    let file = CsvFile { content: content.to_vec(), is_text, charset: None, format: None };
    let checked = match options(query).await {
        Ok(options) => check(file, options, Region::default()),
        Err(refused) => Err(refused),
    };
    match checked {
        Ok(Checked { content, reading, .. }) => {
            let encoding = reading.expect("not an archive").encoding;
            Ok((String::from_utf8_lossy(&content).into_owned(), encoding))
        }
        Err(refused) => Err(code(refused).await),
    }
}

#[tokio::test]
async fn a_bad_header_refuses_the_file() {
    let taken = checked("\u{feff}Phone;Name\n+14155550123;Zoë".as_bytes(), true, "").await;
    assert_eq!(taken.expect("taken").1, "utf-8");
    for (content, query, expected) in [
        (&b"name,city\na,b"[..], "", "invalid_csv_header"),
        (b"", "", "invalid_csv_header"),
        (b"phone\n", "attributes=city", "invalid_csv_header"),
        (b"\"phone,name\na,b\n", "", "invalid_csv_header"),
        (b"phone\n", "encoding=klingon", "unknown_encoding"),
        (b"phone,name\r\n1,\xc8\xe2\xe0\xed\r\n", "", "unclear_encoding"),
        (b"PK\x03\x04", "", "not_csv"),
        ("phone\n\u{FFFD}\u{FFFD}\n".as_bytes(), "", "not_utf8"),
    ] {
        let refused = checked(content, false, query).await.expect_err("refused");
        assert_eq!(refused, (422, expected.to_owned()));
    }
}

#[tokio::test]
async fn a_lost_character_is_its_rows_matter() {
    let text = "phone,name\n+14155550123,Zo\u{FFFD}\n";
    assert_eq!(checked(text.as_bytes(), true, "").await, Ok((text.to_owned(), "utf-8".to_owned())));
    let named = checked(text.as_bytes(), true, "encoding=latin1").await;
    assert_eq!(named, Err((422, "not_utf8".to_owned())), "all of its rows may be concerned");
}

#[tokio::test]
async fn the_encoding_is_detected_or_named() {
    let bytes = b"phone,name\n+14155550123,Zo\xeb\n";
    assert_eq!(checked(bytes, false, "").await.expect("taken").1, "windows-1252");
    // As text, where no gateway has decoded it.
    assert_eq!(checked(bytes, true, "").await.expect("taken").1, "windows-1252");
    let dos = b"phone,name\r\n+14155550123,Ren\x82\r\n";
    assert_eq!(checked(dos, false, "").await.expect("taken").1, "cp850");
    assert_eq!(checked(dos, false, "encoding=ibm437").await.expect("taken").1, "cp437");
    assert_eq!(checked(bytes, false, "encoding=macintosh").await.expect("taken").1, "macintosh");
    let utf_16 = "phone,name\n+14155550123,Ana\n".encode_utf16().flat_map(u16::to_le_bytes);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16).collect();
    assert_eq!(checked(&utf_16, false, "").await.expect("taken").1, "utf-16le");
    let garbled = String::from_utf8_lossy(&utf_16).into_owned();
    let restored = checked(garbled.as_bytes(), true, "").await;
    let expected = ("phone,name\n+14155550123,Ana\n".to_owned(), "utf-8".to_owned());
    assert_eq!(restored, Ok(expected));
}

#[tokio::test]
async fn the_query_describes_the_file() {
    let known = "phone=Mobile%20No&firstName=Name&attributes=a,b&encoding=latin1&match=phone\
                 &onMatch=skip&optOuts=only&dryRun=true&delimiter=%3B&format=csv";
    let expected = Options {
        columns: Columns {
            phone: Some("Mobile No".to_owned()),
            first_name: Some("Name".to_owned()),
            attributes: Some("a,b".to_owned()),
            ..Columns::default()
        },
        format: Some(Format::Csv),
        encoding: Some("windows-1252".to_owned()),
        delimiter: Some(';'),
        match_by: Some(MatchBy::Phone),
        on_match: OnMatch::Skip,
        opt_outs_only: true,
        dry_run: true,
    };
    assert_eq!(options(known).await.expect("known"), expected);
    for unknown in ["telephone=x", "match=name", "delimiter=ab", "optOuts=none"] {
        let refused = options(unknown).await.expect_err("refused");
        assert_eq!(code(refused).await, (422, "invalid_columns".to_owned()), "{unknown}");
    }
}

#[test]
fn an_archive_is_unpacked_later() {
    let file = CsvFile {
        content: b"\x1f\x8b\x08".to_vec(),
        is_text: false,
        charset: Some("windows-1252".to_owned()),
        format: None,
    };
    let checked = check(file, Options::default(), Region::default());
    let Ok(Checked { options, reading: None, .. }) = checked else { panic!("refused") };
    assert_eq!(options.encoding.as_deref(), Some("windows-1252"));
}

#[test]
fn an_upload_is_described_by_its_body() {
    let read = |body: &str| crate::json::parse::<UploadRequest>(body.as_bytes());
    let body =
        r#"{"upload": true, "columns": {"phone": "Mobile"}, "attributes": ["City", "a, b"]}"#;
    let options = read(body).and_then(UploadRequest::options).expect("valid");
    assert_eq!(options.columns.phone.as_deref(), Some("Mobile"));
    assert_eq!(options.columns.attributes.as_deref(), Some("\"City\",\"a, b\""));
    let none = read(r#"{"upload": true, "attributes": []}"#).and_then(UploadRequest::options);
    assert_eq!(none.expect("valid").columns.attributes.as_deref(), Some(""));
    for refused in [
        r#"{"upload": false}"#,
        r#"{"upload": true, "delimiter": ""}"#,
        r#"{"upload": true, "encoding": "klingon"}"#,
        r#"{"upload": true, "optOuts": "all"}"#,
        r#"{"upload": true, "columns": {"street": "x"}}"#,
    ] {
        assert!(read(refused).and_then(UploadRequest::options).is_err(), "{refused}");
    }
}
