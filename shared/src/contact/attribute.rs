//! Attributes: what an organization records about a contact under names of its choice.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The value of an attribute.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "must be a string or a list of strings")]
pub enum Attribute {
    Text(String),
    List(Vec<String>),
}

impl Attribute {
    /// The texts that a filter compares.
    #[must_use]
    pub fn elements(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }

    /// The value as a message shows it: the texts of a list with commas.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(texts) => Cow::Owned(texts.join(", ")),
        }
    }

    /// The number of bytes that the value is stored in, except for DynamoDB's own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements().iter().map(String::len).sum()
    }

    /// Whether the value is an empty list or an empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// As JSON shows it.
impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::List(texts) => texts.fmt(f),
        }
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_text_or_a_list() {
        for (json, shown, elements) in
            [(r#""Oak""#, "Oak", 1), (r#"["a","b"]"#, "a, b", 2), ("[]", "", 0)]
        {
            let attribute: Attribute = serde_json::from_str(json).expect("a value");
            assert_eq!(attribute.shown(), shown);
            assert_eq!(attribute.elements().len(), elements);
            assert_eq!(serde_json::to_string(&attribute).expect("JSON"), json);
        }
        let refused = serde_json::from_str::<Attribute>("7").expect_err("a number");
        assert!(refused.to_string().contains("must be a string or a list of strings"));
    }
}
