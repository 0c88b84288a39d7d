//! What commands print: results on standard output, notes for people on standard error.

use std::io::{IsTerminal, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::api::Pages;
use crate::arguments::Global;
use crate::failure::Failure;

mod cell;
mod resource;
mod resources;
mod table;

pub(crate) use resource::{Field, Resource};
pub(crate) use resources::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns, for people
    #[default]
    Table,
    /// What the API responded with
    Json,
    /// All fields, with a header
    Csv,
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    format: Format,
    /// A JSON pointer to the only field to print.
    field: Option<String>,
    is_quiet: bool,
}

impl Output {
    /// Notes are left out if no person reads them.
    pub(crate) fn new(global: &Global) -> Self {
        let field = global.field.as_ref().map(|name| format!("/{}", name.replace('.', "/")));
        let is_quiet = global.quiet || !std::io::stderr().is_terminal();
        Self { format: global.output, field, is_quiet }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Whether the result is shown in full, not one field of it.
    pub(crate) fn is_whole(&self) -> bool {
        self.field.is_none()
    }

    /// A line for people that is not part of the result.
    pub(crate) fn note(&self, text: &str) {
        if !self.is_quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Text that is the result in any format, such as a file.
    pub(crate) fn raw(text: &str) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// One resource.
    pub(crate) fn one(&self, value: &Value, resource: &Resource) -> Result<(), Failure> {
        if let Some(field) = &self.field {
            return Self::field(value, field);
        }
        match self.format {
            Format::Json => Self::json(value),
            Format::Csv => Self::csv(std::slice::from_ref(value), resource),
            Format::Table => Self::raw(&table::facts(value, resource)),
        }
    }

    /// A list, read to its end or to the limit. Only tables have all of it in memory.
    pub(crate) async fn list(
        &self,
        mut pages: Pages<'_>,
        resource: &Resource,
    ) -> Result<(), Failure> {
        if let Some(field) = &self.field {
            while let Some(items) = pages.next().await? {
                items.iter().try_for_each(|item| Self::field(item, field))?;
            }
            return Ok(());
        }
        match self.format {
            Format::Json => Self::json_array(&mut pages).await?,
            Format::Csv => {
                let mut is_first = true;
                while let Some(items) = pages.next().await? {
                    Self::raw(&table::csv(&items, resource, is_first)?)?;
                    is_first = false;
                }
            }
            Format::Table => {
                let mut rows = Vec::new();
                while let Some(items) = pages.next().await? {
                    rows.extend(items);
                }
                if rows.is_empty() {
                    self.note(&format!("There are no {}.", resource.plural));
                } else {
                    Self::raw(&table::rows(&rows, resource))?;
                }
            }
        }
        if pages.has_more() {
            self.note("There are more; use --limit N or --all.");
        }
        Ok(())
    }

    /// Rows that are at hand.
    pub(crate) fn rows(&self, rows: &[Value], resource: &Resource) -> Result<(), Failure> {
        if let Some(field) = &self.field {
            return rows.iter().try_for_each(|row| Self::field(row, field));
        }
        match self.format {
            Format::Json => Self::json(&Value::from(rows.to_vec())),
            Format::Csv => Self::csv(rows, resource),
            Format::Table => Self::raw(&table::rows(rows, resource)),
        }
    }

    /// One line of a stream, which has no end that columns could be aligned for.
    pub(crate) fn line(
        &self,
        value: &Value,
        resource: &Resource,
        is_first: bool,
    ) -> Result<(), Failure> {
        if let Some(field) = &self.field {
            return Self::field(value, field);
        }
        match self.format {
            Format::Json => Self::raw(&format!("{value}\n")),
            Format::Csv => Self::raw(&table::csv(std::slice::from_ref(value), resource, is_first)?),
            Format::Table => Self::raw(&table::line(value, resource)),
        }
    }

    fn field(value: &Value, pointer: &str) -> Result<(), Failure> {
        match value.pointer(pointer) {
            Some(value) => Self::raw(&format!("{}\n", cell::plain(value))),
            None => Err(Failure::usage(format!(
                "the result has no field {:?}; `--output json` shows its fields",
                pointer[1..].replace('/', ".")
            ))),
        }
    }

    async fn json_array(pages: &mut Pages<'_>) -> Result<(), Failure> {
        let mut separator = "[\n";
        while let Some(items) = pages.next().await? {
            for item in items {
                Self::raw(&format!("{separator}{item}"))?;
                separator = ",\n";
            }
        }
        Self::raw(if separator == "[\n" { "[]\n" } else { "\n]\n" })
    }

    pub(crate) fn json(value: &Value) -> Result<(), Failure> {
        Self::raw(&format!("{}\n", serde_json::to_string_pretty(value)?))
    }

    fn csv(rows: &[Value], resource: &Resource) -> Result<(), Failure> {
        Self::raw(&table::csv(rows, resource, true)?)
    }
}
