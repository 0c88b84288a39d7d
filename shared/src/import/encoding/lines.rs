//! Where the lines of a file end, before it is decoded.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::{Charset, Kind};

/// Reads one unit of UTF-16.
type Unit = fn([u8; 2]) -> u16;

impl Charset {
    /// The length of the byte order mark at the beginning of a file.
    pub(in super::super) fn mark_length(head: &[u8]) -> usize {
        Encoding::for_bom(head).map(|(_, length)| length).unwrap_or_default()
    }

    /// The length of the first line, its end included. `None` if no line end is found, or if the
    /// last byte may be half of one; `are_all` says that no more bytes come.
    pub(in super::super) fn line_length(self, bytes: &[u8], are_all: bool) -> Option<usize> {
        match self.0 {
            Kind::Standard(encoding) if encoding == UTF_16LE => {
                wide(bytes, are_all, u16::from_le_bytes)
            }
            Kind::Standard(encoding) if encoding == UTF_16BE => {
                wide(bytes, are_all, u16::from_be_bytes)
            }
            Kind::Standard(_) | Kind::Oem(_) => narrow(bytes, are_all),
        }
    }
}

/// In every other encoding, these bytes are never a part of another character.
fn narrow(bytes: &[u8], are_all: bool) -> Option<usize> {
    let end = memchr::memchr2(b'\n', b'\r', bytes)?;
    match (bytes[end], bytes.get(end + 1)) {
        (b'\r', Some(b'\n')) => Some(end + 2),
        (b'\r', None) if !are_all => None,
        _ => Some(end + 1),
    }
}

fn wide(bytes: &[u8], are_all: bool, unit: Unit) -> Option<usize> {
    let mut units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).peekable();
    let mut length = 0;
    while let Some(unit) = units.next() {
        length += 2;
        match (unit, units.peek()) {
            (0x0D, Some(0x0A)) => return Some(length + 2),
            (0x0D, None) if !are_all => return None,
            (0x0A | 0x0D, _) => return Some(length),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_as_the_parser_sees_it() {
        let length = |text: &str, are_all| Charset::UTF_8.line_length(text.as_bytes(), are_all);
        for (text, some, all) in [
            ("ab\nc", Some(3), Some(3)),
            ("ab\r\nc", Some(4), Some(4)),
            ("ab\rc", Some(3), Some(3)),
            ("ab\r", None, Some(3)),
            ("ab", None, None),
        ] {
            assert_eq!((length(text, false), length(text, true)), (some, all), "{text:?}");
        }
        let utf_16 = Charset::named("utf-16le").expect("known");
        let bytes: Vec<u8> = "aਊ\r\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf_16.line_length(&bytes, false), Some(8), "U+0A0A is no line end");
        assert_eq!(utf_16.line_length(&bytes[..6], false), None);
        assert_eq!(utf_16.line_length(&bytes[..6], true), Some(6));
    }
}
