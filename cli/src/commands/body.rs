//! The text of a campaign or a template.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::org::{pair, put};
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Text {
    /// The text. Merge fields are written as {{ firstName }}
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Read the text from this file, or from standard input if it is `-`
    #[arg(long, value_name = "FILE", conflicts_with = "body")]
    body_file: Option<PathBuf>,
    /// Send the text exactly as written, braces included
    #[arg(long)]
    plain: bool,
    /// The value of a merge field that a contact lacks. May be repeated
    #[arg(long = "default", value_name = "FIELD=VALUE", value_parser = pair)]
    defaults: Vec<(String, String)>,
}

impl Text {
    pub(crate) fn put_in(self, body: &mut Map<String, Value>) -> Result<(), Failure> {
        let text = match (self.body, self.body_file) {
            (Some(text), _) => Some(text),
            (None, Some(path)) => Some(read(&path)?),
            (None, None) => None,
        };
        put(body, "body", text);
        put(body, "bodyFormat", self.plain.then_some("text"));
        if !self.defaults.is_empty() {
            let defaults: Map<_, _> =
                self.defaults.into_iter().map(|(field, value)| (field, value.into())).collect();
            body.insert("defaults".to_owned(), defaults.into());
        }
        Ok(())
    }
}

fn read(path: &std::path::Path) -> Result<String, Failure> {
    let text = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(Failure::file(path))?;
    // Editors end the last line.
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}
