//! Checking a template when it is saved.

use std::collections::BTreeSet;

use super::fields::ATTRIBUTES;
use super::scan::{self, Kind, Tag, Token, What};
use super::{MAX_SOURCE, MergeField, filters};
use crate::text;

/// Why a source is not a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    #[error("{0}")]
    Source(String),
    /// Lines and columns are counted from 1, columns in characters.
    #[error("{reason} (line {line}, column {column})")]
    At { line: usize, column: usize, reason: String },
}

const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];
const KEYWORDS: [&str; 13] = [
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
];

/// The fields that a source names, if it contains nothing but what is allowed.
pub(super) fn fields(source: &str) -> Result<BTreeSet<MergeField>, InvalidTemplate> {
    if source.len() > MAX_SOURCE {
        return Err(InvalidTemplate::Source(format!("must be at most {MAX_SOURCE} bytes")));
    }
    text::body(source, MAX_SOURCE).map_err(|error| InvalidTemplate::Source(error.to_string()))?;
    let mut fields = BTreeSet::new();
    for tag in scan::tags(source) {
        Checker { source, tag: &tag }.check(&mut fields)?;
    }
    Ok(fields)
}

/// The engine's syntax error.
pub(super) fn syntax_error(source: &str, error: &minijinja::Error) -> InvalidTemplate {
    let reason = error.detail().unwrap_or("is not a valid template").to_owned();
    match error.range() {
        Some(range) => at(source, range.start, reason),
        None => InvalidTemplate::At { line: error.line().unwrap_or(1), column: 1, reason },
    }
}

fn at(source: &str, place: usize, reason: impl Into<String>) -> InvalidTemplate {
    let before = source.get(..place).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    InvalidTemplate::At { line, column, reason: reason.into() }
}

struct Checker<'s, 't> {
    source: &'s str,
    tag: &'t Tag<'s>,
}

impl Checker<'_, '_> {
    fn check(&self, fields: &mut BTreeSet<MergeField>) -> Result<(), InvalidTemplate> {
        let begin = match self.tag.kind {
            Kind::Expression => 0,
            Kind::Statement => self.statement()? + 1,
        };
        for place in begin..self.tag.tokens.len() {
            match self.tag.tokens[place].what {
                What::Name(name) => fields.extend(self.name(place, name)?),
                What::Sign('(') => self.parenthesis(place)?,
                What::Sign('{') => return self.refuse(place, "maps are not supported"),
                What::Sign(_) | What::Text(_) | What::Number => {}
            }
        }
        Ok(())
    }

    /// The place of a statement's name.
    fn statement(&self) -> Result<usize, InvalidTemplate> {
        let tokens = &self.tag.tokens;
        let is_trimming = |token: &Token<'_>| matches!(token.what, What::Sign('-' | '+'));
        let place = usize::from(tokens.first().is_some_and(is_trimming));
        match tokens.get(place).map(|token| token.what) {
            Some(What::Name(name)) if STATEMENTS.contains(&name) => Ok(place),
            Some(_) | None => {
                let reason = format!("must be one of {}", STATEMENTS.join(", "));
                Err(at(self.source, tokens.get(place).map_or(self.tag.at, |t| t.at), reason))
            }
        }
    }

    fn what(&self, place: Option<usize>) -> Option<What<'_>> {
        place.and_then(|place| self.tag.tokens.get(place)).map(|token| token.what)
    }

    fn before(&self, place: usize, back: usize) -> Option<What<'_>> {
        self.what(place.checked_sub(back))
    }

    fn refuse<T>(&self, place: usize, reason: impl Into<String>) -> Result<T, InvalidTemplate> {
        Err(at(self.source, self.tag.tokens[place].at, reason))
    }

    /// The field that a name means, if it means one.
    fn name(&self, place: usize, name: &str) -> Result<Option<MergeField>, InvalidTemplate> {
        match self.before(place, 1) {
            Some(What::Sign('.')) => {
                return match self.before(place, 2) {
                    Some(What::Name(ATTRIBUTES)) => Ok(None),
                    Some(_) | None => self.refuse(place, "only attributes have fields"),
                };
            }
            Some(What::Sign('|')) => {
                return if filters::NAMES.contains(&name) {
                    Ok(None)
                } else {
                    let names = filters::NAMES.join(", ");
                    self.refuse(place, format!("must be one of the filters {names}"))
                };
            }
            Some(What::Name("is")) if name != "not" => return self.test(place, name),
            Some(What::Name("not")) if self.before(place, 2) == Some(What::Name("is")) => {
                return self.test(place, name);
            }
            Some(_) | None => {}
        }
        if KEYWORDS.contains(&name) || self.is_argument(place) {
            return Ok(None);
        }
        if name == ATTRIBUTES {
            return self.attribute(place).map(Some);
        }
        if let Ok(field) = name.parse() {
            return Ok(Some(field));
        }
        let names: Vec<&str> = MergeField::names().collect();
        let names = names.join(", ");
        let reason =
            format!(r#""{name}" must be one of the fields {names}, or attributes["NAME"]"#);
        self.refuse(place, reason)
    }

    fn test(&self, place: usize, name: &str) -> Result<Option<MergeField>, InvalidTemplate> {
        if filters::TESTS.contains(&name) {
            return Ok(None);
        }
        let names = filters::TESTS.join(", ");
        self.refuse(place, format!("must be one of the tests {names}"))
    }

    /// Whether a name is that of an argument, as in `number(places=2)`.
    fn is_argument(&self, place: usize) -> bool {
        let sign = |place: Option<usize>, sign| self.what(place) == Some(What::Sign(sign));
        let follows = matches!(self.before(place, 1), Some(What::Sign('(' | ',')));
        follows && sign(place.checked_add(1), '=') && !sign(place.checked_add(2), '=')
    }

    /// The attribute of `attributes.NAME` or `attributes["NAME"]`.
    fn attribute(&self, place: usize) -> Result<MergeField, InvalidTemplate> {
        let after = |steps| self.what(place.checked_add(steps));
        let ((Some(What::Sign('.')), Some(What::Name(name)), _)
        | (Some(What::Sign('[')), Some(What::Text(name)), Some(What::Sign(']')))) =
            (after(1), after(2), after(3))
        else {
            return self.refuse(place, r#"write attributes["NAME"]"#);
        };
        if name.contains('\\') {
            return self.refuse(place, "an attribute's name must be written without backslashes");
        }
        Ok(MergeField::Attribute(name.to_owned()))
    }

    /// A parenthesis groups, or holds a filter's arguments. Nothing can be called.
    fn parenthesis(&self, place: usize) -> Result<(), InvalidTemplate> {
        let is_call = match self.before(place, 1) {
            Some(What::Name(name)) => {
                let is_filter = self.before(place, 2) == Some(What::Sign('|'));
                !is_filter && !KEYWORDS.contains(&name) && !STATEMENTS.contains(&name)
            }
            Some(What::Sign(sign)) => matches!(sign, ')' | ']'),
            Some(What::Text(_) | What::Number) => true,
            None => false,
        };
        if is_call { self.refuse(place, "calls are not supported") } else { Ok(()) }
    }
}
