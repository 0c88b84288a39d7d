//! Texts that people write: trimming, length limits, and allowed characters.

mod visible;

pub mod email;

pub(crate) use visible::is_ignorable;
use visible::{is_direction_override, is_line_separator, is_visible};

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("must not be blank")]
    Blank,
    #[error("must contain at least one visible character")]
    Invisible,
    #[error("must be at most {0} characters")]
    TooLong(usize),
    #[error("must not contain control characters")]
    Control,
    #[error("must not contain line separators (U+2028, U+2029)")]
    LineSeparator,
    #[error(
        "must not contain characters that override the writing direction (U+202A to U+202E, U+2066 to U+2069)"
    )]
    DirectionOverride,
    #[error("contains U+FFFD, which replaces lost characters; send the text in UTF-8")]
    Replacement,
}

/// A name: trimmed, visible, at most `longest` characters, without direction overrides. Newlines
/// are the only allowed control characters and line breaks.
pub fn name(text: &str, longest: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    check_visible(text)?;
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(InvalidText::Control);
    }
    if text.chars().any(is_line_separator) {
        return Err(InvalidText::LineSeparator);
    }
    if text.chars().any(is_direction_override) {
        return Err(InvalidText::DirectionOverride);
    }
    within(text, longest)
}

/// A message's body, which is sent as written, so nothing is trimmed. It may change the writing
/// direction, as mixed Hebrew and English text does.
pub fn body(text: &str, longest: usize) -> Result<String, InvalidText> {
    check_visible(text)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(InvalidText::Control);
    }
    within(text, longest)
}

fn check_visible(text: &str) -> Result<(), InvalidText> {
    if text.trim().is_empty() {
        return Err(InvalidText::Blank);
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(InvalidText::Replacement);
    }
    if text.chars().any(is_visible) { Ok(()) } else { Err(InvalidText::Invisible) }
}

fn within(text: &str, longest: usize) -> Result<String, InvalidText> {
    if text.chars().count() > longest {
        return Err(InvalidText::TooLong(longest));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
