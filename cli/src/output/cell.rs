//! A JSON value as one line of text.

use serde_json::Value;

/// As a table shows it: times without milliseconds, and nothing for null.
pub(super) fn shown(value: &Value) -> String {
    let text = plain(value);
    match chrono::DateTime::parse_from_rfc3339(&text) {
        Ok(time) if value.is_string() => time.to_utc().format("%Y-%m-%d %H:%M:%SZ").to_string(),
        _ => safe(&text),
    }
}

/// As CSV has it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.values().any(is_nested) => value.to_string(),
        Value::Object(fields) => {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={}", plain(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Whether `name=value` would hide the structure.
fn is_nested(value: &Value) -> bool {
    value.is_object() || value.as_array().is_some_and(|items| items.iter().any(Value::is_object))
}

/// The text without control characters: a contact's name must not move the cursor.
fn safe(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_a_line_each() {
        assert_eq!(shown(&json!("2026-11-23T09:00:00.000Z")), "2026-11-23 09:00:00Z");
        assert_eq!(shown(&json!("Hi\n\u{1b}[2Jthere")), "Hi  [2Jthere");
        assert_eq!(shown(&json!(["a", "b"])), "a, b");
        assert_eq!(shown(&json!({"US": "0.0079", "CA": null})), "CA=, US=0.0079");
        assert_eq!(plain(&json!("2026-11-23T09:00:00.000Z")), "2026-11-23T09:00:00.000Z");
        assert_eq!(plain(&json!(12)), "12");
        assert_eq!(plain(&Value::Null), "");
    }
}
