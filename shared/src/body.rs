//! Bodies: the text of a campaign's messages, and the number of their parts.
//!
//! All code that needs a recipient's text, or the number of its parts, gets it here. Each recipient
//! of a plain body gets the same text. A template is rendered for each recipient when the audience
//! is cut, and only the text that was rendered then is ever sent ([`Merge`]).

mod merge;
#[cfg(test)]
mod tests;

pub use merge::{Merge, TextHash};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::audience::Totals;
use crate::chunk_state::ChunkState;
use crate::contact::Contact;
use crate::message::Message;
use crate::parts::{Encoding, Parts};
use crate::recipient::Recipient;
use crate::sender::Provider;
use crate::template::{Fields, InvalidTemplate, MergeField, Template, Unrenderable};
use crate::text::{self, InvalidText};

/// The maximum length of a text, in characters.
pub const MAX_CHARACTERS: usize = 1_600;

/// How a body is read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// It is sent as it was written.
    #[default]
    Text,
    /// It has merge fields.
    Template,
}

impl Format {
    /// The format of a body that was written without one.
    #[must_use]
    pub fn guess(written: &str) -> Self {
        let is_template = written.contains("{{") || written.contains("{%");
        if is_template { Self::Template } else { Self::Text }
    }
}

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBody {
    #[error(transparent)]
    Text(#[from] InvalidText),
    #[error(transparent)]
    Template(#[from] InvalidTemplate),
}

/// The body of a campaign or a test message.
#[derive(Clone, Debug)]
pub struct Body {
    source: String,
    content: Content,
    defaults: Option<Arc<Defaults>>,
}

/// The values of merge fields that a contact lacks.
pub type Defaults = BTreeMap<MergeField, String>;

#[derive(Clone, Debug)]
enum Content {
    /// With its parts, which are counted only once.
    Text(Parts),
    /// Compiled when it is first needed.
    Template(Arc<OnceLock<Result<Template, InvalidTemplate>>>),
}

/// The body of a campaign without one. It is never sent.
pub static EMPTY: Body = Body {
    source: String::new(),
    content: Content::Text(Parts { encoding: Encoding::Gsm7, count: 1 }),
    defaults: None,
};

impl Body {
    /// Parses a body that a person wrote.
    pub fn parse(written: &str, format: Format) -> Result<Self, InvalidBody> {
        match format {
            Format::Text => Ok(text::body(written, MAX_CHARACTERS).map(Self::from)?),
            Format::Template => {
                let template = OnceLock::from(Ok(Template::parse(written)?));
                let content = Content::Template(Arc::new(template));
                Ok(Self { source: written.to_owned(), content, defaults: None })
            }
        }
    }

    /// Restores a stored body, verbatim.
    #[must_use]
    pub fn stored(source: String, format: Format) -> Self {
        match format {
            Format::Text => source.into(),
            Format::Template => {
                Self { source, content: Content::Template(Arc::default()), defaults: None }
            }
        }
    }

    #[must_use]
    pub fn format(&self) -> Format {
        match self.content {
            Content::Text(_) => Format::Text,
            Content::Template(_) => Format::Template,
        }
    }

    /// The body as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The template, if the body is one. A template that was stored by another version may be one
    /// that this version refuses.
    #[must_use]
    pub fn template(&self) -> Option<Result<&Template, &InvalidTemplate>> {
        match &self.content {
            Content::Text(_) => None,
            Content::Template(template) => {
                Some(template.get_or_init(|| Template::parse(&self.source)).as_ref())
            }
        }
    }

    /// The body with these defaults for fields that a contact lacks. A plain body needs none.
    #[must_use]
    pub fn with_defaults(self, defaults: Defaults) -> Self {
        let needs_them = self.format() == Format::Template && !defaults.is_empty();
        Self { defaults: needs_them.then(|| Arc::new(defaults)), ..self }
    }

    #[must_use]
    pub fn defaults(&self) -> Defaults {
        self.defaults.as_deref().cloned().unwrap_or_default()
    }

    /// The values that a contact's text is rendered with, or only the defaults.
    #[must_use]
    pub fn fields_of(&self, template: &Template, contact: Option<&Contact>) -> Fields {
        let value = |field: &MergeField| {
            let own = contact.and_then(|contact| field.of(contact));
            let default = || self.defaults.as_ref()?.get(field).cloned();
            Some((field.clone(), own.or_else(default)?))
        };
        template.fields().iter().filter_map(value).collect()
    }

    /// The text that the recipient gets. `None` if this version renders another text than the one
    /// that was frozen when the audience was cut.
    #[must_use]
    pub fn text_for<'a>(&'a self, recipient: &'a Recipient) -> Option<Cow<'a, str>> {
        match (self.template(), recipient.merge.as_deref()) {
            (None, _) => Some(Cow::Borrowed(&self.source)),
            (Some(_), Some(Merge { text: Some(text), .. })) => Some(Cow::Borrowed(text)),
            (Some(Ok(template)), Some(merge)) => merge.rendered(template).map(Cow::Owned),
            (Some(_), None) | (Some(Err(_)), Some(_)) => None,
        }
    }

    /// The text that a contact would get now.
    pub fn preview(&self, contact: &Contact, provider: &Provider) -> Result<String, Unrenderable> {
        let text = match self.template() {
            None => self.source.clone(),
            Some(Ok(template)) => template.render(&self.fields_of(template, Some(contact)))?,
            Some(Err(error)) => return Err(Unrenderable::Error(error.to_string())),
        };
        provider.check_body(&text).map_err(|too_long| Unrenderable::TooLong(too_long.max()))?;
        Ok(text)
    }

    /// The recipients with their texts, or `None` if one of them would get another text than the
    /// frozen one. Recipients of a plain body are returned as they are.
    #[must_use]
    pub fn rendered(&self, recipients: Vec<Recipient>) -> Option<Vec<Recipient>> {
        let Some(template) = self.template() else { return Some(recipients) };
        let render = |recipient: Recipient| {
            if recipient.phone().is_none() {
                // Erased people aren't texted, so they need no text.
                return Some(recipient);
            }
            let merge = *recipient.merge?;
            let text = merge.rendered(template.ok()?)?;
            let merge = Merge { text: Some(text), ..merge };
            Some(Recipient { merge: Some(Box::new(merge)), ..recipient })
        };
        recipients.into_iter().map(render).collect()
    }

    /// The number of parts of the text that the recipient gets, as it was frozen.
    #[must_use]
    pub fn parts_for(&self, recipient: &Recipient) -> u32 {
        recipient.merge.as_ref().map_or_else(|| self.parts_as_written().count, |merge| merge.parts)
    }

    /// The number of parts of a message with this body.
    #[must_use]
    pub fn parts_of(&self, message: &Message) -> u32 {
        message.text.as_deref().map_or_else(|| self.parts_as_written(), Parts::of).count
    }

    /// The number of parts of each recipient's text, in order.
    #[must_use]
    pub fn parts_of_each(&self, recipients: &[Recipient]) -> Vec<u32> {
        recipients.iter().map(|recipient| self.parts_for(recipient)).collect()
    }

    /// The number of parts of all recipients' texts.
    #[must_use]
    pub fn parts_of_all(&self, recipients: &[Recipient]) -> u64 {
        recipients.iter().map(|recipient| u64::from(self.parts_for(recipient))).sum()
    }

    /// The number of parts for this number of recipients of a plain body.
    #[must_use]
    pub fn parts_of_any(&self, recipients: u64) -> u64 {
        recipients * u64::from(self.parts_as_written().count)
    }

    /// The number of parts of an audience's texts.
    #[must_use]
    pub fn parts_of_totals(&self, totals: &Totals) -> u64 {
        match self.format() {
            Format::Text => self.parts_of_any(totals.recipients),
            Format::Template => totals.parts,
        }
    }

    /// The number of parts of a chunk's members that have had no turn.
    #[must_use]
    pub fn parts_left(&self, state: &ChunkState) -> u64 {
        let left = state.recipients.saturating_sub(state.handed);
        state.parts.map_or_else(|| self.parts_of_any(left.into()), u64::from)
    }

    /// The parts of the body as written, which a quote shows.
    #[must_use]
    pub fn parts_as_written(&self) -> Parts {
        match self.content {
            Content::Text(parts) => parts,
            Content::Template(_) => Parts::of(&self.source),
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        let all = |body: &Self| (body.source.clone(), body.format(), body.defaults.clone());
        all(self) == all(other)
    }
}

impl Eq for Body {}

/// Restores a stored plain body, verbatim.
impl From<String> for Body {
    fn from(source: String) -> Self {
        let content = Content::Text(Parts::of(&source));
        Self { source, content, defaults: None }
    }
}

impl From<Body> for String {
    fn from(body: Body) -> Self {
        body.source
    }
}
