//! The character encoding of a file.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::phone::Region;

mod lines;
mod oem;
mod western;

use oem::Oem;
use western::Fit;

/// The number of bytes at the start of a file that are checked for UTF-16.
const UTF_16_SAMPLE: usize = 4_096;
/// UTF-16 writes each ASCII character with a zero byte: at least one byte in this many is zero.
const UTF_16_MIN_ZERO_SHARE: usize = 10;
/// The minimum number of zero bytes that is not an accident: as many as in the header `phone`.
const UTF_16_MIN_ZEROS: usize = 5;

/// Countries whose languages have multi-byte encodings. Elsewhere, such a guess counts only if no
/// Western European encoding fits.
const EAST_ASIA: [&str; 8] = ["CN", "HK", "JP", "KP", "KR", "MO", "SG", "TW"];

/// The encoding of a file's characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One from the WHATWG's encoding standard.
    Standard(&'static Encoding),
    Oem(Oem),
}

/// The file's bytes fit no encoding well, so decoding them would garble names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the file's encoding cannot be recognized; name it, as in ?encoding=windows-1252, or save the \
     file as UTF-8"
)]
pub struct UnclearCharset;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a known encoding; use utf-8, utf-16le, utf-16be, windows-1252, macintosh, \
     cp437, cp850 or another name from the WHATWG encoding standard"
)]
pub struct UnknownCharset(String);

impl Charset {
    pub const UTF_8: Self = Self::standard(UTF_8);

    const fn standard(encoding: &'static Encoding) -> Self {
        Self(Kind::Standard(encoding))
    }

    /// The encoding with this name, as listed by the WHATWG: `latin1` is Windows-1252.
    pub fn named(name: &str) -> Result<Self, UnknownCharset> {
        let standard = Encoding::for_label_no_replacement(name.trim().as_bytes());
        let oem = || Oem::named(name).map(|oem| Self(Kind::Oem(oem)));
        let charset = standard.map(Self::standard).or_else(oem);
        charset.ok_or_else(|| UnknownCharset(name.trim().to_owned()))
    }

    /// The encoding of a file. A byte order mark takes precedence over the name that the client
    /// gave, and the name over detection. `region` is where the file was written, which helps if
    /// the bytes are ambiguous.
    pub fn of(content: &[u8], named: Option<Self>, region: Region) -> Result<Self, UnclearCharset> {
        let marked = Encoding::for_bom(content).map(|(encoding, _)| Self::standard(encoding));
        marked.or(named).map_or_else(|| Self::detect(content, region), Ok)
    }

    #[must_use]
    pub fn name(self) -> String {
        match self.0 {
            Kind::Standard(encoding) => encoding.name().to_ascii_lowercase(),
            Kind::Oem(oem) => oem.name().to_owned(),
        }
    }

    #[must_use]
    pub fn is_utf_8(self) -> bool {
        self == Self::UTF_8
    }

    pub(super) fn decoder(self) -> Decoder {
        Decoder(match self.0 {
            Kind::Standard(encoding) => {
                DecoderKind::Standard(encoding.new_decoder_without_bom_handling())
            }
            Kind::Oem(oem) => DecoderKind::Oem(oem),
        })
    }

    fn detect(content: &[u8], region: Region) -> Result<Self, UnclearCharset> {
        let sample = &content[..content.len().min(UTF_16_SAMPLE)];
        if let Some(utf_16) = utf_16(sample.iter().map(|byte| Some(*byte))) {
            return Ok(utf_16);
        }
        if is_mostly_utf_8(content) {
            return Ok(Self::UTF_8);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(content, true);
        let country = String::from(region);
        let tld = country.to_ascii_lowercase();
        let guess = detector.guess(Some(tld.as_bytes()), Utf8Detection::Deny);
        let is_foreign = !guess.is_single_byte() && !EAST_ASIA.contains(&&*country);
        if guess != WINDOWS_1252 && !is_foreign {
            return Ok(Self::standard(guess));
        }
        match western(content) {
            Ok(western) => Ok(western),
            Err(_) if is_foreign => Ok(Self::standard(guess)),
            Err(unclear) => Err(unclear),
        }
    }
}

/// The Western European encoding in which the file has the fewest symbols inside a word. Excel for
/// Mac ends lines with a carriage return or a newline, and MS-DOS with both.
fn western(content: &[u8]) -> Result<Charset, UnclearCharset> {
    let windows = Charset::standard(WINDOWS_1252);
    let mac = Charset::standard(MACINTOSH);
    let dos = Charset(Kind::Oem(Oem::Cp850));
    let fit = |charset: Charset| Fit::of(&charset.decoder().decode(content, true));
    let fits = fit(windows);
    let is_of_dos = content.windows(2).any(|pair| pair == b"\r\n");
    let others = if is_of_dos { [dos, mac] } else { [mac, dos] };
    let best = others.map(|charset| (fit(charset), charset));
    let [first, second] = best;
    let best = if second.0.plausible > first.0.plausible { second } else { first };
    if fits.is_doubtful() && best.0.is_good() {
        return Ok(best.1);
    }
    if fits.is_bad() { Err(UnclearCharset) } else { Ok(windows) }
}

/// Decodes a file piece by piece.
pub(super) struct Decoder(DecoderKind);

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder")
    }
}

enum DecoderKind {
    Standard(encoding_rs::Decoder),
    Oem(Oem),
}

impl Decoder {
    pub(super) fn decode(&mut self, piece: &[u8], is_last: bool) -> String {
        let decoder = match &mut self.0 {
            DecoderKind::Standard(decoder) => decoder,
            DecoderKind::Oem(oem) => return oem.decode(piece),
        };
        let mut text = String::new();
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or_default());
        // The buffer has the size that the decoder requests, so that one call decodes the whole
        // piece.
        let _ = decoder.decode_to_string(piece, &mut text, is_last);
        text
    }
}

/// Detects UTF-16 without a byte order mark by the zero bytes of its ASCII characters, which are
/// all on the same side. A byte that was lost is `None`.
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
        (true, false) => Some(Charset::standard(UTF_16BE)),
        (false, true) => Some(Charset::standard(UTF_16LE)),
        (true, true) | (false, false) => None,
    }
}

/// Whether a file is in UTF-8, apart from some damage. Text in another encoding has almost no bytes
/// that happen to form a multi-byte character.
fn is_mostly_utf_8(content: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in content.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    invalid == 0 || (valid > 0 && valid >= invalid)
}

#[cfg(test)]
mod tests;
