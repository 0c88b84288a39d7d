//! Uploads: detects files that are not CSV, and restores text whose bytes were changed on the way.

use super::encoding;

/// How much of the start of a file is used to recognize its kind, in bytes.
const SAMPLE: usize = 4_096;

/// Kinds of files that people upload instead of CSV, by their first bytes.
const KINDS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xff\xfe\0\0", "in UTF-32"),
    (b"\0\0\xfe\xff", "in UTF-32"),
];

/// Whether a file is a gzip archive.
#[must_use]
pub fn is_gzip(content: &[u8]) -> bool {
    content.starts_with(b"\x1f\x8b")
}

/// The kind of a file, if it is certainly not CSV.
#[must_use]
pub fn other_kind(content: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(magic, _)| content.starts_with(magic)).map(|(_, kind)| *kind)
}

/// The lines that the beginning of a file has whole, or all of it where it has no line end.
#[must_use]
pub fn whole_lines(head: &[u8]) -> &[u8] {
    let end = memchr::memrchr2(b'\n', b'\r', head);
    end.map_or(head, |end| &head[..=end])
}

/// Restores a UTF-16 file that was decoded as UTF-8 on the way, as Amazon API Gateway does with all
/// `text/*`: each byte that is not UTF-8 has become a U+FFFD. ASCII characters are restored, and
/// all others become U+FFFD. Returns `None` if the text was not UTF-16.
#[must_use]
pub fn restore_utf_16(text: &str) -> Option<String> {
    // Either byte order mark has become two U+FFFD.
    let text = text.strip_prefix("\u{FFFD}\u{FFFD}").unwrap_or(text);
    let charset = encoding::utf_16(bytes(text).take(SAMPLE))?;
    let is_big_endian = charset.name() == "utf-16be";
    let mut restored = String::with_capacity(text.len() / 2);
    let mut bytes = bytes(text);
    let units = std::iter::from_fn(|| Some((bytes.next()?, bytes.next().flatten())));
    let units = units.map(|(first, second)| match (first, second) {
        (Some(high), Some(low)) if is_big_endian => u16::from_be_bytes([high, low]),
        (Some(low), Some(high)) => u16::from_le_bytes([low, high]),
        (Some(_) | None, None) | (None, Some(_)) => 0xFFFD,
    });
    restored.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
    Some(restored)
}

/// A text's bytes before it was decoded. `None` for each byte that was lost.
fn bytes(text: &str) -> impl Iterator<Item = Option<u8>> {
    text.chars().flat_map(|c| {
        let mut buffer = [0; 4];
        let known = if c == '\u{FFFD}' { 0 } else { c.encode_utf8(&mut buffer).len() };
        let lost = (c == '\u{FFFD}').then_some(None);
        buffer.into_iter().take(known).map(Some).chain(lost)
    })
}

/// The length of a text in a Lambda event, where it is a JSON string. Characters beyond ASCII are
/// counted with their longest escape.
#[must_use]
pub fn escaped_length(text: &[u8]) -> usize {
    let length = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        c if c.is_ascii() && !c.is_control() => 1,
        c => c.len_utf16() * r"\u0000".len(),
    };
    text.utf8_chunks()
        .map(|chunk| {
            let invalid = chunk.invalid().len() * r"\u0000".len();
            chunk.valid().chars().map(length).sum::<usize>() + invalid
        })
        .sum()
}

/// The length of binary data in Base64, as in events.
#[must_use]
pub fn base64_length(length: usize) -> usize {
    length.div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_survives_a_gateway_that_takes_it_for_utf_8() {
        let text = "Phone,First name\r\n+14155550123,Ana\r\n+14155550124,Zoë\r\n";
        let units: Vec<u16> = format!("\u{feff}{text}").encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let expected = text.replace('ë', "\u{FFFD}");
        for bytes in [&little[..], &big, &little[2..], &big[2..]] {
            let lossy = String::from_utf8_lossy(bytes);
            assert_eq!(restore_utf_16(&lossy).as_deref(), Some(&*expected));
        }
        for other in ["", "phone\n+14155550123\n", "phone,name\n1,Zo\u{FFFD}\n", "a\0b\n"] {
            assert_eq!(restore_utf_16(other), None, "{other:?}");
        }
    }

    #[test]
    fn other_files_are_recognized() {
        assert_eq!(other_kind(b"PK\x03\x04rest"), Some("a workbook or a zip archive"));
        assert_eq!(other_kind(b"\xff\xfep\0h\0"), None);
        assert_eq!(other_kind(b"phone\n"), None);
    }

    #[test]
    fn lengths_are_those_of_the_event() {
        assert_eq!(escaped_length(b"\"a\"\r\n"), 2 + 1 + 2 + 2 + 2);
        assert_eq!(escaped_length("ë😀\0".as_bytes()), 6 + 12 + 6);
        assert_eq!(escaped_length(b"a\xff"), 7);
        assert_eq!([0, 1, 3, 4].map(base64_length), [0, 4, 4, 8]);
    }
}
