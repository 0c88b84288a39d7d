//! Rows that are JSON objects, one a line.
//!
//! An object is read as a row whose columns are its names, so that names mean the same in both
//! formats. Nested names are joined by dots, as Amazon Pinpoint's CSV files write them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::error::Category;
use serde_json::{Map, Value};

mod value;

use super::columns::Columns;
use super::header::{Header, InvalidHeader, MAX_COLUMNS, MAX_NAME, MAX_WIDTH, listed};
use super::names::JudgedNames;
use super::own::{self, Own};
use super::parser::Record;
use super::row::LIST_MARK;
use super::rows::Entry;
use crate::phone::Region;

/// How much is kept, in bytes of names. The objects of one file have few different sets of them.
const MAX_KEPT_BYTES: usize = 2 * 1024 * 1024;
/// Longer than any name that is accepted, even without the beginning that is left out.
const MAX_KEPT_NAME: usize = MAX_NAME + ATTRIBUTES.len() + 1;
/// The API shows attributes below this name.
const ATTRIBUTES: &str = "attributes.";

/// What the names of a file's objects mean.
#[derive(Debug, Default)]
pub(super) struct Objects {
    headers: HashMap<(bool, Vec<String>), Arc<Header>>,
    kept_bytes: usize,
    judged: JudgedNames,
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
        let value::Object { members, repeated } = match value::read(text) {
            Ok(object) => object,
            Err(error) => return refused(Some(not_an_object(&error))),
        };
        let is_own = own::is_own(|name| members.contains_key(name));
        let limit = if columns.attributes.is_some() { MAX_WIDTH } else { MAX_COLUMNS };
        let pairs = if is_own { own_pairs(members, limit) } else { pairs(members, limit) };
        let (pairs, doubled) = united(pairs);
        let (names, cells): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        if names.len() > limit {
            return refused(Some(too_many(&names, limit)));
        }
        // Its opt-out counts, whichever of the values it is.
        let refusal = repeated.or(doubled).map(|name| {
            let name = listed([&name].into_iter());
            format!("has several values named '{name}'; keep one")
        });
        match self.header((is_own, names), columns, region) {
            Ok(header) => Entry {
                header,
                record: Record { cells, line: line.line, ..Record::default() },
                sheet_row,
                refusal,
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
        let among = columns.among(&key.1);
        let header = Header::read_judged(&key.1, &among, region, &mut self.judged)?;
        let header = Arc::new(Header { own: header.own.map(|_| Own::Jsonl), ..header });
        if key.1.len() > MAX_COLUMNS {
            return Ok(header);
        }
        let bytes: usize = key.1.iter().map(|name| size_of::<String>() + name.len()).sum();
        self.kept_bytes += bytes;
        if self.kept_bytes > MAX_KEPT_BYTES {
            self.headers.clear();
            self.kept_bytes = bytes;
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

/// Says which fields surpass the limit, as far as they were read.
fn too_many(names: &[String], limit: usize) -> String {
    let surplus = listed(names.iter().skip(limit));
    format!(
        "has more than {limit} fields; list those that become attributes with \
         ?attributes=NAME,NAME or leave all out with ?attributes=none, or remove some, such as \
         {surplus}"
    )
}

fn pairs(object: Map<String, Value>, limit: usize) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    flatten("", object, limit, &mut pairs);
    let plain = |name: String| name.strip_prefix(ATTRIBUTES).map(str::to_owned).unwrap_or(name);
    pairs.into_iter().map(|(name, cell)| (plain(name), cell)).collect()
}

/// The same of a contact as Volley shows it. Every contact has the same fields, though some are null.
fn own_pairs(object: Map<String, Value>, limit: usize) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in object {
        if let Value::Object(attributes) = value {
            flatten(&format!("{name}."), attributes, limit, &mut pairs);
        } else {
            pairs.push((name, cell(value).unwrap_or_default()));
        }
    }
    pairs
}

/// The pairs with one cell for each name, and a name that had several. A name with and without
/// `attributes.` is the same.
fn united(pairs: Vec<(String, String)>) -> (Vec<(String, String)>, Option<String>) {
    let names: HashSet<&str> = pairs.iter().map(|(name, _)| &**name).collect();
    if names.len() == pairs.len() {
        return (pairs, None);
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut united: Vec<(String, String)> = Vec::new();
    let mut doubled = None;
    for (name, cell) in pairs {
        if let Some(place) = places.get(&name) {
            united[*place].1 = [&united[*place].1, LIST_MARK, &cell].concat();
            doubled = Some(name);
        } else {
            places.insert(name.clone(), united.len());
            united.push((name, cell));
        }
    }
    (united, doubled)
}

/// The names of all values with the values, up to one more than the limit. Absent values have
/// none. A name that is too long is cut to one that still is, so that a few bytes of a file do not
/// become many: each value repeats the names around it.
fn flatten(
    prefix: &str,
    object: Map<String, Value>,
    limit: usize,
    pairs: &mut Vec<(String, String)>,
) {
    for (name, value) in object {
        if pairs.len() > limit {
            return;
        }
        let name = cut([prefix, &name].concat());
        if let Value::Object(nested) = value {
            flatten(&format!("{name}."), nested, limit, pairs);
        } else if let Some(cell) = cell(value) {
            pairs.push((name, cell));
        }
    }
}

fn cut(name: String) -> String {
    if name.len() <= MAX_KEPT_NAME { name } else { name.chars().take(MAX_KEPT_NAME).collect() }
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
mod tests;
