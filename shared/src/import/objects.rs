//! Rows that are JSON objects, one a line.
//!
//! An object is read as a row whose columns are its names, so that names mean the same in both
//! formats. Nested names are joined by dots, as Amazon Pinpoint's CSV files write them.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::error::Category;
use serde_json::{Map, Value};

use super::columns::Columns;
use super::header::{Header, InvalidHeader, MAX_COLUMNS, MAX_NAME};
use super::own::{self, Own};
use super::parser::Record;
use super::row::LIST_MARK;
use super::rows::Entry;
use crate::phone::Region;

/// Objects of one file have few different sets of names.
const MAX_KEPT: usize = 64;
/// Longer than any name that is accepted, even without the beginning that is left out.
const MAX_KEPT_NAME: usize = MAX_NAME + ATTRIBUTES.len() + 1;
/// The API shows attributes below this name.
const ATTRIBUTES: &str = "attributes.";

/// What the names of a file's objects mean.
#[derive(Debug, Default)]
pub(super) struct Objects {
    headers: HashMap<(bool, Vec<String>), Arc<Header>>,
}

impl Objects {
    pub(super) fn entry(
        &mut self,
        line: &Record,
        sheet_row: u64,
        columns: &Columns,
        region: Region,
    ) -> Entry {
        let text = line.cells.first().map(String::as_str).unwrap_or_default();
        let refused = |refusal: Option<String>| Entry {
            header: Arc::default(),
            record: Record { line: line.line, ..Record::default() },
            sheet_row,
            refusal,
        };
        if text.trim().is_empty() {
            return refused(None);
        }
        let object: Map<String, Value> = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => return refused(Some(not_an_object(&error))),
        };
        let is_own = own::is_own(|name| object.contains_key(name));
        let pairs = if is_own { own_pairs(object) } else { pairs(object) };
        if pairs.len() > MAX_COLUMNS {
            let reason = format!("has more than {MAX_COLUMNS} fields; remove some");
            return refused(Some(reason));
        }
        let (names, cells): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        match self.header((is_own, names), columns, region) {
            Ok(header) => Entry {
                header,
                record: Record { cells, line: line.line, ..Record::default() },
                sheet_row,
                refusal: None,
            },
            Err(InvalidHeader::NoPhone(names)) => {
                refused(Some(format!("has no field for a phone; its fields are {names}")))
            }
            Err(error) => refused(Some(error.to_string())),
        }
    }

    fn header(
        &mut self,
        (is_own, names): (bool, Vec<String>),
        columns: &Columns,
        region: Region,
    ) -> Result<Arc<Header>, InvalidHeader> {
        let key = (is_own, names);
        if let Some(known) = self.headers.get(&key) {
            return Ok(known.clone());
        }
        let header = Header::read(&key.1, &columns.among(&key.1), region)?;
        let header = Arc::new(Header { own: header.own.map(|_| Own::Jsonl), ..header });
        if self.headers.len() >= MAX_KEPT {
            self.headers.clear();
        }
        self.headers.insert(key, header.clone());
        Ok(header)
    }
}

fn not_an_object(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => "must be a JSON object".to_owned(),
        Category::Io | Category::Syntax | Category::Eof => {
            format!("is not valid JSON: {error}")
        }
    }
}

fn pairs(object: Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    flatten("", object, &mut pairs);
    let plain = |name: String| name.strip_prefix(ATTRIBUTES).map(str::to_owned).unwrap_or(name);
    pairs.into_iter().map(|(name, cell)| (plain(name), cell)).collect()
}

/// The same of a contact as Volley shows it. Every contact has the same fields, though some are null.
fn own_pairs(object: Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in object {
        if let Value::Object(attributes) = value {
            flatten(&format!("{name}."), attributes, &mut pairs);
        } else {
            pairs.push((name, cell(value).unwrap_or_default()));
        }
    }
    pairs
}

/// The names of all values with the values, up to one more than an object may have. Absent values have
/// none. A name that is too long is cut to one that still is, so that a few bytes of a file do not
/// become many: each value repeats the names around it.
fn flatten(prefix: &str, object: Map<String, Value>, pairs: &mut Vec<(String, String)>) {
    for (name, value) in object {
        if pairs.len() > MAX_COLUMNS {
            return;
        }
        let name: String = prefix.chars().chain(name.chars()).take(MAX_KEPT_NAME).collect();
        if let Value::Object(nested) = value {
            flatten(&format!("{name}."), nested, pairs);
        } else if let Some(cell) = cell(value) {
            pairs.push((name, cell));
        }
    }
}

fn cell(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        Value::Array(values) => {
            let cells: Vec<String> = values.into_iter().filter_map(cell).collect();
            (!cells.is_empty()).then(|| cells.join(LIST_MARK))
        }
        Value::Object(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        let line = Record { cells: vec![text.to_owned()], line: 3, ..Record::default() };
        Objects::default().entry(&line, 3, &Columns::default(), Region::default())
    }

    #[test]
    fn nested_names_are_joined_and_lists_too() {
        let entry = entry(
            r#"{"phone": 14155550123, "attributes": {"City": "Oakland"}, "User": {"UserId": "b-3",
            "UserAttributes": {"Interests": ["bread", "cake"]}}, "email": null, "active": true}"#,
        );
        let pairs: Vec<(&str, &str)> = entry
            .header
            .names
            .iter()
            .map(String::as_str)
            .zip(entry.record.cells.iter().map(String::as_str))
            .collect();
        assert_eq!(
            pairs,
            [
                ("User.UserAttributes.Interests", "bread\u{FDD0}cake"),
                ("User.UserId", "b-3"),
                ("active", "true"),
                ("City", "Oakland"),
                ("phone", "14155550123"),
            ]
        );
        assert_eq!((entry.header.phones.as_slice(), entry.refusal), (&[4][..], None));
    }

    #[test]
    fn a_file_of_hostile_objects_takes_little_memory() {
        let mut objects = Objects::default();
        let mut read = |text: String| {
            let line = Record { cells: vec![text], line: 3, ..Record::default() };
            let entry = objects.entry(&line, 3, &Columns::default(), Region::default());
            (entry.refusal, objects.headers.len())
        };
        let fields: Vec<String> = (0..100_000).map(|place| format!("\"{place}\":1")).collect();
        let fields = fields.join(",");
        let (refusal, kept) = read(format!("{{\"phone\":\"+14155550123\",{fields}}}"));
        assert_eq!(refusal.as_deref(), Some("has more than 200 fields; remove some"));
        assert_eq!(kept, 0);
        let (refusal, kept) = read("{\"name\":\"Ana\"}".to_owned());
        assert!(refusal.is_some() && kept == 0, "refused names are not kept");
        let long = "x".repeat(500_000);
        let (refusal, kept) = read(format!("{{\"phone\":\"1\",\"{long}\":{{{fields}}}}}"));
        assert!(refusal.is_some() && kept == 0);
        let mut pairs = Vec::new();
        let nested = serde_json::json!({ (long.as_str()): { "a": 1, "b": 2 } });
        if let Value::Object(nested) = nested {
            flatten("", nested, &mut pairs);
        }
        assert_eq!(pairs.len(), 2);
        assert!(pairs.iter().all(|(name, _)| name.len() == MAX_KEPT_NAME));
        let (refusal, kept) = read("{\"phone\":\"+14155550123\"}".to_owned());
        assert_eq!((refusal, kept), (None, 1));
    }

    #[test]
    fn a_line_that_is_no_object_is_refused_by_itself() {
        let deep = format!("{{\"phone\": {}1{}}}", "[".repeat(500), "]".repeat(500));
        for (line, expected) in [
            ("[1]", "must be a JSON object"),
            ("{\"phone\":", "is not valid JSON"),
            ("{\"name\": \"Ana\"}", "has no field for a phone; its fields are name"),
            (&deep, "is not valid JSON"),
        ] {
            let refusal = entry(line).refusal.expect("refused");
            assert!(refusal.starts_with(expected), "{refusal}");
        }
        assert_eq!(entry(" \t").refusal, None, "a blank line");
    }
}
