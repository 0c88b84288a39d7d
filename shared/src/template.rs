//! Bodies with merge fields: `Hi {{ firstName | default("there") }}`.
//!
//! The syntax is Jinja's, without loops, assignments, calls, includes and macros. What a recipient reads
//! is a function of the template's source and of the recipient's [`Fields`], which hold exactly the
//! values that the source names. They are frozen when the audience is cut, so rendering them again gives
//! the same text. Nothing here reads a clock, a zone or a locale.

mod check;
mod date;
mod fields;
mod filters;
mod scan;

pub use check::InvalidTemplate;
pub use fields::{Fields, MergeField};

use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::body::MAX_CHARACTERS;
use crate::text::{self, InvalidText};

/// The longest source, in bytes. The rendered text has the limit of a body.
pub const MAX_SOURCE: usize = 8 * 1024;
/// The steps of one rendering. A step may handle 64 bytes, so this also bounds the memory.
const FUEL: u64 = 10_000;
const NAME: &str = "body";

/// A compiled template.
#[derive(Clone, Debug)]
pub struct Template {
    environment: Environment<'static>,
    fields: BTreeSet<MergeField>,
}

/// Why a contact cannot be texted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrenderable {
    #[error("has no {0}, and the body has no default for it")]
    MissingField(MergeField),
    #[error("gets a text of more than {0} characters")]
    TooLong(usize),
    #[error("gets a blank text")]
    Blank,
    #[error("gets no text: {0}")]
    Error(String),
}

/// The kind of [`Unrenderable`], which is kept for each skipped contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    MissingField,
    TooLong,
    Blank,
    Error,
}

impl Unrenderable {
    #[must_use]
    pub fn detail(&self) -> Detail {
        match self {
            Self::MissingField(_) => Detail::MissingField,
            Self::TooLong(_) => Detail::TooLong,
            Self::Blank => Detail::Blank,
            Self::Error(_) => Detail::Error,
        }
    }
}

impl Template {
    /// Compiles a source, or reports where it is wrong.
    pub fn parse(source: &str) -> Result<Self, InvalidTemplate> {
        let fields = check::fields(source)?;
        let mut syntax = SyntaxConfig::builder();
        // A body is sent as it was written.
        let syntax = syntax.keep_trailing_newline(true).build();
        let syntax = syntax.map_err(|error| check::syntax_error(source, &error))?;
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_fuel(Some(FUEL));
        environment.set_syntax(syntax);
        environment.set_formatter(|out, _, value| {
            out.write_str(&filters::text(value)?).map_err(minijinja::Error::from)
        });
        filters::add(&mut environment);
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(|error| check::syntax_error(source, &error))?;
        Ok(Self { environment, fields })
    }

    /// The fields that the source names.
    #[must_use]
    pub fn fields(&self) -> &BTreeSet<MergeField> {
        &self.fields
    }

    /// The text for a recipient with these fields.
    pub fn render(&self, fields: &Fields) -> Result<String, Unrenderable> {
        let failed = |error: minijinja::Error| self.failed(fields, &error);
        let template = self.environment.get_template(NAME).map_err(failed)?;
        let rendered = template.render(Value::from_object(fields.clone())).map_err(failed)?;
        text::body(&rendered, MAX_CHARACTERS).map_err(|error| match error {
            InvalidText::TooLong(limit) => Unrenderable::TooLong(limit),
            InvalidText::Blank | InvalidText::Invisible => Unrenderable::Blank,
            InvalidText::Control
            | InvalidText::LineSeparator
            | InvalidText::DirectionOverride
            | InvalidText::Replacement => Unrenderable::Error(format!("the text {error}")),
        })
    }

    fn failed(&self, fields: &Fields, error: &minijinja::Error) -> Unrenderable {
        let kind = error.kind();
        let missing = self.fields.iter().find(|field| fields.get(field).is_none());
        if kind == ErrorKind::OutOfFuel {
            Unrenderable::Error("the body takes too many steps".to_owned())
        } else if kind == ErrorKind::UndefinedError
            && let Some(field) = missing
        {
            Unrenderable::MissingField(field.clone())
        } else {
            let detail = error.detail().unwrap_or("the body cannot be rendered");
            Unrenderable::Error(detail.to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
