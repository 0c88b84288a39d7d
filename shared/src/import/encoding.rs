//! The character encoding of a file.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use crate::phone::Region;

/// The number of bytes at the beginning of a file that show whether it is in UTF-16.
const UTF_16_SAMPLE: usize = 4_096;
/// UTF-16 writes each ASCII character with a zero byte: at least one byte in this many is zero.
const UTF_16_MIN_ZERO_SHARE: usize = 10;
/// The fewest zero bytes that are no accident: those of the header `phone`.
const UTF_16_MIN_ZEROS: usize = 5;

/// How the bytes of a file stand for characters, by the WHATWG's encoding standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a known encoding; use utf-8, utf-16le, utf-16be, windows-1252, macintosh or \
     another name from the WHATWG encoding standard"
)]
pub struct UnknownCharset(String);

impl Charset {
    pub const UTF_8: Self = Self(UTF_8);

    /// The encoding that has this name, as the WHATWG lists them: `latin1` is Windows-1252.
    pub fn named(name: &str) -> Result<Self, UnknownCharset> {
        let encoding = Encoding::for_label_no_replacement(name.trim().as_bytes());
        encoding.map(Self).ok_or_else(|| UnknownCharset(name.trim().to_owned()))
    }

    /// The encoding of a file. A byte order mark decides, then the name that the client gave, then
    /// the bytes. People in `region` wrote the file, which settles what the bytes leave open.
    #[must_use]
    pub fn of(content: &[u8], named: Option<Self>, region: Region) -> Self {
        let marked = Encoding::for_bom(content).map(|(encoding, _)| Self(encoding));
        marked.or(named).unwrap_or_else(|| Self::detect(content, region))
    }

    #[must_use]
    pub fn name(self) -> String {
        self.0.name().to_ascii_lowercase()
    }

    #[must_use]
    pub fn is_utf_8(self) -> bool {
        self.0 == UTF_8
    }

    pub(super) fn decoder(self) -> Decoder {
        self.0.new_decoder_with_bom_removal()
    }

    fn detect(content: &[u8], region: Region) -> Self {
        let sample = &content[..content.len().min(UTF_16_SAMPLE)];
        if let Some(utf_16) = utf_16(sample.iter().map(|byte| Some(*byte))) {
            return utf_16;
        }
        if is_mostly_utf_8(content) {
            return Self::UTF_8;
        }
        // Excel for Mac writes both Mac Roman and line ends of a lone carriage return.
        if content.contains(&b'\r') && !content.contains(&b'\n') {
            return Self(MACINTOSH);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(content, true);
        let country = String::from(region).to_ascii_lowercase();
        Self(detector.guess(Some(country.as_bytes()), Utf8Detection::Deny))
    }
}

/// Recognizes UTF-16 without a byte order mark by the zero bytes of its ASCII characters: all of
/// them are on one side. A byte that is lost is `None`.
pub(super) fn utf_16(sample: impl Iterator<Item = Option<u8>>) -> Option<Charset> {
    let (mut zeros, mut length) = ([0_usize; 2], 0);
    for byte in sample {
        zeros[length % 2] += usize::from(byte == Some(0));
        length += 1;
    }
    let is_zero_side = |side: usize| {
        zeros[side] >= UTF_16_MIN_ZEROS
            && zeros[side] * UTF_16_MIN_ZERO_SHARE >= length
            && zeros[1 - side] * 10 <= zeros[side]
    };
    match (is_zero_side(0), is_zero_side(1)) {
        (true, false) => Some(Charset(UTF_16BE)),
        (false, true) => Some(Charset(UTF_16LE)),
        (true, true) | (false, false) => None,
    }
}

/// Whether a file is in UTF-8, apart from some damage. Text in another encoding has next to no
/// bytes that happen to be a character of several bytes.
fn is_mostly_utf_8(content: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in content.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    invalid == 0 || valid > invalid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(content: &[u8]) -> String {
        Charset::of(content, None, Region::default()).name()
    }

    #[test]
    fn encodings_are_detected() {
        let utf_16 = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let little = |text| utf_16(text).into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let big = |text| utf_16(text).into_iter().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        let german = "Telefon;Vorname\r\n+4915123456789;Jürgen Müßig\r\n";
        let russian = "Телефон;Имя\r\n+79161234567;Иван\r\n";
        assert_eq!(detected(german.as_bytes()), "utf-8");
        assert_eq!(detected(&little(german)), "utf-16le");
        assert_eq!(detected(&big(german)), "utf-16be");
        assert_eq!(detected(&little(russian)), "utf-16le");
        assert_eq!(detected(&big(&format!("\u{feff}{russian}"))), "utf-16be");
        assert_eq!(detected(b"phone,name\n+14155550123,Zo\xeb\n"), "windows-1252");
        assert_eq!(detected(b"phone,name\n+14155550123,Fran\xe7ois\n"), "windows-1252");
        assert_eq!(detected(b"phone,name\r+14155550123,Zo\x91\r"), "macintosh");
        assert_eq!(detected(b""), "utf-8");
    }

    #[test]
    fn one_damaged_character_leaves_a_file_in_utf_8() {
        assert_eq!(detected(b"phone,name\n1,Zo\xc3\xab\n2,Ren\xc3\xa9\n3,Ren\xc3\n"), "utf-8");
        assert_eq!(detected(b"phone,name\n+1415\0,Ana\n"), "utf-8");
    }

    #[test]
    fn names_are_the_standards() {
        let name = |name| Charset::named(name).map(Charset::name);
        assert_eq!(name("Latin1"), Ok("windows-1252".to_owned()));
        assert_eq!(name(" cp1252 "), Ok("windows-1252".to_owned()));
        assert_eq!(name("UTF8"), Ok("utf-8".to_owned()));
        assert_eq!(name("klingon"), Err(UnknownCharset("klingon".to_owned())));
        assert_eq!(name("hz-gb-2312"), Err(UnknownCharset("hz-gb-2312".to_owned())));
        let named = Charset::named("windows-1252").ok();
        let marked = Charset::of(b"\xef\xbb\xbfphone", named, Region::default());
        assert_eq!(marked, Charset::UTF_8, "the mark decides");
    }
}
