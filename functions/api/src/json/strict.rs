//! Strict JSON as RFC 8259 recommends it: in UTF-8, with unique names in each object.
//!
//! `serde_json` keeps the last of several values of a name. A program in front of this one may have
//! checked the first one, so a repeated name is rejected.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why bytes are not a JSON value.
#[derive(Debug)]
pub(super) enum Malformed {
    NotUtf8,
    /// The repeated name, at any depth.
    DuplicateName(String),
    Syntax(serde_json::Error),
}

pub(super) fn value(bytes: &[u8]) -> Result<Value, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::NotUtf8)?;
    // API Gateway replaces bytes that are not UTF-8 with U+FFFD before the function sees them. As
    // `\ufffd` it is a character that the client meant.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Malformed::NotUtf8);
    }
    let duplicate = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Strict(&duplicate)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (duplicate.take(), read) {
        (Some(name), _) => Err(Malformed::DuplicateName(name)),
        (None, read) => read.map_err(Malformed::Syntax),
    }
}

/// Reads a value, and leaves the name that an object repeats in its place.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
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

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                self.0.replace(Some(name));
                return Err(A::Error::custom("a name is repeated"));
            }
            let value = members.next_value_seed(self)?;
            map.insert(name, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_once_at_any_depth() {
        for (body, name) in [
            (r#"{"name": "a", "name": "b"}"#, "name"),
            (r#"{"name": "a", "n\u0061me": "a"}"#, "name"),
            (r#"{"a": [{"b": {"c": 1, "d": 2, "c": 1}}]}"#, "c"),
            (r#"{"": 1, "": 2}"#, ""),
        ] {
            let refused = value(body.as_bytes());
            assert!(matches!(refused, Err(Malformed::DuplicateName(n)) if n == name), "{body}");
        }
        let apart = br#"{"a": {"b": 1}, "b": {"b": 2}, "A": 3}"#;
        let read = value(apart).expect("each once");
        assert_eq!(read["b"]["b"], 2);
    }

    #[test]
    fn bytes_are_utf8() {
        for body in
            [&b"{\"a\": \"\xff\"}"[..], b"\xfe\xff\0{\0}", "{\"a\": \"\u{FFFD}\"}".as_bytes()]
        {
            assert!(matches!(value(body), Err(Malformed::NotUtf8)), "{body:?}");
        }
        assert!(value(br#"{"a": "\ufffd"}"#).is_ok());
    }

    #[test]
    fn what_no_text_or_number_can_hold_is_a_syntax_error() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let objects = "{\"a\":".repeat(5_000);
        for body in [
            r#"{"a": "\ud800"}"#,
            r#"{"a": "\udc00\ud800"}"#,
            r#"{"\ud800": 1}"#,
            r#"{"a": 1e999}"#,
            r#"{"a": -1e999}"#,
            r#"{"a": 01}"#,
            r#"{"a": NaN}"#,
            r#"{"a": 1} {"a": 1}"#,
            "{\"a\": \"\u{0}\"}",
            "\u{FEFF}{}",
            "",
            &deep,
            &objects,
        ] {
            assert!(matches!(value(body.as_bytes()), Err(Malformed::Syntax(_))), "{body:.40}");
        }
    }

    #[test]
    fn a_value_is_read_as_serde_json_reads_it() {
        let body =
            r#"{"a": [null, true, -1, 18446744073709551615, 1e30, "\ud83d\ude92"], "b": {}}"#;
        let expected: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(value(body.as_bytes()).expect("JSON"), expected);
        // A name with a special meaning for serde_json is an ordinary name here.
        let raw = br#"{"$serde_json::private::RawValue": "1"}"#;
        assert!(value(raw).expect("JSON").is_object());
    }
}
