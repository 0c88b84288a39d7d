use serde::Serialize;
use shared::ids::ContactId;
use shared::parts::{Encoding, Parts, first_beyond_gsm};
use shared::template::{Detail, Unrenderable};
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;
use super::quote::CharacterView;

const MAX_FAILING: usize = 20;

/// The text that a contact would get.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Text)]
pub(crate) struct TextView {
    contact_id: Uuid,
    /// Null if there is none.
    #[schema(required = true)]
    text: Option<String>,
    characters: usize,
    parts: u32,
    #[schema(value_type = Option<labels::Encoding>, required = true)]
    encoding: Option<Encoding>,
    /// The first character that is not in the GSM-7 alphabet.
    #[schema(required = true)]
    first_character_beyond_gsm7: Option<CharacterView>,
    /// The problem that prevents the text.
    #[schema(value_type = Option<labels::SkipDetail>, required = true)]
    detail: Option<Detail>,
    /// The same for people to read.
    #[schema(required = true)]
    explanation: Option<String>,
}

/// The texts of a campaign for some contacts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TextPreview)]
pub(crate) struct TextPreviewView {
    /// The number of contacts that the text was rendered for.
    contacts: usize,
    /// The number of them without a text.
    failed: usize,
    #[schema(required = true)]
    shortest: Option<TextView>,
    #[schema(required = true)]
    longest: Option<TextView>,
    #[schema(required = true)]
    most_parts: Option<TextView>,
    /// Contacts without a text, at most 20.
    failing: Vec<TextView>,
    /// The texts of the contacts that the request names, in that order. Empty if contacts are sampled.
    texts: Vec<TextView>,
}

impl TextView {
    pub(crate) fn new(contact: ContactId, text: Result<String, Unrenderable>) -> Self {
        let parts = text.as_deref().ok().map(Parts::of);
        let beyond = text.as_deref().ok().and_then(first_beyond_gsm);
        let error = text.as_ref().err();
        Self {
            contact_id: contact.0,
            characters: text.as_ref().map_or(0, |text| text.chars().count()),
            parts: parts.map_or(0, |parts| parts.count),
            encoding: parts.map(|parts| parts.encoding),
            first_character_beyond_gsm7: beyond
                .map(|(position, character)| CharacterView { character, position }),
            detail: error.map(Unrenderable::detail),
            explanation: error.map(|error| format!("the contact {error}")),
            text: text.ok(),
        }
    }
}

impl TextPreviewView {
    pub(crate) fn new(texts: Vec<TextView>, are_chosen: bool) -> Self {
        let rendered = || texts.iter().filter(|text| text.text.is_some());
        let failing = || texts.iter().filter(|text| text.text.is_none());
        Self {
            contacts: texts.len(),
            failed: failing().count(),
            shortest: rendered().min_by_key(|text| text.characters).cloned(),
            longest: rendered().max_by_key(|text| text.characters).cloned(),
            most_parts: rendered().max_by_key(|text| text.parts).cloned(),
            failing: failing().take(MAX_FAILING).cloned().collect(),
            texts: if are_chosen { texts } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_found() {
        let text = |text: &str| TextView::new(ContactId(Uuid::nil()), Ok(text.to_owned()));
        let failing = TextView::new(ContactId(Uuid::nil()), Err(Unrenderable::Blank));
        let (long, wide) = ("x".repeat(100), "ж".repeat(80));
        let texts = vec![text("Hi Ana"), text(&long), failing, text(&wide), text("Hi")];
        let view = TextPreviewView::new(texts, false);
        let of = |view: &Option<TextView>| view.as_ref().and_then(|view| view.text.clone());
        assert_eq!(of(&view.shortest).as_deref(), Some("Hi"));
        assert_eq!(of(&view.longest), Some(long));
        assert_eq!(of(&view.most_parts), Some(wide));
        assert_eq!((view.contacts, view.failed, view.failing.len()), (5, 1, 1));
        assert_eq!(view.failing[0].explanation.as_deref(), Some("the contact gets a blank text"));
        assert!(view.texts.is_empty());
    }
}
