//! The JSON of a line, without the losses of an ordinary reader.
//!
//! Of several values of one name, such a reader keeps the last, so that an opt-out before it would be
//! lost. And it reads `4.15355e9` as a number whose missing digits are zeros.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use memchr::memchr2;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The longest whole number that is surely read exactly.
const MAX_DIGITS: usize = 18;

/// An object with all values of its names.
pub(super) struct Object {
    pub(super) members: Map<String, Value>,
    /// A name that has several values, which are a list then.
    pub(super) repeated: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Object, serde_json::Error> {
    let text = with_numbers_as_written(text);
    let repeated = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let members = deserializer.deserialize_map(Members(&repeated))?;
    deserializer.end()?;
    Ok(Object { members, repeated: repeated.into_inner() })
}

/// The same JSON with numbers as texts, except for whole ones that any reader can hold.
fn with_numbers_as_written(text: &str) -> Cow<'_, str> {
    let is_of_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let (mut written, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(before) = text[at..].find(|c: char| matches!(c, '"' | '-') || c.is_ascii_digit())
    {
        let rest = &text[at + before..];
        if rest.starts_with('"') {
            at += before + string_length(rest);
            continue;
        }
        let length = rest.find(|c| !is_of_number(c)).unwrap_or(rest.len());
        let token = &rest[..length];
        let is_whole = token.len() <= MAX_DIGITS && !token.contains(['.', 'e', 'E']);
        if !is_whole && serde_json::from_str::<Number>(token).is_ok() {
            written.extend([&text[copied..at + before], "\"", token, "\""]);
            copied = at + before + length;
        }
        at += before + length;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(&text[copied..]);
    Cow::Owned(written)
}

/// The length of the string at the beginning of a text, including its quotes.
fn string_length(text: &str) -> usize {
    let mut at = 1;
    while let Some(before) = text.as_bytes().get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += before + 1;
        if text.as_bytes()[at - 1] == b'"' {
            return at;
        }
        // What is escaped ends no string.
        at += 1;
    }
    text.len()
}

/// Reads an object, and leaves a name that it repeats in its place.
#[derive(Clone, Copy)]
struct Members<'a>(&'a RefCell<Option<String>>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Any(self.0))?;
            match map.get_mut(&name) {
                Some(known) => {
                    *known = merged(known.take(), value);
                    self.0.replace(Some(name));
                }
                None => {
                    map.insert(name, value);
                }
            }
        }
        Ok(map)
    }
}

/// Both values: objects as one with the members of both, and others as a list.
fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, value) in other {
                let value = match one.remove(&name) {
                    Some(known) => merged(known, value),
                    None => value,
                };
                one.insert(name, value);
            }
            Value::Object(one)
        }
        (Value::Array(one), other) => Value::Array(one.into_iter().chain([other]).collect()),
        (one, other) => Value::Array(vec![one, other]),
    }
}

/// Reads any value.
#[derive(Clone, Copy)]
struct Any<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        Members(self.0).visit_map(members).map(Value::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_written() {
        for (written, read_as) in [
            ("14155550123", "14155550123"),
            ("-1", "-1"),
            ("4.15355e9", "\"4.15355e9\""),
            ("1E10", "\"1E10\""),
            ("-1.50", "\"-1.50\""),
            ("1234567890123456789012", "\"1234567890123456789012\""),
            ("true", "true"),
            ("\"1e9 \\\" 1.5\"", "\"1e9 \\\" 1.5\""),
            ("\"\\\\\"", "\"\\\\\""),
        ] {
            let object = read(&format!("{{\"a\":{written},\"b\":[{written}]}}")).expect("JSON");
            assert_eq!(object.members["a"].to_string(), read_as);
            assert_eq!(object.members["b"].to_string(), format!("[{read_as}]"));
        }
        for invalid in ["01.5", "1.", "1e", "1e999", ".5", "+1", "\"1.5", "1.5x"] {
            assert!(read(&format!("{{\"a\":{invalid}}}")).is_err(), "{invalid}");
        }
    }

    #[test]
    fn no_value_of_a_repeated_name_is_lost() {
        for (text, repeated, members) in [
            (r#"{"a":1,"a":2,"a":3}"#, Some("a"), r#"{"a":[1,2,3]}"#),
            (r#"{"a":{"b":1},"a":{"b":2,"c":3}}"#, Some("a"), r#"{"a":{"b":[1,2],"c":3}}"#),
            (r#"{"a":{"b":1,"\u0062":2}}"#, Some("b"), r#"{"a":{"b":[1,2]}}"#),
            (r#"{"a":{"b":1},"b":2}"#, None, r#"{"a":{"b":1},"b":2}"#),
        ] {
            let object = read(text).expect("JSON");
            assert_eq!(object.repeated.as_deref(), repeated, "{text}");
            assert_eq!(Value::Object(object.members).to_string(), members);
        }
    }
}
