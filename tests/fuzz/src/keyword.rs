//! Keywords in what people text.

use shared::keyword::{Keyword, Keywords};

/// Case, punctuation around the text and white space don't matter.
pub(crate) fn check(input: &[u8]) {
    let Ok(body) = std::str::from_utf8(input) else { return };
    let own = Keywords::default();
    let keyword = Keyword::read(body, &own);
    assert_eq!(Keyword::read(&format!(" \u{200b}{body}.\n"), &own), keyword);
    if body.is_ascii() {
        assert_eq!(Keyword::read(&body.to_ascii_uppercase(), &own), keyword);
    }
}
