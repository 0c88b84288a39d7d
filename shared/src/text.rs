//! Texts that people write: what is trimmed, how long they may be, what they may hold.

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("must not be blank")]
    Blank,
    #[error("must be at most {0} characters")]
    TooLong(usize),
    #[error("must not hold control characters")]
    Control,
}

/// A name: trimmed, not blank, at most `longest` characters, without control characters except
/// newlines.
pub fn name(text: &str, longest: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Blank);
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(InvalidText::Control);
    }
    within(text, longest)
}

/// The body of a message: sent as it was written, so nothing is trimmed.
pub fn body(text: &str, longest: usize) -> Result<String, InvalidText> {
    if text.trim().is_empty() {
        return Err(InvalidText::Blank);
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(InvalidText::Control);
    }
    within(text, longest)
}

fn within(text: &str, longest: usize) -> Result<String, InvalidText> {
    if text.chars().count() > longest {
        return Err(InvalidText::TooLong(longest));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  Zoë \n", 10), Ok("Zoë".to_owned()));
        assert_eq!(name("   ", 10), Err(InvalidText::Blank));
        assert_eq!(name("a\u{7}b", 10), Err(InvalidText::Control));
        assert_eq!(name("äöüäö", 4), Err(InvalidText::TooLong(4)));
    }

    #[test]
    fn bodies_keep_their_spaces() {
        assert_eq!(body(" Hi\n", 10), Ok(" Hi\n".to_owned()));
        assert_eq!(body(" \n", 10), Err(InvalidText::Blank));
    }
}
