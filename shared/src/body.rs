//! Bodies: the text of a campaign's messages, and the number of their parts.
//!
//! All code that needs a recipient's text, or the number of its parts, gets it here. Currently,
//! each recipient of a campaign gets the same text, and only this module knows that.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::parts::{Encoding, Parts};
use crate::recipient::Recipient;
use crate::text::{self, InvalidText};

/// The maximum length of a body, in characters.
pub const MAX_CHARACTERS: usize = 1_600;

/// The body of a campaign or a test message, with its parts, which are counted only once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Body {
    text: String,
    parts: Parts,
}

/// The body of a campaign without one. It is never sent.
pub static EMPTY: Body =
    Body { text: String::new(), parts: Parts { encoding: Encoding::Gsm7, count: 1 } };

impl Body {
    /// Parses a body that a person wrote.
    pub fn parse(written: &str) -> Result<Self, InvalidText> {
        text::body(written, MAX_CHARACTERS).map(Self::from)
    }

    /// The body as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text that the recipient gets.
    #[must_use]
    pub fn text_for(&self, _recipient: &Recipient) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }

    /// The parts of the text that the recipient gets.
    #[must_use]
    pub fn parts_for(&self, _recipient: &Recipient) -> Parts {
        self.parts
    }

    /// The number of parts of each recipient's text, in order.
    #[must_use]
    pub fn parts_of_each(&self, recipients: &[Recipient]) -> Vec<u32> {
        recipients.iter().map(|recipient| self.parts_for(recipient).count).collect()
    }

    /// The number of parts of all recipients' texts.
    #[must_use]
    pub fn parts_of_all(&self, recipients: &[Recipient]) -> u64 {
        recipients.iter().map(|recipient| u64::from(self.parts_for(recipient).count)).sum()
    }

    /// The number of parts for this number of recipients, if only their number is known.
    #[must_use]
    pub fn parts_of_any(&self, recipients: u64) -> u64 {
        recipients * u64::from(self.parts.count)
    }

    /// The parts of the body as written, which a quote shows.
    #[must_use]
    pub fn parts_as_written(&self) -> Parts {
        self.parts
    }
}

/// Restores a stored body, verbatim.
impl From<String> for Body {
    fn from(text: String) -> Self {
        let parts = Parts::of(&text);
        Self { text, parts }
    }
}

impl From<Body> for String {
    fn from(body: Body) -> Self {
        body.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Phone;

    #[test]
    fn a_body_has_a_limit_and_is_kept_as_written() {
        let body = Body::parse(" Hi ").expect("valid");
        assert_eq!(body.as_str(), " Hi ");
        assert!(Body::parse(&"a".repeat(MAX_CHARACTERS)).is_ok());
        let too_long = Body::parse(&"a".repeat(MAX_CHARACTERS + 1));
        assert_eq!(too_long, Err(InvalidText::TooLong(MAX_CHARACTERS)));
        assert_eq!(Body::parse(" "), Err(InvalidText::Blank));
        assert_eq!(Body::from(String::new()), EMPTY);
    }

    #[test]
    fn parts_add_up_over_recipients() {
        let body = Body::from("a".repeat(200));
        let recipient = Recipient::of_phone(Phone::from_e164("+14155550123").expect("valid"));
        let (parts, three) = (body.parts_for(&recipient), vec![recipient.clone(); 3]);
        assert_eq!(parts, Parts::of(&body.text_for(&recipient)));
        assert_eq!(body.parts_of_each(&three), [2, 2, 2]);
        assert_eq!((body.parts_of_all(&three), body.parts_of_any(3)), (6, 6));
    }

    #[test]
    fn a_body_is_stored_as_its_text() {
        let stored = serde_json::to_string(&Body::from("Hé".to_owned())).expect("JSON");
        assert_eq!(stored, r#""Hé""#);
        assert_eq!(serde_json::from_str::<Body>(&stored).expect("a body").as_str(), "Hé");
    }
}
