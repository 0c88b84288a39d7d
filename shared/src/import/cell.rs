//! Cleans the text of a cell.

/// A cell without what spreadsheets and exports add around its text: spaces, invisible characters,
/// and the formula `="…"`, which exports use to keep a phone from becoming a number.
pub(super) fn clean(cell: &str) -> &str {
    let cell = trim(cell);
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    formula.map_or(cell, trim)
}

/// A cell without spaces and invisible characters around its text.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Whether a character is a zero-width mark: a byte order mark, a zero-width space or joiner, or a
/// direction mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

/// Whether a cell is empty or contains only invisible characters.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// The first character that shows damage: one that was lost in decoding, or a control character.
pub(super) fn unreadable(text: &str) -> Option<char> {
    text.chars().find(|c| {
        *c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    })
}

/// Whether a spreadsheet has turned a phone into a rounded number, such as `4.91512E+12`.
pub(super) fn is_rounded(cell: &str) -> bool {
    let Some((number, exponent)) = cell.split_once(['E', 'e']) else {
        return false;
    };
    let exponent = exponent.trim_start_matches('+');
    let is_number = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    is_number(number.trim_start_matches('+')) && is_number(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surrounds_a_text_is_removed() {
        for cell in ["Zoë", " Zoë\t", "\u{feff}Zoë\u{200b}", "\u{a0}Zoë", "=\"Zoë\"", " =\" Zoë\" "]
        {
            assert_eq!(clean(cell), "Zoë", "{cell:?}");
        }
        assert_eq!(clean("=SUM(A1)"), "=SUM(A1)");
    }

    #[test]
    fn damage_is_recognized() {
        assert_eq!(unreadable("Zoë\tline\r\n"), None);
        assert_eq!(unreadable("Zo\u{FFFD}"), Some('\u{FFFD}'));
        assert_eq!(unreadable("Zo\0"), Some('\0'));
        assert_eq!(unreadable("Zo\u{81}"), Some('\u{81}'));
        assert!(is_blank(" \u{feff}\u{1a}\0") && !is_blank("-"));
    }

    #[test]
    fn rounded_phones_are_recognized() {
        for rounded in ["4.91512E+12", "1,60455e+10", "+4.9E12"] {
            assert!(is_rounded(rounded), "{rounded}");
        }
        for other in ["+14155550123", "E", "4E", "Eve", "1 E 2"] {
            assert!(!is_rounded(other), "{other}");
        }
    }
}
