//! Tables, facts of one resource, and CSV.

use std::io::IsTerminal;

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use console::style;
use serde_json::Value;

use super::cell;
use super::{Field, Resource};
use crate::failure::Failure;

/// How wide a cell may be on a terminal. Other readers get all of it.
const MAX_CELL: usize = 44;

fn value(of: &Value, field: &Field) -> Value {
    of.pointer(field.pointer).cloned().unwrap_or_default()
}

/// One line for each resource.
pub(super) fn rows(rows: &[Value], resource: &Resource) -> String {
    let is_terminal = std::io::stdout().is_terminal();
    let fields = || resource.fields.iter().filter(|field| field.is_listed);
    let shorten = |text: String| match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) if is_terminal => format!("{}…", &text[..end]),
        _ => text,
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(fields().map(|field| field.title.to_uppercase()));
    for row in rows {
        table.add_row(fields().map(|field| shorten(cell::shown(&value(row, field)))));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut lines: Vec<String> =
        table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    if let Some(header) = lines.first_mut() {
        *header = style(&header).bold().to_string();
    }
    lines.concat()
}

/// The listed fields in a line.
pub(super) fn line(of: &Value, resource: &Resource) -> String {
    let fields = resource.fields.iter().filter(|field| field.is_listed);
    let cells: Vec<String> = fields.map(|field| cell::shown(&value(of, field))).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// One line for each field that has a value.
pub(super) fn facts(of: &Value, resource: &Resource) -> String {
    let facts = resource.fields.iter().map(|field| (field.title, cell::shown(&value(of, field))));
    let facts: Vec<_> = facts.filter(|(_, text)| !text.is_empty()).collect();
    let width = facts.iter().map(|(title, _)| title.chars().count()).max().unwrap_or_default();
    let line = |(title, text): &(&str, String)| {
        let title = style(format!("{:1$}", format!("{title}:"), width + 1)).bold();
        format!("{title}  {text}\n")
    };
    facts.iter().map(line).collect()
}

/// All fields, for programs.
pub(super) fn csv(
    rows: &[Value],
    resource: &Resource,
    has_header: bool,
) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::from(std::io::Error::from(error));
    if has_header {
        writer.write_record(resource.fields.iter().map(Field::name)).map_err(failed)?;
    }
    for row in rows {
        let cells = resource.fields.iter().map(|field| cell::plain(&value(row, field)));
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::from(error.into_error()))?;
    Ok(String::from_utf8(bytes).expect("JSON is text"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::{ALL, KEY_FOR_TESTS};

    #[test]
    fn columns_are_aligned_by_width() {
        let rows_of = [json!({"id": "1", "name": "日本"}), json!({"id": "22", "name": "é"})];
        let text = rows(&rows_of, &KEY_FOR_TESTS);
        assert_eq!(text, "ID  NAME\n1   日本\n22  é\n");
        assert_eq!(facts(&rows_of[0], &KEY_FOR_TESTS), "ID:    1\nName:  日本\n");
        let text = csv(&[json!({"id": "1", "name": "a,\"b\""})], &KEY_FOR_TESTS, true).unwrap();
        assert_eq!(text, "id,name\n1,\"a,\"\"b\"\"\"\n");
    }

    /// Every field that is shown exists in the API.
    #[test]
    fn fields_are_in_the_openapi_document() {
        let document: Value =
            serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap();
        for resource in ALL {
            for field in resource.fields {
                let start = format!("#/components/schemas/{}", resource.schema);
                let mut schemas = vec![json!({ "$ref": start })];
                for name in field.pointer.split('/').skip(1) {
                    schemas = flat(&document, schemas);
                    schemas = schemas
                        .iter()
                        .filter_map(|schema| schema["properties"].get(name).cloned())
                        .collect();
                }
                assert!(!schemas.is_empty(), "{} has no {}", resource.schema, field.pointer);
            }
        }
    }

    /// The object schemas that these schemas refer to, or are alternatives or parts of.
    fn flat(document: &Value, schemas: Vec<Value>) -> Vec<Value> {
        let mut objects = Vec::new();
        let mut pending = schemas;
        while let Some(schema) = pending.pop() {
            if let Some(place) = schema["$ref"].as_str() {
                pending.push(document.pointer(&place[1..]).unwrap().clone());
            }
            for group in ["oneOf", "allOf"] {
                pending.extend(schema[group].as_array().into_iter().flatten().cloned());
            }
            objects.push(schema);
        }
        objects
    }
}
