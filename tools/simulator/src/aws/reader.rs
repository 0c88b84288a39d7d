//! Reads a request's members and collects what is wrong with them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// Why a request is refused, as in a `ValidationException`.
#[derive(Debug, PartialEq)]
pub(super) struct Invalid {
    pub(super) reason: &'static str,
    pub(super) message: &'static str,
    /// The members that are wrong, and how.
    pub(super) fields: Vec<(String, String)>,
}

/// A text's allowed lengths, and a check of its pattern.
pub(super) type Limits = (RangeInclusive<usize>, fn(&str) -> bool);

pub(super) struct Reader {
    members: Map<String, Value>,
    missing: Vec<(String, String)>,
    wrong: Vec<(String, String)>,
}

impl Reader {
    pub(super) fn new(body: &[u8]) -> Result<Self, Invalid> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => {
                Ok(Self { members, missing: Vec::new(), wrong: Vec::new() })
            }
            _ => Err(Invalid {
                reason: "CANNOT_PARSE",
                message: "The request is no JSON object",
                fields: Vec::new(),
            }),
        }
    }

    /// A member's value. Null counts as absent.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, name: &str, how: &str) {
        self.wrong.push((name.to_owned(), format!("Member must {how}")));
    }

    pub(super) fn text(&mut self, name: &str, limits: &Limits) -> Option<String> {
        let value = self.take(name)?;
        let Value::String(text) = value else {
            self.wrong(name, "be a string");
            return None;
        };
        self.limit(name, &text, limits);
        Some(text)
    }

    fn limit(&mut self, name: &str, text: &str, (lengths, is_allowed): &Limits) {
        if !lengths.contains(&text.chars().count()) {
            let (least, most) = (lengths.start(), lengths.end());
            self.wrong(name, &format!("have a length from {least} to {most}"));
        } else if !is_allowed(text) {
            self.wrong(name, "satisfy its pattern or be one of its values");
        }
    }

    /// A required text.
    pub(super) fn required(&mut self, name: &str, limits: &Limits) -> String {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.missing.push((name.to_owned(), "Member must not be null".to_owned()));
        }
        self.text(name, limits).unwrap_or_default()
    }

    pub(super) fn number(&mut self, name: &str, range: &RangeInclusive<i64>) -> Option<i64> {
        let value = self.take(name)?;
        let number = value.as_i64().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            self.wrong(name, &format!("be a whole number from {least} to {most}"));
        }
        number
    }

    /// A list of at most `most` texts.
    pub(super) fn texts(&mut self, name: &str, most: usize, limits: &Limits) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Ok(texts) = serde_json::from_value::<Vec<String>>(value) else {
            self.wrong(name, "be a list of strings");
            return Vec::new();
        };
        if texts.len() > most {
            self.wrong(name, &format!("have {most} items at most"));
        }
        for text in &texts {
            self.limit(name, text, limits);
        }
        texts
    }

    /// The values of the only filter that an operation has, if it is given.
    pub(super) fn filters(&mut self, name: &str, filter: &str) -> Option<Vec<String>> {
        let value = self.take(name)?;
        let filters = value.as_array().cloned().unwrap_or_default();
        let values = filters.first()?["Values"].clone();
        let values = serde_json::from_value::<Vec<String>>(values).unwrap_or_default();
        if filters.iter().any(|one| one["Name"] != filter) || values.is_empty() {
            self.wrong(name, "satisfy its pattern or be one of its values");
        }
        Some(values)
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.wrong(name, "be true or false");
                false
            }
        }
    }

    /// A map of at most `most` texts.
    pub(super) fn map(
        &mut self,
        name: &str,
        most: usize,
        keys: &Limits,
        values: &Limits,
    ) -> BTreeMap<String, String> {
        let Some(value) = self.take(name) else {
            return BTreeMap::new();
        };
        let Ok(map) = serde_json::from_value::<BTreeMap<String, String>>(value) else {
            self.wrong(name, "be a map of strings");
            return BTreeMap::new();
        };
        if map.len() > most {
            self.wrong(name, &format!("have {most} entries at most"));
        }
        for (key, value) in &map {
            self.limit(name, key, keys);
            self.limit(name, value, values);
        }
        map
    }

    /// Finishes reading: refuses the request if something is missing or wrong. Ignores members that
    /// the model does not know, as the service does.
    pub(super) fn end(self) -> Result<(), Invalid> {
        let (reason, message, fields) = if !self.missing.is_empty() {
            ("MISSING_PARAMETER", "A required parameter is missing", self.missing)
        } else if !self.wrong.is_empty() {
            ("FIELD_VALIDATION_FAILED", "Parameters failed to satisfy constraints", self.wrong)
        } else {
            return Ok(());
        };
        Err(Invalid { reason, message, fields })
    }
}
