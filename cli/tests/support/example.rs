//! Examples of a schema, and whether a value matches one. Only what `docs/openapi.json` uses is supported.

use serde_json::{Map, Value};

fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(place) => resolve(document, document.pointer(&place[1..]).expect("the schema exists")),
        None => schema,
    }
}

/// The first type of a schema that may have several.
fn kind(schema: &Value) -> &str {
    let first = schema["type"].as_array().and_then(|types| types.first());
    first.unwrap_or(&schema["type"]).as_str().unwrap_or("object")
}

/// A value that matches the schema: the first alternative, and all properties.
pub(crate) fn example(document: &Value, schema: &Value) -> Value {
    example_within(document, schema, MAX_DEPTH)
}

/// Lists end at this depth, because a schema may contain itself.
const MAX_DEPTH: u32 = 12;

fn example_within(document: &Value, schema: &Value, depth: u32) -> Value {
    let inner = |schema: &Value| example_within(document, schema, depth.saturating_sub(1));
    let schema = resolve(document, schema);
    if let Some(given) = schema["examples"].as_array().and_then(|given| given.first()) {
        return given.clone();
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|choices| choices.first()) {
        return inner(first);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(inner);
        return parts
            .filter_map(|part| part.as_object().cloned())
            .flatten()
            .collect::<Map<_, _>>()
            .into();
    }
    match kind(schema) {
        "string" if schema["format"] == "uuid" => super::ID.into(),
        "string" => "string".into(),
        "integer" | "number" => 1.into(),
        "boolean" => true.into(),
        "array" if depth == 0 => Value::Array(Vec::new()),
        "array" => vec![inner(&schema["items"])].into(),
        _ => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties
                .map(|(name, property)| (name.clone(), inner(property)))
                .collect::<Map<_, _>>()
                .into()
        }
    }
}

/// Checks a value, and panics with its place if it does not match.
pub(crate) fn check(
    document: &Value,
    schema: &Value,
    value: &Value,
    place: &str,
) -> Result<(), String> {
    let schema = resolve(document, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| check(document, choice, value, place).is_ok();
        return choices.iter().any(fits).then_some(()).ok_or(format!("{place}: no choice fits"));
    }
    if let Some(values) = schema["enum"].as_array() {
        return values
            .contains(value)
            .then_some(())
            .ok_or(format!("{place}: {value} is not listed"));
    }
    let types = &schema["type"];
    let is =
        |name: &str| types == name || types.as_array().is_some_and(|t| t.iter().any(|t| t == name));
    let fits = match value {
        Value::Null => is("null"),
        Value::Bool(_) => is("boolean"),
        Value::Number(_) => is("integer") || is("number"),
        Value::String(_) => is("string"),
        Value::Array(_) => is("array"),
        Value::Object(_) => is("object"),
    };
    if !fits && !types.is_null() {
        return Err(format!("{place}: {value} is not of type {types}"));
    }
    for (position, item) in value.as_array().into_iter().flatten().enumerate() {
        check(document, &schema["items"], item, &format!("{place}/{position}"))?;
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap_or_default()) {
            return Err(format!("{place}: {name} is missing"));
        }
    }
    for (name, item) in object {
        let inner = format!("{place}/{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(property), _) => check(document, property, item, &inner)?,
            (None, Value::Bool(false)) => return Err(format!("{inner} is unknown")),
            (None, other @ Value::Object(_)) => check(document, other, item, &inner)?,
            (None, _) => {}
        }
    }
    Ok(())
}
