//! Message parts: how many texts the network splits a body into.
//!
//! Source: 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension table) and TS 23.040
//! (concatenation, whose header takes 7 septets or 6 bytes of each part).

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The GSM 7-bit default alphabet, without the escape to the extension table.
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Characters of the extension table, which take two septets because of an escape.
const GSM_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The alphabet that a body is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
pub enum Encoding {
    #[serde(rename = "GSM-7")]
    Gsm7,
    #[serde(rename = "UCS-2")]
    Ucs2,
}

/// A body's encoding and the number of parts that it is sent and billed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    pub encoding: Encoding,
    pub count: u32,
}

/// The first character that is not in the GSM-7 alphabet, and its position in characters, from 0.
#[must_use]
pub fn first_beyond_gsm(body: &str) -> Option<(usize, char)> {
    body.chars().enumerate().find(|(_, c)| septets(*c).is_none())
}

impl Parts {
    #[must_use]
    pub fn of(body: &str) -> Self {
        if body.chars().all(|c| septets(c).is_some()) {
            let units = || body.chars().filter_map(septets);
            Self { encoding: Encoding::Gsm7, count: count(units, 160, 153) }
        } else {
            let units = || body.chars().map(|c| if c.len_utf16() == 2 { 2 } else { 1 });
            Self { encoding: Encoding::Ucs2, count: count(units, 70, 67) }
        }
    }
}

fn septets(character: char) -> Option<u32> {
    // Most characters, without a search: a campaign with merge fields counts each recipient's.
    let is_common = matches!(character, ' '..='Z' | 'a'..='z');
    if is_common || GSM_BASIC.contains(character) {
        Some(1)
    } else if GSM_EXTENDED.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// Cuts characters of the given lengths into parts; a character never straddles two parts.
fn count<I: Iterator<Item = u32>>(units: impl Fn() -> I, single: u32, several: u32) -> u32 {
    if units().sum::<u32>() <= single {
        return 1;
    }
    let mut parts = 1;
    let mut used = 0;
    for length in units() {
        if used + length > several {
            parts += 1;
            used = 0;
        }
        used += length;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(body: &str, encoding: Encoding, count: u32) {
        assert_eq!(Parts::of(body), Parts { encoding, count }, "{body}");
    }

    #[test]
    fn gsm_bodies() {
        check("", Encoding::Gsm7, 1);
        check(&"a".repeat(160), Encoding::Gsm7, 1);
        check(&"a".repeat(161), Encoding::Gsm7, 2);
        check(&"a".repeat(306), Encoding::Gsm7, 2);
        check(&"a".repeat(307), Encoding::Gsm7, 3);
    }

    #[test]
    fn extended_characters_cost_two_septets_and_do_not_straddle() {
        check(&"]".repeat(80), Encoding::Gsm7, 1);
        check(&"]".repeat(81), Encoding::Gsm7, 2);
        check(&"]".repeat(153), Encoding::Gsm7, 3);
        check(&format!("{0}€{0}", "a".repeat(152)), Encoding::Gsm7, 3);
    }

    #[test]
    fn other_bodies_are_ucs2() {
        check(&"ж".repeat(70), Encoding::Ucs2, 1);
        check(&"ж".repeat(71), Encoding::Ucs2, 2);
        check(&"😀".repeat(35), Encoding::Ucs2, 1);
        check(&"😀".repeat(36), Encoding::Ucs2, 2);
        check(&"😀".repeat(67), Encoding::Ucs2, 3);
        check("Zoë", Encoding::Ucs2, 1);
    }

    #[test]
    fn what_is_common_is_in_the_alphabet() {
        let common = (' '..='Z').chain('a'..='z');
        assert_eq!(common.filter(|c| !GSM_BASIC.contains(*c)).collect::<String>(), "");
        assert_eq!("`".chars().find_map(septets), None);
    }

    proptest! {
        #[test]
        fn longer_bodies_never_have_fewer_parts(body in "\\PC{0,400}", more in "\\PC{0,40}") {
            let longer = format!("{body}{more}");
            prop_assert!(Parts::of(&body).count <= Parts::of(&longer).count);
        }
    }
}
