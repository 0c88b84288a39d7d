//! What is frozen of a recipient of a template when the audience is cut.

use sha2::{Digest, Sha256};

use crate::parts::Parts;
use crate::sender::Provider;
use crate::template::{Fields, Template, Unrenderable};

/// The first 8 bytes of the SHA-256 hash of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextHash(pub [u8; 8]);

impl TextHash {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest = Sha256::digest(text);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self(first)
    }
}

/// A recipient's values of the fields that the body names, and what they were rendered to. Only a
/// text with this hash is sent, so that a later version of the template engine can't change it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merge {
    pub fields: Fields,
    pub parts: u32,
    pub hash: TextHash,
    /// The text once it has been rendered. It is not stored with the chunk.
    pub text: Option<String>,
}

impl Merge {
    /// Freezes a recipient's fields, if the provider accepts their text.
    pub fn freeze(
        template: &Template,
        fields: Fields,
        provider: &Provider,
    ) -> Result<Self, Unrenderable> {
        let text = template.render(&fields)?;
        provider.check_body(&text).map_err(|too_long| Unrenderable::TooLong(too_long.max()))?;
        Ok(Self { fields, parts: Parts::of(&text).count, hash: TextHash::of(&text), text: None })
    }

    /// The text, if it is the one that was frozen.
    #[must_use]
    pub(super) fn rendered(&self, template: &Template) -> Option<String> {
        let text = template.render(&self.fields).ok()?;
        (TextHash::of(&text) == self.hash).then_some(text)
    }
}
