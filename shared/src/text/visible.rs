//! Which characters are visible on a screen.
//!
//! The properties are Unicode's (UAX #44), so the list grows with its tables and needs no upkeep.

use icu_properties::CodePointSetData;
use icu_properties::props::{
    BidiControl, DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint, WhiteSpace,
};

/// Characters that are blank by their glyph alone, which no property records: the braille pattern
/// without dots, the null notehead, the Khitan filler, the Egyptian blanks, and the object
/// replacement character.
const BLANK_GLYPHS: [char; 6] =
    ['\u{2800}', '\u{1D159}', '\u{16FE4}', '\u{13441}', '\u{13442}', '\u{FFFC}'];

/// Whether a character is visible by itself.
pub(super) fn is_visible(c: char) -> bool {
    let is_blank = CodePointSetData::new::<WhiteSpace>().contains(c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
        || is_of_blank_category(c)
        || BLANK_GLYPHS.contains(&c);
    !is_blank
}

/// Whether a character is invisible and meaningless, so that a number is the same without it.
/// Control characters other than white space are not ignorable, because they show damage.
pub(crate) fn is_ignorable(c: char) -> bool {
    !is_visible(c) && (!c.is_control() || c.is_whitespace())
}

fn is_of_blank_category(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, SpaceSeparator, Surrogate,
    };
    matches!(
        category(c),
        Control | Format | LineSeparator | ParagraphSeparator | SpaceSeparator | Surrogate
    )
}

pub(super) fn category(c: char) -> GeneralCategory {
    icu_properties::CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Embeddings, overrides and isolates, which can make a name look like another one. The marks
/// U+200E, U+200F and U+061C only reorder neutral characters, so they are allowed: names in Hebrew
/// and Arabic have them.
pub(super) fn is_direction_override(c: char) -> bool {
    let is_mark = matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}');
    !c.is_ascii() && CodePointSetData::new::<BidiControl>().contains(c) && !is_mark
}

/// Line breaks that are not control characters.
pub(super) fn is_line_separator(c: char) -> bool {
    matches!(category(c), GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator)
}
