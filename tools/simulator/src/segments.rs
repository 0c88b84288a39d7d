//! The number of segments of a body, counted the way the network does.
//!
//! It shares no code with what it helps to test.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

pub(crate) fn count(body: &str) -> usize {
    match septets(body) {
        Some(septets) => cut(&septets, 160, 153),
        None => cut(&body.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

/// The septets of each character; `None` if the body is not in the GSM-7 alphabet.
pub(crate) fn septets(body: &str) -> Option<Vec<usize>> {
    body.chars()
        .map(|c| match (BASIC.contains(c), EXTENDED.contains(c)) {
            (true, _) => Some(1),
            (_, true) => Some(2),
            _ => None,
        })
        .collect()
}

fn cut(lengths: &[usize], single: usize, several: usize) -> usize {
    if lengths.iter().sum::<usize>() <= single {
        return 1;
    }
    let (mut segments, mut room) = (0, 0);
    for &length in lengths {
        if length > room {
            segments += 1;
            room = several;
        }
        room -= length;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments() {
        for (body, expected) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(306), 2),
            ("]".repeat(81), 2),
            ("]".repeat(153), 3),
            (format!("{0}€{0}", "a".repeat(152)), 3),
            ("ж".repeat(70), 1),
            ("ж".repeat(71), 2),
            ("😀".repeat(67), 3),
        ] {
            assert_eq!(count(&body), expected, "{body}");
        }
    }
}
