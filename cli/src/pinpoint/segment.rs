//! Pinpoint's segments as filters. A segment is translated as a whole or refused with the part that has
//! no equal.

use serde_json::{Value, json};

/// The filter of a segment. References to other segments have Pinpoint's IDs, as `{"segment": ID}`.
pub(super) fn translate(segment: &Value) -> Result<Value, String> {
    if segment["SegmentType"] == "IMPORT" {
        return Err(
            "it is a list of endpoints; import its file, and filter by that import".to_owned()
        );
    }
    let mut parts = Vec::new();
    if has(&segment["Dimensions"]) {
        parts.extend(dimensions(&segment["Dimensions"])?);
    }
    let groups = &segment["SegmentGroups"];
    if has(groups) {
        let own = groups["Groups"].as_array().into_iter().flatten();
        let own: Vec<Value> = own.map(group).collect::<Result<Vec<_>, String>>()?;
        parts.extend(joined(&groups["Include"], &own)?);
    }
    match parts.len() {
        0 => Err("it selects everyone; send to no segment instead".to_owned()),
        1 => Ok(parts.remove(0)),
        _ => Ok(json!({"all": parts})),
    }
}

fn has(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| !fields.is_empty())
}

fn group(group: &Value) -> Result<Value, String> {
    let mut parts = Vec::new();
    let sources = group["SourceSegments"].as_array().into_iter().flatten();
    let sources: Vec<Value> = sources.map(|source| json!({"segment": source["Id"]})).collect();
    parts.extend(joined(&group["SourceType"], &sources)?);
    let mut own = Vec::new();
    for each in group["Dimensions"].as_array().into_iter().flatten() {
        own.push(all(dimensions(each)?)?);
    }
    parts.extend(joined(&group["Type"], &own)?);
    all(parts)
}

fn all(mut parts: Vec<Value>) -> Result<Value, String> {
    match parts.len() {
        0 => Err("a group selects everyone".to_owned()),
        1 => Ok(parts.remove(0)),
        _ => Ok(json!({"all": parts})),
    }
}

/// The filters joined by ALL, ANY or NONE.
fn joined(how: &Value, filters: &[Value]) -> Result<Option<Value>, String> {
    if filters.is_empty() {
        return Ok(None);
    }
    let how = match how.as_str() {
        Some("ALL") | None => "all",
        Some("ANY") => "any",
        Some("NONE") => "none",
        Some(other) => return Err(format!("{other:?} is not ALL, ANY or NONE")),
    };
    Ok(Some(json!({how: filters})))
}

/// The tests of one set of dimensions, all of which must hold.
fn dimensions(dimensions: &Value) -> Result<Vec<Value>, String> {
    let mut tests = Vec::new();
    for (name, inner) in dimensions.as_object().into_iter().flatten() {
        if !has(inner) {
            continue;
        }
        match name.as_str() {
            "Attributes" => attributes("Attributes", inner, &mut tests)?,
            "UserAttributes" => attributes("User.UserAttributes", inner, &mut tests)?,
            "Metrics" => metrics(inner, &mut tests)?,
            "Demographic" => demographic(inner)?,
            "Location" => location(inner, &mut tests)?,
            "Behavior" => return Err("it filters by when people used the app".to_owned()),
            other => return Err(format!("it filters by {other}")),
        }
    }
    Ok(tests)
}

fn attributes(group: &str, dimensions: &Value, tests: &mut Vec<Value>) -> Result<(), String> {
    for (name, dimension) in dimensions.as_object().into_iter().flatten() {
        let name = format!("{group}.{name}");
        let wanted = dimension["Values"].as_array().cloned().unwrap_or_default();
        let test = |op: &str, value: Value| json!({"field": {"attribute": name}, "op": op, "value": value});
        let first = wanted.first().cloned().unwrap_or_default();
        let test = match dimension["AttributeType"].as_str().unwrap_or("INCLUSIVE") {
            "INCLUSIVE" => test("in", wanted.into()),
            "EXCLUSIVE" => test("notIn", wanted.into()),
            "CONTAINS" => {
                let tests: Vec<Value> =
                    wanted.into_iter().map(|value| test("contains", value)).collect();
                json!({"any": tests})
            }
            "BEFORE" => test("before", first),
            "AFTER" => test("after", first),
            "BETWEEN" => test("between", wanted.into()),
            "ON" => test("between", json!([first, first])),
            other => return Err(format!("{name} is compared by {other}")),
        };
        tests.push(test);
    }
    Ok(())
}

fn metrics(dimensions: &Value, tests: &mut Vec<Value>) -> Result<(), String> {
    for (name, dimension) in dimensions.as_object().into_iter().flatten() {
        let value = dimension["Value"].clone();
        let (op, value) = match dimension["ComparisonOperator"].as_str().unwrap_or_default() {
            "GREATER_THAN" => ("gt", value),
            "GREATER_THAN_OR_EQUAL" => ("gte", value),
            "LESS_THAN" => ("lt", value),
            "LESS_THAN_OR_EQUAL" => ("lte", value),
            // As numbers, because eq compares texts: 7.0 is not 7.
            "EQUAL" => ("between", json!([value, value])),
            other => return Err(format!("Metrics.{name} is compared by {other}")),
        };
        let field = json!({"attribute": format!("Metrics.{name}")});
        tests.push(json!({"field": field, "op": op, "value": value}));
    }
    Ok(())
}

/// Every contact has the channel SMS. What an import leaves out cannot be compared.
fn demographic(dimensions: &Value) -> Result<(), String> {
    for (name, dimension) in dimensions.as_object().into_iter().flatten() {
        let is_inclusive =
            dimension["DimensionType"].as_str().unwrap_or("INCLUSIVE") == "INCLUSIVE";
        let has_sms = dimension["Values"].as_array().is_some_and(|v| v.iter().any(|v| v == "SMS"));
        if name != "Channel" {
            return Err(format!("it filters by Demographic.{name}"));
        }
        if is_inclusive != has_sms {
            return Err("it selects no one who gets texts".to_owned());
        }
    }
    Ok(())
}

/// By the country of the phone, which is what a text goes to.
fn location(dimensions: &Value, tests: &mut Vec<Value>) -> Result<(), String> {
    for (name, dimension) in dimensions.as_object().into_iter().flatten() {
        if name != "Country" {
            return Err(format!("it filters by Location.{name}"));
        }
        let is_inclusive =
            dimension["DimensionType"].as_str().unwrap_or("INCLUSIVE") == "INCLUSIVE";
        let countries = dimension["Values"].as_array().cloned().unwrap_or_default();
        if countries.iter().any(|country| country.as_str().is_none_or(|code| code.len() != 2)) {
            return Err("its countries are not codes of two letters".to_owned());
        }
        let op = if is_inclusive { "in" } else { "notIn" };
        tests.push(json!({"field": "country", "op": op, "value": countries}));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
