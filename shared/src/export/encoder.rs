//! Rows in the format of a file.

use std::collections::{BTreeMap, BTreeSet};

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::{Map, Value};

use super::cell::{self, Cell, Row};
use super::columns::{ATTRIBUTE_PREFIX, ATTRIBUTES};
use super::{Export, Format, Kind};
use crate::contact::Attribute;

/// Without this mark, Excel on Windows reads a CSV file in the machine's code page and garbles every
/// name with an accent. CSV is the format for spreadsheets; programs take JSON lines, which have none.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes rows of one kind in one format.
#[derive(Clone, Debug)]
pub struct Encoder {
    format: Format,
    columns: &'static [&'static str],
    /// The attributes that have a column in a CSV file.
    attributes: Vec<String>,
    has_attributes: bool,
}

/// Attributes of a page of rows that have no column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAttributes(pub BTreeSet<String>);

impl Encoder {
    #[must_use]
    pub fn of(export: &Export) -> Self {
        Self {
            format: export.format,
            columns: export.kind.columns(),
            attributes: export.attributes.iter().cloned().collect(),
            has_attributes: export.kind == Kind::Contacts,
        }
    }

    /// What the file begins with.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        match self.format {
            Format::Jsonl => Vec::new(),
            Format::Csv => {
                let fixed = self.columns.iter().map(|name| (*name).to_owned());
                let named = self.attributes.iter().map(|name| format!("{ATTRIBUTE_PREFIX}{name}"));
                let line = records([fixed.chain(named).collect()]);
                [BYTE_ORDER_MARK.as_bytes(), &line].concat()
            }
        }
    }

    pub fn rows(&self, rows: Vec<Row>) -> Result<Vec<u8>, UnknownAttributes> {
        match self.format {
            Format::Jsonl => Ok(rows.into_iter().flat_map(|row| self.line(row)).collect()),
            Format::Csv => {
                self.check(&rows)?;
                Ok(records(rows.into_iter().map(|row| self.record(row))))
            }
        }
    }

    /// No attribute may be left out silently.
    fn check(&self, rows: &[Row]) -> Result<(), UnknownAttributes> {
        let all = rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Attributes(attributes) => Some(attributes.keys()),
            Cell::Null | Cell::Text(_) | Cell::Value(_) | Cell::Number(_) | Cell::List(_) => None,
        });
        let is_unknown = |name: &&String| self.attributes.binary_search(name).is_err();
        let unknown: BTreeSet<String> = all.flatten().filter(is_unknown).cloned().collect();
        if unknown.is_empty() { Ok(()) } else { Err(UnknownAttributes(unknown)) }
    }

    fn record(&self, row: Row) -> Vec<String> {
        let mut record = Vec::with_capacity(self.columns.len() + self.attributes.len());
        for cell in row {
            match cell {
                Cell::Null => record.push(String::new()),
                Cell::Value(value) => record.push(value),
                Cell::Number(number) => record.push(number.to_string()),
                Cell::Text(text) => record.push(cell::marked(text)),
                Cell::List(elements) => record.push(cell::marked(cell::joined(&elements))),
                Cell::Attributes(mut attributes) => {
                    let values = self.attributes.iter().map(|name| attributes.remove(name));
                    record.extend(values.map(attribute_cell));
                }
            }
        }
        record
    }

    fn line(&self, row: Row) -> Vec<u8> {
        let names = self.columns.iter().copied();
        let names = names.chain(self.has_attributes.then_some(ATTRIBUTES));
        let object: Map<String, Value> =
            names.zip(row).map(|(name, cell)| (name.to_owned(), json(cell))).collect();
        let mut line = Value::Object(object).to_string().into_bytes();
        line.push(b'\n');
        line
    }
}

fn attribute_cell(value: Option<Attribute>) -> String {
    match value {
        None => String::new(),
        Some(Attribute::Text(text)) => cell::marked(text),
        Some(Attribute::List(elements)) => cell::json(&elements),
    }
}

fn json(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) | Cell::Value(text) => text.into(),
        Cell::Number(number) => number.into(),
        Cell::List(elements) => elements.into(),
        Cell::Attributes(attributes) => attributes_json(attributes),
    }
}

fn attributes_json(attributes: BTreeMap<String, Attribute>) -> Value {
    let value = |attribute| match attribute {
        Attribute::Text(text) => Value::from(text),
        Attribute::List(elements) => elements.into(),
    };
    let pairs = attributes.into_iter().map(|(name, attribute)| (name, value(attribute)));
    Value::Object(pairs.collect())
}

/// Records with the line ends of RFC 4180.
fn records(records: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let builder = |buffer| WriterBuilder::new().terminator(Terminator::CRLF).from_writer(buffer);
    let mut writer: Writer<Vec<u8>> = builder(Vec::new());
    for record in records {
        writer.write_record(&record).expect("records have one length, and memory takes them");
    }
    writer.into_inner().expect("memory takes everything")
}

#[cfg(test)]
mod tests;
