//! The encodings of MS-DOS, in which Excel still saves "CSV (MS-DOS)". The WHATWG doesn't list
//! them.

/// A single-byte encoding whose first 128 characters are ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oem {
    /// For the United States.
    Cp437,
    /// For Western Europe. Its accented letters include all of code page 437.
    Cp850,
}

// The characters from 0x80 on. Source: Unicode's mapping tables CP437.TXT and CP850.TXT.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Oem {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "cp437" | "ibm437" | "437" => Some(Self::Cp437),
            "cp850" | "ibm850" | "850" => Some(Self::Cp850),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cp437 => "cp437",
            Self::Cp850 => "cp850",
        }
    }

    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let table: Vec<char> = match self {
            Self::Cp437 => CP437.chars().collect(),
            Self::Cp850 => CP850.chars().collect(),
        };
        let character = |byte: &u8| match byte.checked_sub(0x80) {
            None => char::from(*byte),
            Some(place) => table.get(usize::from(place)).copied().unwrap_or('\u{FFFD}'),
        };
        bytes.iter().map(character).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_character() {
        let bytes: Vec<u8> = (0..=255).collect();
        for (oem, last) in [(Oem::Cp437, "ⁿ²■\u{a0}"), (Oem::Cp850, "³²■\u{a0}")] {
            let text = oem.decode(&bytes);
            assert_eq!(text.chars().count(), 256);
            assert!(text.ends_with(last) && !text.contains('\u{FFFD}'), "{text}");
        }
        assert_eq!(Oem::Cp850.decode(b"M\x81ller, Jo\xc6o, \xe1"), "Müller, João, ß");
        assert_eq!(Oem::Cp437.decode(b"N\xa3\xa4ez, \xe1"), "Núñez, ß");
    }
}
