use proptest::prelude::*;

use super::*;

/// Invisible characters of each kind in Unicode.
const INVISIBLE: [char; 34] = [
    '\u{AD}',
    '\u{34F}',
    '\u{61C}',
    '\u{115F}',
    '\u{1160}',
    '\u{17B4}',
    '\u{17B5}',
    '\u{180B}',
    '\u{180E}',
    '\u{200B}',
    '\u{200C}',
    '\u{200D}',
    '\u{200E}',
    '\u{200F}',
    '\u{2060}',
    '\u{2061}',
    '\u{2064}',
    '\u{206A}',
    '\u{206F}',
    '\u{2800}',
    '\u{3164}',
    '\u{FE00}',
    '\u{FE0F}',
    '\u{FEFF}',
    '\u{FFA0}',
    '\u{FFF9}',
    '\u{FFFB}',
    '\u{FFFC}',
    '\u{13441}',
    '\u{16FE4}',
    '\u{1BCA0}',
    '\u{1D159}',
    '\u{E0001}',
    '\u{E0100}',
];

#[test]
fn names_are_trimmed_and_bounded() {
    assert_eq!(name("  Zoë \n", 10), Ok("Zoë".to_owned()));
    assert_eq!(name("   ", 10), Err(InvalidText::Blank));
    assert_eq!(name("\u{2028}\u{3000}", 10), Err(InvalidText::Blank));
    assert_eq!(name("äöüäö", 4), Err(InvalidText::TooLong(4)));
}

#[test]
fn names_read_in_one_direction_and_on_the_lines_that_they_show() {
    for (written, reason) in [
        ("a\u{7}b", InvalidText::Control),
        ("a\u{85}b", InvalidText::Control),
        ("a\u{0}b", InvalidText::Control),
        ("a\rb", InvalidText::Control),
        ("a\u{2028}b", InvalidText::LineSeparator),
        ("a\u{2029}b", InvalidText::LineSeparator),
        ("Zo\u{FFFD}", InvalidText::Replacement),
    ] {
        assert_eq!(name(written, 10), Err(reason), "{written:?}");
    }
    for c in ('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
        assert_eq!(name(&format!("a{c}b"), 10), Err(InvalidText::DirectionOverride), "{c:?}");
        assert!(body(&format!("a{c}b"), 10).is_ok(), "{c:?}");
    }
    for fine in
        ["a\nb", "שלום\u{200F}!", "علی\u{200C}رضا", "👩\u{200D}🚒", "❤\u{FE0F}", "नि", "ᄒ", "ㅎ"]
    {
        assert_eq!(name(fine, 10), Ok(fine.to_owned()));
    }
}

#[test]
fn bodies_keep_their_spaces() {
    assert_eq!(body(" Hi\n", 10), Ok(" Hi\n".to_owned()));
    assert_eq!(body(" \n", 10), Err(InvalidText::Blank));
    assert_eq!(body("H\u{FFFD}", 10), Err(InvalidText::Replacement));
}

#[test]
fn every_invisible_character_alone_is_refused() {
    for c in INVISIBLE {
        assert_eq!(name(&c.to_string(), 10), Err(InvalidText::Invisible), "{c:?}");
        assert_eq!(body(&c.to_string(), 10), Err(InvalidText::Invisible), "{c:?}");
    }
}

proptest! {
    /// This holds for any number of them in any order, with white space in between.
    #[test]
    fn nothing_but_invisible_characters_is_refused(
        text in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(INVISIBLE.to_vec()),
                proptest::sample::select(vec![' ', '\n', '\u{A0}', '\u{1680}', '\u{3000}', '\u{2029}']),
            ],
            0..20,
        )
    ) {
        let text: String = text.into_iter().collect();
        prop_assert!(name(&text, 100).is_err());
        prop_assert!(body(&text, 100).is_err());
        // A single visible character makes it a body again.
        let shown = format!("{text}x");
        prop_assert!(body(&shown, 100).is_ok());
    }

    #[test]
    fn a_name_that_is_taken_is_taken_as_it_is(text in any::<String>()) {
        if let Ok(taken) = name(&text, 100) {
            prop_assert_eq!(name(&taken, 100), Ok(taken.clone()));
            prop_assert!(!taken.chars().any(is_direction_override));
            prop_assert!(!taken.chars().any(is_line_separator));
        }
    }
}
