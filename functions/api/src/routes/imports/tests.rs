use http::Request;

use super::*;
use crate::problem::tests::code;

async fn options(query: &str) -> Result<ImportOptions, Problem> {
    let request = Request::builder().uri(format!("/?{query}")).body(()).expect("a request");
    let options = Described::from_request_parts(&mut request.into_parts().0, &()).await;
    options.map(|Described(options)| options)
}

async fn checked(
    content: &[u8],
    is_text: bool,
    query: &str,
) -> Result<(String, String), (u16, String)> {
    let options = options(query).await.expect("a query");
    let file = CsvFile { content: content.to_vec(), is_text, charset: None };
    match check(file, options, Region::default()) {
        Ok((content, _, reading)) => {
            Ok((String::from_utf8_lossy(&content).into_owned(), reading.encoding))
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
    let known = "phone=Mobile%20No&firstName=Name&attributes=a,b&encoding=latin1";
    let (columns, encoding) = options(known).await.expect("known").split();
    assert_eq!(columns.phone.as_deref(), Some("Mobile No"));
    assert_eq!(columns.first_name.as_deref(), Some("Name"));
    assert_eq!(columns.attributes.as_deref(), Some("a,b"));
    assert_eq!(encoding.as_deref(), Some("latin1"));
    let refused = options("telephone=x").await.expect_err("refused");
    assert_eq!(code(refused).await, (422, "invalid_columns".to_owned()));
}
